"""Running an analyzer's program: cleared environment, time, memory and output bounds, really stopped on cancel."""

import asyncio
import contextlib
import os
import tempfile
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from asterism.features.review.analyzers.models import MEMORY, OUTPUT, AnalyzerFailed, Begun
from asterism.features.review.analyzers.scratch import Scratch
from asterism.kernel.sandbox.process import Ending, Outcome, bare_environment, run_bounded

THREADS = 8


class _Running:
    """A program in a thread of the pool; `stdin` is a descriptor that is closed once the program has its own."""

    def __init__(
        self, pool: ThreadPoolExecutor, argv: Sequence[str], folder: Path, seconds: float, stdin: int | None = None
    ) -> None:
        self._argv, self._folder, self._seconds = argv, folder, seconds
        self._stop = threading.Event()
        self._work = asyncio.get_running_loop().run_in_executor(pool, self._run, stdin)
        if stdin is not None:
            self._work.add_done_callback(lambda _: os.close(stdin))

    async def outcome(self) -> Outcome:
        """Wait for it; who is cancelled meanwhile ends it. Raises AnalyzerFailed."""
        try:
            outcome = await asyncio.shield(self._work)
        except asyncio.CancelledError:
            await self.end()
            raise
        except OSError as error:
            raise AnalyzerFailed(f"{Path(self._argv[0]).name} cannot be started") from error
        if outcome.ending is Ending.TIMED_OUT:
            raise AnalyzerFailed(f"timed out after {self._seconds:g} s")
        if outcome.ending is Ending.TOO_MUCH_OUTPUT:
            raise AnalyzerFailed(f"wrote more than {OUTPUT >> 20} MiB")
        return outcome

    async def end(self) -> None:
        """End it and wait until it is gone."""
        self._stop.set()
        await asyncio.wait({self._work})
        if not self._work.cancelled():
            self._work.exception()

    def _run(self, stdin: int | None) -> Outcome:
        return run_bounded(
            self._argv,
            cwd=self._folder,
            env={**bare_environment(self._folder), "RAYON_NUM_THREADS": "4"},
            timeout=self._seconds,
            max_output=OUTPUT,
            stdin=b"" if stdin is None else stdin,
            cancelled=self._stop.is_set,
            memory=MEMORY,
        )


class _Begun:
    """A program that reads what it is to work on from a pipe."""

    def __init__(self, running: _Running, writing: int) -> None:
        self._running, self._writing = running, writing

    async def finish(self, word: bytes) -> Outcome:
        """Say what to work on, in so few bytes that a pipe takes them at once, and wait for the end."""
        with contextlib.suppress(BrokenPipeError):  # it has ended already, and its outcome says how
            os.write(self._writing, word)
        self._close()
        return await self._running.outcome()

    async def end(self) -> None:
        """End it, unless it was finished."""
        if self._writing >= 0:
            self._close()
            await self._running.end()

    def _close(self) -> None:
        os.close(self._writing)
        self._writing = -1


class ToolRunner:
    """Runs programs for analyzers, at most eight at once, and gives them folders to work in. Call `close` at the end.

    Without a `scratch` the folders lie in the system's place for temporary files.
    """

    def __init__(self, scratch: Scratch | None = None) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="analyzer")
        self._scratch = scratch

    async def __call__(self, argv: Sequence[str], folder: Path, seconds: float) -> Outcome:
        """Run `argv` in `folder`. Raises AnalyzerFailed when it cannot start or passes a bound."""
        return await _Running(self._pool, argv, folder, seconds).outcome()

    def begin(self, argv: Sequence[str], seconds: float) -> Begun:
        """Begin `argv`, which reads on its standard input what it is to work on; it has `seconds` from now on."""
        reading, writing = os.pipe()
        return _Begun(_Running(self._pool, argv, Path("/"), seconds, reading), writing)

    @contextmanager
    def workplace(self) -> Iterator[Path]:
        """Give a private folder, and take it away with all it holds."""
        if self._scratch is not None:
            with self._scratch.folder() as folder:
                yield folder
        else:
            with tempfile.TemporaryDirectory(prefix="asterism-review-") as name:
                yield Path(name)

    def close(self) -> None:
        """Let the threads go."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        if self._scratch is not None:
            self._scratch.close()
