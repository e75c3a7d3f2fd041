"""Running the server: listen, tell so, serve until told to stop, end what runs cleanly."""

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import structlog
from granian.constants import Interfaces
from granian.server.embed import Server

from asterism.asgi.runtime import Runtime
from asterism.base.errors import Unavailable
from asterism.features import identity, storage
from asterism.kernel.db.migrate import upgrade
from asterism.kernel.secrets import check_keys
from asterism.server.app import create_app
from asterism.server.container import build_runtime, start_services
from asterism.server.settings import Settings

log = structlog.get_logger("asterism")
STOP_SECONDS = 5


class PortTaken(Unavailable):
    """Something else listens there already."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(f"Port {port} on {host} is taken.", hint="Choose another one with --port.")


async def serve(settings: Settings) -> None:
    """Run a server until SIGINT or SIGTERM. Raises PortTaken, Unavailable or Invalid when it cannot start."""
    check_port(settings.host, settings.port)
    rt = build_runtime(settings)
    link = await asyncio.to_thread(prepare, rt, settings)
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with running(rt, settings) as url:
        say(f"listening on {url}")
        if link is not None:
            say(f"sign in once at {settings.public_url or url}/signin#{link}")
        rt.jobs.start()  # loads its engine on a thread; only now, so that it delays nobody's first request
        await rt.models.start()  # the same
        await stop.wait()
        log.info("stopping")


@asynccontextmanager
async def running(rt: Runtime, settings: Settings) -> AsyncIterator[str]:
    """Serve `rt` while the context is open and yield its address; on leaving, runs and streams end before sockets."""
    async with AsyncExitStack() as stack:
        await start_services(rt, stack)
        server = Server(
            create_app(rt, settings),
            address=settings.host,
            port=settings.port,
            interface=Interfaces.ASGI,
            log_enabled=False,
            backlog=1024,
        )
        serving = asyncio.create_task(server.serve())
        await until_listening(settings.host, settings.port, serving)
        try:
            host = f"[{settings.host}]" if ":" in settings.host else settings.host
            yield f"http://{host}:{settings.port}"
        finally:
            await stack.aclose()
            server.stop()  # type: ignore[no-untyped-call]
            await asyncio.wait({serving}, timeout=STOP_SECONDS)


def prepare(rt: Runtime, settings: Settings) -> str | None:
    """Bring the schema up to date; at the first start make the owner and return the code of a sign-in link."""
    upgrade(rt.db)
    check_keys(rt.db, rt.secrets.store)
    with rt.db.write() as tx:
        if rt.db.dialect == "sqlite":  # one file has one server: what was collecting died with the last one
            storage.drop_leases(tx)
        owner, made = identity.ensure_owner(tx, settings.owner_email)
        return identity.create_link(tx, owner).text if made else None


def check_port(host: str, port: int) -> None:
    """Raise PortTaken when nobody else could listen there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            raise PortTaken(host, port) from error


async def until_listening(host: str, port: int, serving: "asyncio.Task[Any]") -> None:
    """Wait until a connection is accepted. Raises PortTaken when the server ends instead."""
    while True:
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError:
            if serving.done():
                raise PortTaken(host, port) from None
            await asyncio.sleep(0.01)
        else:
            writer.close()
            return


def say(line: str) -> None:
    """Tell people something on one unbroken line, whatever the terminal's width."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
