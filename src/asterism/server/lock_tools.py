"""Builds what writes lock files anew, as far as the settings allow."""

import asyncio
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from asterism.features.versions.sync import LockTools
from asterism.kernel.sandbox import (
    Isolation,
    Outcome,
    Place,
    Run,
    open_proxy,
    open_session,
    proxy_variables,
)
from asterism.server.settings import Settings

PROXY_PORT = 8899
MEMORY = 4 << 30


def build_lock_tools(settings: Settings) -> LockTools:
    """Return the package managers of this machine, in the sandbox that agents have; nothing is tried yet."""
    network = settings.agent_network == "open"

    def run(argv: Sequence[str], folder: Path, seconds: float) -> Outcome:
        return asyncio.run(run_alone(settings.sandbox, argv, folder, seconds, network=network))

    return LockTools(run, network=network)


async def run_alone(
    isolation: Isolation, argv: Sequence[str], folder: Path, seconds: float, *, network: bool
) -> Outcome:
    """Run one program on a folder in a sandbox of its own. Raises SandboxUnavailable or SessionLost."""
    environment: dict[str, str] = {}
    doors: dict[int, Path] = {}
    async with AsyncExitStack() as stack:
        if network and isolation != "plain":
            beside = Path(stack.enter_context(TemporaryDirectory(prefix="asterism-doors-")))
            doors[PROXY_PORT] = await stack.enter_async_context(open_proxy(beside / "proxy.sock"))
            environment |= proxy_variables(PROXY_PORT)
        readable = tuple(dict.fromkeys((Path(sys.prefix), Path(sys.base_prefix))))
        place = Place(folder, readable=readable, doors=doors, memory=MEMORY)
        session = await stack.enter_async_context(open_session(isolation, place))
        return await session.run(Run(tuple(argv), session.tree, environment, seconds, memory=None))
