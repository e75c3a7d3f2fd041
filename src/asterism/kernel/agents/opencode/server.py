"""A running `opencode serve`: started in a sandbox, asked over its HTTP interface."""

import asyncio
import os
import re
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import structlog

from asterism.base.libraries import later
from asterism.kernel.agents.ground import SERVE_PORT, Ground, Laid
from asterism.kernel.agents.opencode import configuration
from asterism.kernel.agents.opencode.desk import Desk
from asterism.kernel.agents.port import AgentJob, AgentUnavailable
from asterism.kernel.sandbox import Outcome, Run, SessionLost

if TYPE_CHECKING:
    import httpx
else:
    httpx = later("httpx")

log = structlog.get_logger(__name__)

STARTS_WITHIN = 90.0
DESK_TRIES = 4
PLUGINS = ".opencode"
SHELL, OWN = "/tmp/asterism/sh", "/tmp/asterism/own"  # noqa: S108 - a tmpfs of the sandbox, not the machine's
"""The shell of OpenCode's commands, and what it reads first: the environment that is the turn's own.

The environment of OpenCode itself is fixed when it starts, which may be before its turn is known.
"""
_TEXT = f'[ ! -r {OWN} ] || . {OWN}; exec /bin/sh "$@"'
_WRAPS = f"mkdir -p /tmp/asterism && printf '#!/bin/sh\\n%s\\n' '{_TEXT}' > {SHELL} && chmod 700 {SHELL}"
_LISTENS = re.compile(rb"listening on http://127\.0\.0\.1:(\d+)")


class _Reached(msgspec.Struct):
    """What OpenCode says of a server that speaks the Model Context Protocol."""

    status: str


@dataclass(slots=True)
class Server:
    """A server that answers. `ended` is done when its process is gone."""

    client: "httpx.AsyncClient"
    ended: "asyncio.Task[Outcome]"
    _laid: Laid
    _desk: Desk
    _session: str | None = None

    async def post(self, path: str, body: dict[str, Any], *, seconds: float = 30) -> "httpx.Response":
        """Send a request. Raises httpx.HTTPError."""
        return await self.client.post(path, json=body, timeout=seconds)

    async def session(self) -> str:
        """Return the id of its one session, making it: what OpenCode does once for a folder is done then.

        Raises httpx.HTTPError, ValueError or KeyError.
        """
        if self._session is None:
            made = await self.post("/session", {"title": "turn"})
            self._session = str(made.raise_for_status().json()["id"])
        return self._session

    async def warm(self) -> None:
        """Have it load what it needs for a prompt. Raises httpx.HTTPError, ValueError or KeyError."""
        made = await self.post("/session", {"title": "ready"})
        path = f"/session/{made.raise_for_status().json()['id']}"
        parts = [{"type": "text", "text": "Nothing is asked yet."}]
        model = {"providerID": configuration.PROVIDER, "modelID": configuration.MODEL}
        body = {"noReply": True, "model": model, "parts": parts}
        (await self.post(f"{path}/message", body)).raise_for_status()
        tools = f"/experimental/tool?provider={configuration.PROVIDER}&model={configuration.MODEL}"
        for asked in ("/mcp", tools, "/agent"):
            await self.client.get(asked, timeout=STARTS_WITHIN)

    async def find_lookups(self) -> None:
        """Have it reach the desk: it tries once by itself, and now and then fails to get the tools (seen).

        Raises httpx.HTTPError or ValueError.
        """
        for _ in range(DESK_TRIES):
            answer = (await self.client.get("/mcp", timeout=STARTS_WITHIN)).raise_for_status()
            known = msgspec.json.decode(answer.content, type=dict[str, _Reached])
            lost = [name for name, server in known.items() if server.status != "connected"]
            if not lost:
                return
            for name in lost:
                (await self.post(f"/mcp/{name}/connect", {})).raise_for_status()
        raise ValueError("OpenCode does not reach the lookups.")

    async def equip(self, job: AgentJob) -> None:
        """Give it what is the turn's own, before it is asked: token and granted values, and who answers lookups.

        Raises AgentUnavailable.
        """
        self._desk.offer(job.lookups)
        if not self._laid.session.isolates:
            return  # started with it
        own = {name: value for name, value in job.environment.items() if name != "ASTERISM_URL"}
        await _write_inside(self._laid, f"export -p > {OWN}", {**self._laid.environment, **own})


@asynccontextmanager
async def serving(
    binary: Path, ground: Ground, job: AgentJob, placed: Callable[[], None] = lambda: None
) -> AsyncIterator[Server]:
    """Start a server on a job; its sandbox and every process in it end with the block. Raises AgentUnavailable.

    It is to be equipped before it is asked. `placed` is called once the sandbox has the tree, which may be renamed
    from then on.
    """
    password, desk = secrets.token_urlsafe(32), Desk(job.lookups)
    async with AsyncExitStack() as stack:
        carry = desk.carry if job.lookups else None
        laid = await stack.enter_async_context(
            ground.open(job, model=True, serves=True, desk=carry, readable=(binary,), masked=_masked(ground, job))
        )
        placed()
        shell = {}
        if laid.session.isolates:
            await _write_inside(laid, _WRAPS, {})
            shell = {"SHELL": SHELL}
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
                **shell,
                **configuration.environment(
                    job.target,
                    address=laid.model or job.target.base_url,
                    tree=laid.session.tree,
                    password=password,
                    desk=None if laid.desk is None else desk.configuration(laid.desk),
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
        server = Server(client, running, laid, desk)
        await _healthy(server, said)
        if job.lookups:
            try:
                await server.find_lookups()
            except (httpx.HTTPError, ValueError) as error:  # a turn works without them
                log.warning("opencode.no_lookups", error=str(error))
        yield server


async def _write_inside(laid: Laid, command: str, environment: Mapping[str, str]) -> None:
    """Run a command of the shell that writes a file of ours into the sandbox. Raises AgentUnavailable."""
    wanted = Run(
        ("/bin/sh", "-c", f"umask 077; {command}"), environment=environment, seconds=STARTS_WITHIN, polite=False
    )
    try:
        outcome = await laid.session.run(wanted)
    except SessionLost as lost:
        raise AgentUnavailable(str(lost)) from lost
    if not outcome.ok:
        raise AgentUnavailable("The agent's sandbox could not be set up.", hint="See whether /bin/sh is there.")


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


def _client(laid: Laid, address: str, password: str) -> "httpx.AsyncClient":
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
