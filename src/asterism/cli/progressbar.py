"""Progress on standard error, for whatever takes more than a second and only where a person is looking."""

import sys
import threading
import time
from typing import Any

QUIET_SECONDS = 1.0
TICK_SECONDS = 0.1


class Bar:
    """Shows phases of work as bars (a `client.progress.Progress`). Use it in a `with` block."""

    def __init__(self, *, enabled: bool | None = None) -> None:
        self._enabled = sys.stderr.isatty() if enabled is None else enabled
        self._lock = threading.Lock()
        self._began = time.monotonic()
        self._drawn = 0.0
        self._what, self._total, self._done = "", 0, 0
        self._items = False
        self._rich: Any = None
        self._task: Any = None

    def __enter__(self) -> "Bar":
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._put_away()

    def start(self, what: str, total: int, *, items: bool = False) -> None:
        """Begin a phase of `total` bytes, or of things with `items`."""
        with self._lock:
            if items != self._items:
                self._put_away()  # a bar of the other unit has other columns
            self._items = items
            self._what, self._total, self._done, self._task = what, total, 0, None

    def advance(self, amount: int) -> None:
        """Count some of the phase as done, and draw now and then."""
        with self._lock:
            self._done += amount
            now = time.monotonic()
            if self._enabled and now - self._began > QUIET_SECONDS and now - self._drawn > TICK_SECONDS:
                self._drawn = now
                self._draw()

    def finish(self) -> None:
        """End the phase."""
        with self._lock:
            if self._task is not None:
                self._draw()

    def _put_away(self) -> None:
        if self._rich is not None:
            self._rich.stop()
            self._rich = self._task = None

    def _draw(self) -> None:
        if self._rich is None:
            self._rich = _make_bars(items=self._items)
            self._rich.start()
        if self._task is None:
            self._task = self._rich.add_task(self._what, total=self._total)
        self._rich.update(self._task, completed=self._done)


def _make_bars(*, items: bool) -> Any:
    from rich import progress
    from rich.console import Console

    amounts = [progress.MofNCompleteColumn()] if items else [progress.DownloadColumn(), progress.TransferSpeedColumn()]
    columns = [
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        *amounts,
        progress.TimeRemainingColumn(),
    ]
    return progress.Progress(*columns, console=Console(stderr=True), transient=True)
