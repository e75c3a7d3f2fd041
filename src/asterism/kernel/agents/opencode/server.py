"""A running `opencode serve`: started in a sandbox, asked over its HTTP interface."""

import asyncio
import os
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import structlog

from asterism.kernel.agents.ground import SERVE_PORT, Ground, Laid
from asterism.kernel.agents.opencode import configuration
from asterism.kernel.agents.port import AgentJob, AgentUnavailable
from asterism.kernel.sandbox import Outcome, Run, SessionLost

log = structlog.get_logger(__name__)

STARTS_WITHIN = 90.0
PLUGINS = ".opencode"
LARGEST_ANSWER = 4 << 20
_LISTENS = re.compile(rb"listening on http://127\.0\.0\.1:(\d+)")


@dataclass(slots=True)
class Server:
    """A server that answers. `ended` is done when its process is gone."""

    client: httpx.AsyncClient
    ended: "asyncio.Task[Outcome]"
    tree: str

    async def post(self, path: str, body: dict[str, Any], *, seconds: float = 30) -> httpx.Response:
        """Send a request. Raises httpx.HTTPError."""
        return await self.client.post(path, json=body, timeout=seconds)


@asynccontextmanager
async def serving(binary: Path, ground: Ground, job: AgentJob) -> AsyncIterator[Server]:
    """Start a server on a job; its sandbox and every process in it end with the block. Raises AgentUnavailable."""
    password = secrets.token_urlsafe(32)
    async with AsyncExitStack() as stack:
        laid = await stack.enter_async_context(
            ground.open(job, model=True, serves=True, readable=(binary,), masked=_masked(ground, job))
        )
        said = bytearray()
        wanted = Run(
            (
                str(binary),
                "serve",
                "--hostname",
                "127.0.0.1",
                "--port",
                str(SERVE_PORT if laid.session.isolates else 0),
            ),
            environment={
                **laid.environment,
                **configuration.environment(
                    job.target,
                    address=laid.model or job.target.base_url,
                    tree=laid.session.tree,
                    password=password,
                ),
            },
            seconds=None,
            output=64 << 10,
            memory=None,
            polite=False,
        )
        running = asyncio.create_task(laid.session.run(wanted, said.extend))
        stack.push_async_callback(_end, running)
        address = await _address(laid, said, running)
        client = await stack.enter_async_context(_client(laid, address, password))
        server = Server(client, running, laid.session.tree)
        await _healthy(server, said)
        yield server


def _masked(ground: Ground, job: AgentJob) -> tuple[str, ...]:
    """Return what of the tree OpenCode must not see: it runs plugins of `.opencode`, whatever it is told (seen).

    Raises AgentUnavailable where that cannot be kept from it.
    """
    folder = job.tree / PLUGINS
    if not os.path.lexists(folder):
        return ()
    if not ground.isolates or folder.is_symlink() or not folder.is_dir():
        raise AgentUnavailable(
            f"The tree has a {PLUGINS} of its own, from which OpenCode would run programs unasked.",
            hint=f"Take {PLUGINS} out of the tree, or set ASTERISM_AGENT=builtin.",
        )
    return (PLUGINS,)


async def _end(running: "asyncio.Task[Outcome]") -> None:
    running.cancel()
    await asyncio.wait({running})
    if not running.cancelled():
        running.exception()


async def _address(laid: Laid, said: bytearray, running: "asyncio.Task[Outcome]") -> str:
    """Return where the server listens; without a network of its own it chooses a port and says so."""
    if laid.session.isolates:
        return f"http://127.0.0.1:{SERVE_PORT}"
    async with asyncio.timeout(STARTS_WITHIN):
        while (found := _LISTENS.search(said)) is None:
            if running.done():
                raise _not_started(said)
            await asyncio.sleep(0.02)
    return f"http://127.0.0.1:{int(found[1])}"


def _client(laid: Laid, address: str, password: str) -> httpx.AsyncClient:
    transport = httpx.AsyncHTTPTransport(uds=str(laid.session.entry) if laid.session.isolates else None)
    return httpx.AsyncClient(
        transport=transport,
        base_url=address,
        auth=(configuration.USER, password),
        timeout=httpx.Timeout(30),
        trust_env=False,
    )


async def _healthy(server: Server, said: bytearray) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + STARTS_WITHIN
    while loop.time() < deadline:
        if server.ended.done():
            raise _not_started(said)
        try:
            if (await server.client.get("/global/health", timeout=5)).status_code == 200:
                return
        except httpx.HTTPError:
            await asyncio.sleep(0.02)
    raise _not_started(said)


def _not_started(said: bytearray) -> AgentUnavailable:
    log.warning("opencode.not_started", said=bytes(said[-500:]).decode(errors="replace"))
    return AgentUnavailable(
        "OpenCode did not start.", hint="Run `asterism agent check`, or set ASTERISM_AGENT=builtin."
    )


def why_ended(server: Server) -> str:
    """Say, for people, why a server is gone."""
    error = server.ended.exception() if server.ended.done() and not server.ended.cancelled() else None
    return str(error) if isinstance(error, SessionLost) else "The agent's process ended unexpectedly. Try again."
