"""Running other programs with bounds on time, memory, output and reach.

`find_sandbox` returns the strongest adapter that works here. Commands block; on an event loop run them in a thread.
`open_session` is for what lasts: many programs on one working copy, which all end with it. It has no network but doors
(`open_door`), each to one address.
"""

from asterism.kernel.sandbox.bubblewrap import BubblewrapSandbox, bubblewrap_problem
from asterism.kernel.sandbox.door import Beyond, open_door
from asterism.kernel.sandbox.memory import MemorySandbox, exited
from asterism.kernel.sandbox.plain import PlainSandbox
from asterism.kernel.sandbox.port import Command, ProgramMissing, Sandbox, SandboxUnavailable
from asterism.kernel.sandbox.process import Ending, Outcome
from asterism.kernel.sandbox.proxy import open_proxy, proxy_variables
from asterism.kernel.sandbox.session import (
    Isolation,
    Place,
    Run,
    Session,
    SessionLost,
    isolation_problem,
    open_session,
)

__all__ = [
    "Beyond",
    "BubblewrapSandbox",
    "Command",
    "Ending",
    "Isolation",
    "MemorySandbox",
    "Outcome",
    "Place",
    "PlainSandbox",
    "ProgramMissing",
    "Run",
    "Sandbox",
    "SandboxUnavailable",
    "Session",
    "SessionLost",
    "bubblewrap_problem",
    "exited",
    "find_sandbox",
    "isolation_problem",
    "open_door",
    "open_proxy",
    "open_session",
    "proxy_variables",
]


def find_sandbox(*, allow_plain: bool) -> Sandbox:
    """Return bubblewrap where it runs, else a plain subprocess if the owner allows it. Raises SandboxUnavailable."""
    if bubblewrap_problem() is None or not allow_plain:
        return BubblewrapSandbox()
    return PlainSandbox()
