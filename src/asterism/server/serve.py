"""Running the server: listen, tell so, serve until told to stop, end what runs cleanly.

Imports only what listening takes; the rest comes with `boot.py`.
"""

import asyncio
import errno
import gc
import importlib
import shlex
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from asterism.base.errors import Invalid, Unavailable
from asterism.server.data_folder import claimed, is_installation, open_folder
from asterism.server.front import Front
from asterism.server.settings import Settings
from asterism.server.silence import hush

log = structlog.get_logger("asterism")
STOP_SECONDS = 5
IDLE_MILLISECONDS = 30_000
MOST_CONNECTIONS, OTHER_FILES = 16_384, 512
HUSH_SECONDS = 1.0


class CannotListen(Invalid):
    """The address to listen on is not one of this machine, or not for this user."""

    code = "CANNOT_LISTEN"


class PortTaken(Unavailable):
    """Something else listens there already."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(f"Port {port} on {host} is taken.", hint="Choose another one with --port.")


async def serve(settings: Settings) -> None:
    """Run a server until SIGINT or SIGTERM. Raises Unavailable (FolderInUse, PortTaken) or Invalid when it cannot.

    It listens, and answers /health, before the rest is even imported, which takes most of a start.
    """
    known = is_installation(settings.data_dir)
    if not known:
        check_port(settings.host, settings.port)  # before a folder is made for nothing
    open_folder(settings)
    with claimed(settings, reachable_address(settings)):
        check_port(settings.host, settings.port)
        stop = asyncio.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
        front = Front(settings)
        async with listening(front, settings) as url:
            gc.disable()  # what is made now stays: looking for garbage in it takes a fifth of a start
            boot = await asyncio.to_thread(importlib.import_module, "asterism.server.boot")
            async with boot.booted(front, settings) as link:
                gc.freeze()  # nor is it walked by any later collection
                gc.enable()
                say(f"listening on {url}")
                if not known:
                    say(f"{settings.data_dir} is a new data folder; another one is named by --data-dir")
                if link is not None:
                    base = settings.public_url or reachable_address(settings)
                    say(f"sign in once at {base}/signin#{link}")
                    say(f"the link is for {settings.owner_email} and works for 15 minutes; for another one run")
                    say(f"  asterism user link {settings.owner_email}{named_folder(settings)}")
                await stop.wait()
                log.info("stopping")


def named_folder(settings: Settings) -> str:
    """Return the option that names the data folder, nothing where it is the usual one."""
    return "" if settings.data_dir == Settings().data_dir else f" --data-dir {shlex.quote(str(settings.data_dir))}"


def address_of(settings: Settings) -> str:
    """Return the address that a server with these settings listens on."""
    return f"http://{bracketed(settings.host)}:{settings.port}"


def reachable_address(settings: Settings) -> str:
    """Return an address that works on this machine, also for a server that listens on all of its addresses."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - not bound here
    return f"http://{bracketed(host)}:{settings.port}"


def bracketed(host: str) -> str:
    """Return a host as it stands in an address."""
    return f"[{host}]" if ":" in host else host


@asynccontextmanager
async def listening(front: Front, settings: Settings) -> AsyncIterator[str]:
    """Listen for `front` while the context is open and yield the address. Raises PortTaken."""
    most = connections()
    server = Server(
        front,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGINL,  # services start and stop in boot.py, not by the lifespan protocol
        log_enabled=False,
        backlog=1024,
        backpressure=most,
        http=HTTPModes.http1,  # that which also speaks HTTP/2 waits for ever for a connection's first byte
        http1_settings=HTTP1Settings(header_read_timeout=IDLE_MILLISECONDS),
    )
    serving = asyncio.create_task(server.serve())
    await until_listening(settings.host, settings.port, serving)
    hushing = asyncio.create_task(_hush(settings.port, most // 2, most * 3 // 4))
    try:
        yield address_of(settings)
    finally:
        hushing.cancel()
        server.stop()  # type: ignore[no-untyped-call]
        await asyncio.wait({serving}, timeout=STOP_SECONDS)


async def _hush(port: int, each: int, together: int) -> None:
    """Leave no address more than `each` connections and all `together`, for as long as this runs (ADR 0151)."""
    while True:
        await asyncio.sleep(HUSH_SECONDS)
        with suppress(OSError):
            await asyncio.to_thread(hush, port, each, together)


def connections() -> int:
    """Return how many connections may be open, having raised the limit of open files as far as the system lets us.

    Idle ones are closed after a while; until then each takes a file, and the database and the blobs need theirs.
    """
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return MOST_CONNECTIONS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return MOST_CONNECTIONS if soft == resource.RLIM_INFINITY else max(64, min(MOST_CONNECTIONS, soft - OTHER_FILES))


def check_port(host: str, port: int) -> None:
    """Raise PortTaken or CannotListen when nobody could listen there now."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            probe.listen(1)
    except PermissionError as error:
        raise CannotListen(f"Port {port} needs rights that this user lacks.", hint="Choose one above 1023.") from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(host, port) from error
        raise CannotListen(
            f"This machine cannot listen on {host}: {error.strerror}.",
            hint="--host names an address of this machine, as 127.0.0.1, or 0.0.0.0 for all of them.",
        ) from error


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
