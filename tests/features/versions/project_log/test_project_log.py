"""The log of a project: told with what happened, each entry once and in order, whoever writes and reads (Beyond 1)."""

import asyncio
import random
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from pathlib import Path

import pytest

from asterism.base.clock import ManualClock
from asterism.features.accounts.identity import Caller
from asterism.features.versions import project_log, projects
from asterism.features.versions.project_log import Entry, LogPage, Told, events
from asterism.features.versions.project_log.events import MemoryChanged, ProjectChanged
from asterism.features.versions.project_log.models import KEPT_ENTRIES
from asterism.kernel.db import Database, Tx
from asterism.kernel.streams import DatabaseStreams

DAY = 24 * 3600
WRITERS, EACH, READERS = 20, 12, 5
SOURCE = Path(project_log.__file__).parents[3]


@pytest.fixture
def project(db: Database, caller: Caller) -> str:
    with db.write() as tx:
        return projects.create_project(tx, caller, name="p").id


def tell(tx: Tx, project_id: str, number: int = 1, title: str = "Changed.") -> None:
    told = MemoryChanged(number, "user")
    project_log.append(tx, project_id, told, title=title, subject=("memory", project_id), actor="web", tree="t")


def read(db: Database, project_id: str, after: int = 0, limit: int = 500, kinds: set[str] | None = None) -> LogPage:
    with db.read() as tx:
        return project_log.read_log(tx, project_id, after=after, limit=limit, kinds=kinds)


def kinds(page: LogPage) -> list[str]:
    return [entry.kind for entry in page.entries]


def test_an_entry_says_what_happened_to_what_and_on_which_tree(db: Database, project: str) -> None:
    with db.write() as tx:
        tell(tx, project, 7, "  One\n line " + "x" * 300)
        now = tx.now()
    page = read(db, project, after=1)
    [entry] = page.entries
    title = "One line " + "x" * 190 + "…"
    subject = project_log.Subject("memory", project)
    data = {"version": 7, "source": "user"}
    assert entry == Entry(2, now, "memory.changed", "web", None, subject, "t", title, data)
    assert (page.last_seq, page.reset) == (2, False)


def test_nothing_is_told_that_did_not_happen(db: Database, project: str) -> None:
    def fail(tx: Tx) -> None:
        tell(tx, project)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), db.write() as tx:
        fail(tx)
    assert kinds(read(db, project)) == ["project.created"]


def test_entries_and_activity_events_are_told_together(db: Database, caller: Caller, project: str) -> None:
    with db.write() as tx:
        projects.rename_project(tx, caller, project, "q")
        projects.rename_project(tx, caller, project, "q")
        projects.archive_project(tx, caller, project, archived=True)
        projects.delete_project(tx, caller, project)
        projects.restore_project(tx, caller, project)
    found = kinds(read(db, project))
    assert found == ["project.created", *["project.changed"] * 2, "project.deleted", "project.restored"]
    with db.read() as tx:
        assert [one.type for one in project_log.list_events(tx, caller, project, limit=10).items] == ["project.created"]


def test_pages_go_on_after_a_number_and_may_be_of_some_kinds(db: Database, project: str) -> None:
    for number in range(4):
        with db.write() as tx:
            tell(tx, project, number)
            project_log.append(tx, project, ProjectChanged(("brief",)), title="x", subject=("project", project))
    assert [entry.seq for entry in read(db, project, after=3, limit=2).entries] == [4, 5]
    page = read(db, project, limit=3, kinds={"memory.changed"})
    assert ([entry.data["version"] for entry in page.entries], page.last_seq) == ([0, 1, 2], 9)


def test_30_days_are_kept_and_always_the_last_1000(db: Database, clock: ManualClock, project: str) -> None:
    with db.write() as tx:
        for number in range(KEPT_ENTRIES + 4):
            tell(tx, project, number)
    clock.advance(31 * DAY)
    with db.write() as tx:
        project_log.prune(tx)
    page = read(db, project)
    assert (page.reset, page.entries[0].seq, page.last_seq) == (True, 6, KEPT_ENTRIES + 5)
    assert not read(db, project, after=5).reset
    assert read(db, project, after=4).reset
    assert read(db, project, after=page.last_seq + 1).reset  # of a server that was restored from a backup
    with db.write() as tx:
        for number in range(10):
            tell(tx, project, number)
    with db.write() as tx:
        project_log.prune(tx)  # ten older ones fall out of the last 1,000
    assert read(db, project, after=15).entries[0].seq == 16
    assert read(db, project, after=14).reset


def test_a_log_goes_with_its_project(db: Database, clock: ManualClock, caller: Caller, project: str) -> None:
    with db.write() as tx:
        projects.delete_project(tx, caller, project)
    clock.advance((projects.GRACE_DAYS + 1) * DAY)
    with db.write() as tx:
        assert projects.purge_deleted(tx) == 1
    assert read(db, project) == LogPage([], 0, reset=False)


def test_many_write_and_many_read_and_each_sees_everything_once_in_order(
    db: Database, caller: Caller, project: str
) -> None:
    """Readers leave and come back as they like, and writers tell two projects in either order."""
    with db.write() as tx:
        other = projects.create_project(tx, caller, name="other").id
    total = WRITERS * EACH + 1

    def write(writer: int) -> None:
        for number in range(EACH):
            with db.write() as tx:
                for one in (project, other) if writer % 2 else (other, project):
                    tell(tx, one, writer * EACH + number)

    async def follow(streams: DatabaseStreams, chance: random.Random) -> list[Entry]:
        seen: list[Entry] = []
        while len(seen) < total:
            after = seen[-1].seq if seen else 0
            leave_after = chance.randint(1, 40)
            async with aclosing(streams.subscribe(project_log.name_of(project), after)) as news:
                async for event in news:
                    seen.append(project_log.entry_of(event))
                    leave_after -= 1
                    if leave_after == 0 or len(seen) == total:
                        break
        return seen

    async def all_of_it() -> list[list[Entry]]:
        streams = DatabaseStreams(db)
        await streams.start()
        with ThreadPoolExecutor(WRITERS) as pool:
            loop = asyncio.get_running_loop()
            writing = [loop.run_in_executor(pool, write, number) for number in range(WRITERS)]
            readers = [follow(streams, random.Random(number)) for number in range(READERS)]
            async with asyncio.timeout(60):
                seen = await asyncio.gather(*readers)
                await asyncio.gather(*writing)
        await streams.stop()
        return seen

    for seen in asyncio.run(all_of_it()):
        assert [entry.seq for entry in seen] == list(range(1, total + 1))
        assert sorted(entry.data["version"] for entry in seen[1:]) == list(range(total - 1))
        assert seen == seen[:1] + sorted(seen[1:], key=lambda entry: entry.seq)


def test_every_kind_is_told_by_somebody() -> None:
    source = "".join(
        path.read_text()
        for path in SOURCE.rglob("*.py")
        if path != Path(events.__file__) and "project_log" not in path.parts
    )
    kinds = [
        one for one in vars(events).values() if isinstance(one, type) and issubclass(one, Told) and one is not Told
    ]
    assert len(kinds) == len(project_log.KINDS)
    assert [one.__name__ for one in kinds if not re.search(rf"\b{one.__name__}\(", source)] == []
