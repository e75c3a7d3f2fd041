"""Hearing of other processes' events: a thread that LISTENs on PostgreSQL."""

import threading
from collections.abc import Callable

import psycopg
import structlog

from asterism.kernel.streams.store import CHANNEL

log = structlog.get_logger(__name__)

PATIENCE = 0.5  # seconds between two looks at whether to stop


class Listener:
    """Calls `heard(stream)` for each notification, from its own thread; reconnects for ever.

    What is missed while it is disconnected is found by the readers' poll.
    """

    def __init__(self, conninfo: str, heard: Callable[[str], None]) -> None:
        self._conninfo = conninfo
        self._heard = heard
        self._stop = threading.Event()
        self.ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="streams-listen", daemon=True)

    def start(self) -> None:
        """Start listening in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Stop within half a second."""
        self._stop.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._listen()
            except psycopg.Error as error:
                self.ready.clear()
                log.warning("streams.listen_lost", error=type(error).__name__)
                self._stop.wait(1)

    def _listen(self) -> None:
        with psycopg.connect(self._conninfo, autocommit=True) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            self.ready.set()
            while not self._stop.is_set():
                for notification in connection.notifies(timeout=PATIENCE):
                    self._heard(notification.payload)
                    if self._stop.is_set():
                        break
