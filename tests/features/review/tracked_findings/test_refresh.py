"""Where findings stand, looked up when workspaces move: trees that are gone, workspaces that come and go, races."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from asterism.base.ids import ulid
from asterism.features.accounts.identity import Caller
from asterism.features.review import tracked_findings
from asterism.features.review.findings import Category, Issue, Lens, ReviewedFile, Severity
from asterism.features.review.tracked_findings import Found, Seen, Tracked, anchor_of
from asterism.features.versions import projects, workspaces
from asterism.features.versions.workspaces import Workspace
from asterism.kernel.jobs import MemoryJobs, Status
from asterism.vcs.unified.writer import compare
from tests.features.versions.sync.conftest import BASE, OURS, World
from tests.support.shelf import Shelf


class Findings(World):
    """A world in which a review of `side` has found something about `c`."""

    def __init__(self, shelf: Shelf, caller: Caller) -> None:
        super().__init__(shelf, caller)
        self.jobs = MemoryJobs(shelf.clock)
        tracked_findings.register(self.jobs, shelf.db, shelf.blobs)

    def find(self, path: str, content: bytes, tree: str) -> None:
        """Keep a finding about the first line of a file."""
        issue = Issue(
            id="x",
            severity=Severity.LOW,
            category=Category.STYLE,
            title="A finding",
            file=path,
            line_start=1,
            line_end=1,
            rationale="r",
            recommendation="r",
            suggested_patch=None,
            confidence=1.0,
            symptom="s",
            why_it_matters="w",
            evidence=(),
            lens=Lens.TESTS,
            source="ruff",
            rule_id="R1",
            fingerprint=ulid(),
        )
        file = ReviewedFile(compare(path, b"", content), content.decode())
        with self.shelf.db.write() as tx:
            project = projects.find_live(tx, self.project.id)
            assert project is not None
            found = Found(issue, anchor_of(issue, file))
            tracked_findings.keep(tx, project, Seen("r", tree, None, self.side.id), [found], actor="cli")

    def refresh(self) -> int:
        tracked_findings.enqueue_where_any(self.shelf.db, self.jobs, self.project.id)
        asked = self.jobs.list(name=tracked_findings.FOLLOW)
        done = self.jobs.wait(asked[0].id, 10)
        assert done.status is Status.DONE, done.error
        return int(done.result)

    def all(self) -> list[Tracked]:
        with self.shelf.db.read() as tx:
            return list(tracked_findings.list_findings(tx, self.caller, self.project.id, limit=100).items)

    def only(self) -> Tracked:
        [found] = self.all()
        return found

    def where(self) -> set[str]:
        return set(self.only().places)

    def remove(self, workspace: Workspace) -> None:
        with self.shelf.db.write() as tx:
            workspaces.delete_workspace(tx, self.caller, workspace.id)


@pytest.fixture
def world(shelf: Shelf, caller: Caller) -> Findings:
    return Findings(shelf, caller)


def test_a_project_without_findings_costs_no_job(world: Findings) -> None:
    tracked_findings.enqueue_where_any(world.shelf.db, world.jobs, world.project.id)
    assert world.jobs.list(name=tracked_findings.FOLLOW) == []
    assert world.jobs.wait(world.jobs.fire(tracked_findings.SWEEP), 1).result == 0


def test_trees_that_are_gone_do_not_end_the_following(world: Findings) -> None:
    first = world.shelf.put_tree(OURS | {"x": b"x\n"}, root=False)
    world.find("c", OURS["c"], first)
    assert world.refresh() == 2
    assert world.where() == {world.side.id}
    dirty = OURS | {"y": b"y\n"}
    world.edit(world.side, dirty)
    assert world.refresh() == 1
    world.edit(world.side, dirty | {"z": b"z\n"})
    world.shelf.roots -= {first, world.shelf.put_tree(dirty)}
    world.shelf.clock.advance(7200)
    assert world.shelf.collect().deleted_manifests == 2
    assert world.refresh() == 1
    assert world.where() == {world.side.id}
    assert world.jobs.wait(world.jobs.fire(tracked_findings.SWEEP), 1).result == 0


def test_what_goes_with_its_workspace_is_fixed_in_no_tree(world: Findings) -> None:
    world.find("c", OURS["c"], world.snapshot(world.ours).manifest_hash)
    world.refresh()
    third = world.workspace("third")
    assert world.refresh() == 1
    world.push(third, BASE | {"c": OURS["c"]}, world.base)
    assert world.refresh() == 1
    assert world.where() == {world.side.id, third.id}
    world.remove(third)
    world.refresh()
    assert (world.only().status, world.where()) == ("open", {world.side.id})
    world.remove(world.side)
    world.refresh()
    assert (world.only().status, world.only().places, world.only().gone_tree) == (
        "fixed",
        {},
        world.snapshot(world.theirs).manifest_hash,
    )


def test_the_same_words_about_a_renamed_file_are_one_finding(world: Findings) -> None:
    world.find("c", OURS["c"], world.snapshot(world.ours).manifest_hash)
    moved = {name: content for name, content in OURS.items() if name != "c"} | {"d": OURS["c"]}
    world.edit(world.side, moved)
    world.refresh()
    world.find("d", OURS["c"], world.shelf.put_tree(moved))
    assert world.only().places[world.side.id].path == "d"
    world.find("elsewhere", OURS["c"], world.shelf.put_tree(moved))
    assert len(world.all()) == 2


def test_many_looks_at_once_come_to_one_truth(world: Findings) -> None:
    world.find("c", OURS["c"], world.snapshot(world.ours).manifest_hash)
    db, blobs, project = world.shelf.db, world.shelf.blobs, world.project.id
    for number, content in enumerate((OURS["c"], b"other\n", OURS["c"])):
        world.edit(world.side, OURS | {"c": content, "n": b"%d\n" % number})
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: tracked_findings.refresh(db, blobs, project), range(4)))
        world.refresh()
        assert world.where() == ({world.side.id} if content == OURS["c"] else set())
        assert world.only().status == ("open" if world.where() else "fixed")
