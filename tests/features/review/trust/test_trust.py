"""Trust as use cases: which folder is meant, who may read and run there, what ends with the process (Stargazer 3.3)."""

from pathlib import Path

import pytest

from asterism.features.review import trust
from asterism.features.review.trust import (
    LocalProject,
    NotTrusted,
    SessionTrust,
    Trust,
    TrustMode,
    UnknownTrust,
    WrongProject,
)
from asterism.kernel.db import Database

WHEN = "2026-02-04T12:00:00.000Z"


class World:
    """Two folders, and the trust that lives in memory."""

    def __init__(self, db: Database, folder: Path) -> None:
        self.db, self.live = db, SessionTrust()
        self.root, self.other = folder / "root", folder / "other"
        self.root.mkdir()
        self.other.mkdir()

    def project(self, root: Path | None = None) -> LocalProject:
        with self.db.write() as tx:
            return trust.project_of(tx, root or self.root)

    def save(
        self, mode: TrustMode = "persistent", *, root: Path | None = None, read: bool = True, run: bool = False,
        project: str | None = None, at: str = WHEN,
    ) -> Trust:  # fmt: skip
        root = root or self.root
        known = project or self.project(root).id
        with self.db.write() as tx:
            return trust.save_trust(
                tx, self.live, project_id=known, root=root, trusted_at=at, read_files=read, run_commands=run, mode=mode
            )

    def required(self, live: SessionTrust | None = None) -> Trust:
        with self.db.read() as tx:
            return trust.require_trust(tx, live or self.live, self.root)

    def all(self) -> list[Trust]:
        with self.db.read() as tx:
            return trust.list_trust(tx, self.live)


@pytest.fixture
def world(db: Database, tmp_path: Path) -> World:
    return World(db, tmp_path.resolve())


def test_a_folder_is_one_project_however_it_is_spelled(world: World, tmp_path: Path) -> None:
    made = world.project()
    (tmp_path / "link").symlink_to(world.root)
    assert world.project() == made
    assert world.project(tmp_path / "link").id == made.id
    assert world.project(world.other).id != made.id
    with world.db.read() as tx:
        assert trust.find_project(tx, tmp_path) is None


def test_a_folder_that_took_the_place_of_another_is_another_project(world: World) -> None:
    made = world.project()
    world.root.rename(world.root.with_name("moved"))
    assert world.project(world.root.with_name("moved")).id != made.id, "the first spelling stands for nothing now"


def test_nobody_is_trusted_unasked_and_reading_is_what_counts(world: World) -> None:
    world.project()
    with pytest.raises(NotTrusted):
        world.required()
    world.save(read=False, run=True)
    with pytest.raises(NotTrusted):
        world.required()
    assert world.save(run=True) == world.required()
    with pytest.raises(NotTrusted), world.db.read() as tx:
        trust.require_trust(tx, world.live, world.other)


def test_an_id_holds_for_its_own_folder_alone(world: World) -> None:
    mine, theirs = world.project(), world.project(world.other)
    for project in (theirs.id, "nobody"):
        with pytest.raises(WrongProject):
            world.save(project=project)
    assert world.save(project=mine.id).root == world.root


def test_trust_for_a_session_ends_with_the_process(world: World) -> None:
    world.save("session")
    assert world.required().mode == "session"
    with pytest.raises(NotTrusted):
        world.required(SessionTrust())
    assert not (world.root / ".stargazer").exists()


@pytest.mark.parametrize(("first", "second"), [("persistent", "session"), ("session", "persistent")])
def test_an_entry_takes_the_place_of_one_of_the_other_mode(world: World, first: TrustMode, second: TrustMode) -> None:
    world.save(first)
    world.save(second, run=True)
    assert [(one.mode, one.run_commands) for one in world.all()] == [(second, True)]
    if second == "session":
        with pytest.raises(NotTrusted):
            world.required(SessionTrust())


def test_what_is_rolled_back_trusts_nobody(world: World) -> None:
    project = world.project()

    def undone() -> None:
        with world.db.write() as tx:
            trust.save_trust(
                tx, world.live, project_id=project.id, root=world.root, trusted_at=WHEN, read_files=True,
                run_commands=False, mode="session",
            )  # fmt: skip
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undone()
    assert world.all() == []


def test_trust_is_listed_newest_first_and_taken_away(world: World) -> None:
    world.save(at="2026-02-04T12:00:00.000Z")
    newer = world.save("session", root=world.other, at="2026-02-04T12:00:00.001Z")
    assert [one.root for one in world.all()] == [world.other, world.root]
    with world.db.write() as tx:
        assert trust.remove_trust(tx, world.live, newer.project_id) == newer
    with world.db.write() as tx:
        assert trust.remove_trust(tx, world.live, newer.project_id) is None
        with pytest.raises(UnknownTrust):
            trust.read_trust(tx, world.live, newer.project_id)
    assert [one.root for one in world.all()] == [world.root]
