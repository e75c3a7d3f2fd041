"""Libraries that are loaded when they are first used, and without what only their own command lines need (ADR 0220)."""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

LEFT_OUT = {"httpx": "httpx._main", "structlog": "rich"}
"""A library, and what it would load for a terminal: Rich with Pygments and Click, 5 MiB and a third of a second."""


class _Later(ModuleType):
    """Stands for a module until something of it is asked for."""

    def __getattr__(self, name: str) -> Any:
        value = getattr(load(self.__name__), name)
        setattr(self, name, value)  # the next time it is found without asking
        return value


def later(name: str) -> ModuleType:
    """Return what stands for a module and loads it at the first use. For `else` of `if TYPE_CHECKING: import …`."""
    return _Later(name)


def load(name: str) -> ModuleType:
    """Import a module without what it may leave out, or wait for another thread that does. Raises ImportError."""
    with _absent(LEFT_OUT.get(name)):
        return importlib.import_module(name)


@contextmanager
def _absent(name: str | None) -> Iterator[None]:
    """Let a module look as if it were not installed, unless it is loaded."""
    if name is None or name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if sys.modules.get(name) is None:
            sys.modules.pop(name, None)  # another thread may have done so
