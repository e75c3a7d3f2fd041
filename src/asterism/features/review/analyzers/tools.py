"""Running an analyzer's program: cleared environment, time, memory and output bounds, really stopped on cancel."""

import asyncio
import shutil
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

from asterism.features.review.analyzers.models import MEMORY, OUTPUT, AnalyzerFailed
from asterism.kernel.sandbox.process import Ending, Outcome, bare_environment, run_bounded

THREADS = 8


class ToolRunner:
    """Runs programs for analyzers, at most eight at once. Call `close` at the end."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="analyzer")

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
            [*_memory_bound(), *argv],
            cwd=folder,
            env=environment,
            timeout=seconds,
            max_output=OUTPUT,
            cancelled=stop.is_set,
        )

    def close(self) -> None:
        """Let the threads go."""
        self._pool.shutdown(wait=False, cancel_futures=True)


@lru_cache(maxsize=1)
def _memory_bound() -> tuple[str, ...]:
    """Return the words in front of a command that bound its memory, none where the system has no such program."""
    found = shutil.which("prlimit")
    return (found, f"--data={MEMORY}", "--core=0") if found else ()
