"""The ground that an agent works on: its sandbox, the doors out of it, the environment of its processes."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, TypeAlias

from asterism.kernel.agents.port import AgentJob
from asterism.kernel.sandbox import (
    Beyond,
    Isolation,
    Place,
    SandboxUnavailable,
    Session,
    Streams,
    isolation_problem,
    open_door,
    open_proxy,
    open_session,
    proxy_variables,
    serving,
    serving_locally,
)

API_PORT, MODEL_PORT, SERVE_PORT, PROXY_PORT, DESK_PORT = 4001, 4002, 4003, 4004, 4005
"""Ports inside the sandbox, whose network is its own: the ways to `/v1`, the model and lookups, and one in."""

Carry: TypeAlias = Callable[[Streams], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Laid:
    """A sandbox that is open. `model` and `desk` are their addresses as they are inside, where they were wanted."""

    session: Session
    environment: Mapping[str, str] = field(repr=False)
    model: str | None = None
    desk: str | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """How agents are kept. `hidden` are folders (the data folder) that stay out of sight wherever they
    lie. With the network `open`, programs reach what this machine reaches by a proxy, but not the machine itself."""

    isolation: Isolation = "auto"
    hidden: tuple[Path, ...] = ()
    network: Literal["model", "open"] = "model"

    @property
    def isolates(self) -> bool:
        """Whether there is a sandbox in the strict sense."""
        return self.isolation != "plain"

    def check(self) -> None:
        """Raise SandboxUnavailable when no agent may be started here."""
        problem = isolation_problem(self.isolation)
        if problem is not None:
            raise SandboxUnavailable(
                f"There is no sandbox for the agent: {problem}",
                hint="Install bubblewrap, or set ASTERISM_SANDBOX=plain to run agents without isolation.",
            )

    def tree_of(self, job: AgentJob) -> str:
        """Return how the working copy is called by the agent's processes."""
        return "/tree" if self.isolates else str(job.tree)

    @asynccontextmanager
    async def open(
        self, job: AgentJob, *, model: bool = False, serves: bool = False, desk: Carry | None = None, **place: Any
    ) -> AsyncIterator[Laid]:
        """Open a sandbox on a job. `model` wants a door to the model, `serves` a way in to port `SERVE_PORT`.

        `desk` answers connections from inside.

        What else is given goes to the `Place` as it is.
        """
        environment = dict(job.environment)
        wanted = {}
        if (url := environment.get("ASTERISM_URL")) and self.isolates:
            wanted[API_PORT] = Beyond.of(url.rstrip("/") + "/v1")
            environment["ASTERISM_URL"] = f"http://127.0.0.1:{API_PORT}"
        address = job.target.base_url if model else None
        if address is not None and self.isolates:
            wanted[MODEL_PORT] = Beyond.of(address)
            address = wanted[MODEL_PORT].url(MODEL_PORT)
        async with AsyncExitStack() as stack:
            doors = {}
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="asterism-doors-")))
            for port, beyond in wanted.items():
                doors[port] = await stack.enter_async_context(open_door(folder / f"{port}.sock", beyond))
            if self.network == "open" and self.isolates:
                doors[PROXY_PORT] = await stack.enter_async_context(open_proxy(folder / "proxy.sock"))
                environment |= proxy_variables(PROXY_PORT)
            asked = None
            if desk is not None and self.isolates:
                doors[DESK_PORT], asked = folder / f"{DESK_PORT}.sock", DESK_PORT
                await stack.enter_async_context(serving(doors[DESK_PORT], desk))
            elif desk is not None:
                asked = await stack.enter_async_context(serving_locally(desk))
            entry = SERVE_PORT if serves else None
            laid = Place(job.tree, hidden=self.hidden, doors=doors, entry=entry, **place)
            session = await stack.enter_async_context(open_session(self.isolation, laid))
            yield Laid(session, environment, address, None if asked is None else f"http://127.0.0.1:{asked}/")
