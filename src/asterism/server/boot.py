"""Everything a server consists of, loaded and built: the slow half of starting (`serve.py` is the quick one)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from asterism.faces.mcp import McpHttp
from asterism.faces.runtime import Runtime
from asterism.features.accounts import identity
from asterism.features.versions import storage
from asterism.kernel.db.migrate import upgrade
from asterism.kernel.jobs import take_over
from asterism.kernel.secrets import check_keys
from asterism.server.app import create_app
from asterism.server.container import build_runtime, start_services
from asterism.server.front import Front
from asterism.server.serve import listening
from asterism.server.settings import Settings


@asynccontextmanager
async def booted(front: Front, settings: Settings) -> AsyncIterator[str | None]:
    """Build a server behind `front` and run its services; yield the code of the first sign-in link, if one was made.

    Raises Unavailable or Invalid when it cannot start. On leaving, runs and streams end.
    """
    rt = build_runtime(settings)
    link = await asyncio.to_thread(prepare, rt, settings)
    async with behind(front, rt, settings):
        rt.jobs.start()
        await rt.models.start()  # loads its libraries on a thread; only now, so that it delays nobody's first request
        yield link


@asynccontextmanager
async def running(rt: Runtime, settings: Settings) -> AsyncIterator[str]:
    """Serve a runtime that is built already, while the context is open, and yield the address."""
    front = Front(settings)
    async with listening(front, settings) as url, behind(front, rt, settings):
        yield url


@asynccontextmanager
async def behind(front: Front, rt: Runtime, settings: Settings) -> AsyncIterator[None]:
    """Open `front` to the application around `rt` while the context is open."""
    async with AsyncExitStack() as stack:
        await start_services(rt, stack)
        mcp = McpHttp(await asyncio.to_thread(create_app, rt, settings), front)
        stack.push_async_callback(mcp.stop)
        front.open(mcp)
        stack.callback(front.close)  # first of all
        yield


def prepare(rt: Runtime, settings: Settings) -> str | None:
    """Bring the schema up to date; at the first start make the owner and return the code of a sign-in link."""
    upgrade(rt.db)
    take_over(rt.db, settings.earlier_jobs)
    check_keys(rt.db, rt.secrets.store)
    with rt.db.write() as tx:
        if rt.db.dialect == "sqlite":  # one file has one server: what was collecting died with the last one
            storage.drop_leases(tx)
        owner, made = identity.ensure_owner(tx, settings.owner_email)
        return identity.create_link(tx, owner).text if made else None
