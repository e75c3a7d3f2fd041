"""Importing the modules of `wires`, which takes seconds each, in worker threads."""

import importlib
import threading
from types import ModuleType

from asterism.kernel.llm.providers import Wire

# The libraries import parts of themselves late and in circles. Two threads inside such a circle see halves of modules,
# and then the import fails for both; so only one imports at a time, whichever event loop it works for.
_ONE_AT_A_TIME = threading.Lock()


def load_wire(wire: Wire) -> ModuleType:
    """Import the module of a wire format and return it. Blocks, for seconds the first time. Raises ImportError."""
    with _ONE_AT_A_TIME:
        return importlib.import_module(f"asterism.kernel.llm.wires.{wire}")
