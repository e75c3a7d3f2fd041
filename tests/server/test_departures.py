"""Who ends what works for something deleted is called when it is told, and otherwise every few seconds."""

import asyncio

from asterism.base.errors import Unavailable
from asterism.features.accounts import identity
from asterism.features.versions import projects
from asterism.kernel.db import Database, Tx
from asterism.server.departures import Departures
from tests.support.facts import PATIENCE


def _delete_a_project(tx: Tx) -> None:
    owner = identity.add_user(tx, "a@example.org")
    caller = identity.acting_for(owner.id)
    projects.delete_project(tx, caller, projects.create_project(tx, caller, name="Pro").id)


def test_a_deletion_calls_them_at_once_and_one_that_fails_keeps_no_other(db: Database) -> None:
    asyncio.run(_told(db))


async def _told(db: Database) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()

    async def failing() -> None:
        raise Unavailable("down")

    async def broken() -> None:
        raise ZeroDivisionError

    async def hearing() -> None:
        heard.put_nowait("called")

    departures = Departures(db, [failing, broken, hearing], look=PATIENCE * 10)
    departures.start()
    async with asyncio.timeout(PATIENCE):
        await heard.get()  # at the start
        await db.run(_delete_a_project)
        await heard.get()
    await departures.stop()


def test_what_another_process_deleted_is_looked_for(db: Database) -> None:
    asyncio.run(_looked_for(db))


async def _looked_for(db: Database) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()

    async def hearing() -> None:
        heard.put_nowait("called")

    departures = Departures(db, [hearing], look=0.001)
    departures.start()
    async with asyncio.timeout(PATIENCE):
        for _ in range(3):
            await heard.get()
    await departures.stop()
