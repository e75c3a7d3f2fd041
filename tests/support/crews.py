"""Helpers that are threads of the process that tests."""

import os
import threading
from collections.abc import Callable

from asterism.kernel.workcopy.crew import Helper, Tell


def beside(work: Callable[[Tell], None]) -> Helper:
    """Do the work of a helper in a thread."""
    tales, told = os.pipe()

    def run() -> None:
        with open(told, "wb", buffering=0) as pipe:
            work(pipe.write)

    threading.Thread(target=run).start()
    return Helper(0, tales)
