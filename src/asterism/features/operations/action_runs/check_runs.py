"""Running the checks of a changed project in a sandbox, one after another, up to the first that fails (Fastest 9.4)."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from asterism.features.operations.action_runs.checks import Planned
from asterism.features.operations.action_runs.models import MAX_OUTPUT, Check
from asterism.features.operations.action_runs.patches import storable
from asterism.features.operations.deployments import Tools
from asterism.kernel.sandbox import Ending, Outcome, Place, Run, Session, open_session

_FLOOD: Final = 50 << 20
_MEMORY: Final = 8 << 30
_BYTES_KEPT: Final = 4 * MAX_OUTPUT  # a character is at most four bytes


class _Tail:
    """The last of what a program says."""

    def __init__(self) -> None:
        self._data = b""

    def feed(self, data: bytes) -> None:
        """Take some more."""
        self._data = (self._data + data)[-_BYTES_KEPT:]

    def text(self, more: str) -> str:
        """Return it, and what there is to say about the end."""
        said = self._data.decode("utf-8", "replace").rstrip()
        return storable("\n".join(part for part in (said, more) if part)[-MAX_OUTPUT:])


async def run_checks(
    tools: Tools, folder: Path, root: str, planned: Sequence[Planned], *, seconds: float
) -> tuple[Check, ...]:
    """Run checks in `folder`, whose app lies in `root`; the first that fails is the last.

    They reach what builds of deployments reach. `seconds` are those of all together. Raises SandboxUnavailable or
    SessionLost.
    """
    done: list[Check] = []
    if not planned:
        return ()
    end = asyncio.get_running_loop().time() + seconds
    async with AsyncExitStack() as stack:
        doors, ways = await stack.enter_async_context(tools.reach.doors())
        place = Place(folder, tools.readable, doors=doors, memory=_MEMORY)
        session = await stack.enter_async_context(open_session(tools.isolation, place))
        path = os.pathsep.join((*tools.path, session.environment["PATH"]))
        for one in planned:
            left = max(1.0, end - asyncio.get_running_loop().time())
            environment = {**ways, "CI": "1", "PATH": path}
            done.append(await _check(session, environment, one, "." if one.top else root or ".", left))
            if not done[-1].success:
                break
    return tuple(done)


async def _check(
    session: Session, environment: Mapping[str, str], planned: Planned, folder: str, seconds: float
) -> Check:
    tail = _Tail()
    inner = [f"{session.tree}/{place}/{name}" for place in dict.fromkeys((folder, ".")) for name in _OWN]
    path = os.pathsep.join((*inner, environment["PATH"]))
    run = Run(
        ("/bin/sh", "-c", planned.command),
        f"{session.tree}/{folder}",
        {**environment, "PATH": path},
        seconds=seconds,
        output=_FLOOD,
        memory=None,
    )
    outcome = await session.run(run, tail.feed)
    return Check(planned.kind, planned.command, outcome.ok, tail.text(_about(outcome, seconds)) or None)


_OWN: Final = ("node_modules/.bin", ".venv/bin")


def _about(outcome: Outcome, seconds: float) -> str:
    """Say why a program ended that did not end by itself."""
    if outcome.ending is Ending.TIMED_OUT:
        return f"It took longer than {seconds:.0f} seconds and was ended."
    if outcome.ending is Ending.TOO_MUCH_OUTPUT:
        return f"It said more than {_FLOOD >> 20} MiB and was ended."
    return "" if outcome.ok else f"It ended with exit code {outcome.returncode}."
