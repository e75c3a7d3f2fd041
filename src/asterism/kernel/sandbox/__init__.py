"""Running other programs with bounds on time, memory, output and reach.

`process.run_bounded` runs one program to its end, and blocks. `open_session` is for what lasts: many programs on one
working copy, which all end with it. It has no network but doors (`open_door`, `open_passage`), each to one address.
"""

from asterism.kernel.sandbox.bubblewrap import bubblewrap_problem
from asterism.kernel.sandbox.door import (
    Beyond,
    Streams,
    next_event,
    open_door,
    refusal,
    serving,
    serving_locally,
    write_out,
)
from asterism.kernel.sandbox.errors import SandboxUnavailable
from asterism.kernel.sandbox.passage import open_passage
from asterism.kernel.sandbox.process import Ending, Outcome
from asterism.kernel.sandbox.proxy import open_proxy, proxy_variables
from asterism.kernel.sandbox.reach import Reach
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
    "Ending",
    "Isolation",
    "Outcome",
    "Place",
    "Reach",
    "Run",
    "SandboxUnavailable",
    "Session",
    "SessionLost",
    "Streams",
    "bubblewrap_problem",
    "isolation_problem",
    "next_event",
    "open_door",
    "open_passage",
    "open_proxy",
    "open_session",
    "proxy_variables",
    "refusal",
    "serving",
    "serving_locally",
    "write_out",
]
