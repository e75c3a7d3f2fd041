"""Running an analyzer's program: cleared environment, time, memory and output bounds, really stopped on cancel."""

import asyncio
import tempfile
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from asterism.features.review.analyzers.models import MEMORY, OUTPUT, AnalyzerFailed
from asterism.features.review.analyzers.scratch import Scratch
from asterism.kernel.sandbox.process import Ending, Outcome, bare_environment, run_bounded

THREADS = 8


class ToolRunner:
    """Runs programs for analyzers, at most eight at once, and gives them folders to work in. Call `close` at the end.

    Without a `scratch` the folders lie in the system's place for temporary files.
    """

    def __init__(self, scratch: Scratch | None = None) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="analyzer")
        self._scratch = scratch

    async def __call__(self, argv: Sequence[str], folder: Path, seconds: float) -> Outcome:
        """Run `argv` in `folder`. Raises AnalyzerFailed when it cannot start or passes a bound."""
        stop = threading.Event()
        work = asyncio.get_running_loop().run_in_executor(self._pool, self._run, argv, folder, seconds, stop)
        try:
            outcome = await asyncio.shield(work)
        except asyncio.CancelledError:
            stop.set()
            await asyncio.wait({work})
            work.exception()
            raise
        except OSError as error:
            raise AnalyzerFailed(f"{Path(argv[0]).name} cannot be started") from error
        if outcome.ending is Ending.TIMED_OUT:
            raise AnalyzerFailed(f"timed out after {seconds:g} s")
        if outcome.ending is Ending.TOO_MUCH_OUTPUT:
            raise AnalyzerFailed(f"wrote more than {OUTPUT >> 20} MiB")
        return outcome

    @staticmethod
    def _run(argv: Sequence[str], folder: Path, seconds: float, stop: threading.Event) -> Outcome:
        environment = {**bare_environment(folder), "RAYON_NUM_THREADS": "4"}
        return run_bounded(
            argv,
            cwd=folder,
            env=environment,
            timeout=seconds,
            max_output=OUTPUT,
            cancelled=stop.is_set,
            memory=MEMORY,
        )

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
