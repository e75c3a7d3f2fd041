"""Scouts that are threads of the process that tests."""

import os
import threading
from collections.abc import Callable

from asterism.kernel.workcopy.scouts import Scout, Told


def beside(work: Callable[[Told], None]) -> Scout:
    """Do the work of a scout in a thread."""
    tales, told = os.pipe()

    def run() -> None:
        with open(told, "wb", buffering=0) as pipe:
            work(pipe.write)

    threading.Thread(target=run).start()
    return Scout(0, tales)
