"""Running other programs with bounds on time, memory, output and reach.

`find_sandbox` returns the strongest adapter that works here. Commands block; on an event loop run them in a thread.
"""

from asterism.kernel.sandbox.bubblewrap import BubblewrapSandbox, bubblewrap_problem
from asterism.kernel.sandbox.memory import MemorySandbox, exited
from asterism.kernel.sandbox.plain import PlainSandbox
from asterism.kernel.sandbox.port import Command, ProgramMissing, Sandbox, SandboxUnavailable
from asterism.kernel.sandbox.process import Ending, Outcome

__all__ = [
    "BubblewrapSandbox",
    "Command",
    "Ending",
    "MemorySandbox",
    "Outcome",
    "PlainSandbox",
    "ProgramMissing",
    "Sandbox",
    "SandboxUnavailable",
    "bubblewrap_problem",
    "exited",
    "find_sandbox",
]


def find_sandbox(*, allow_plain: bool) -> Sandbox:
    """Return bubblewrap where it runs, else a plain subprocess if the owner allows it. Raises SandboxUnavailable."""
    if bubblewrap_problem() is None or not allow_plain:
        return BubblewrapSandbox()
    return PlainSandbox()
