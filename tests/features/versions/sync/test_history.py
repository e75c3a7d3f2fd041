"""A merge base is found in the newest part of a history, and is the one that the whole of it shows."""

import random
from itertools import combinations

import pytest
import sqlalchemy as sa

from asterism.features.versions import projects, sync, workspaces
from asterism.features.versions.projects import Project
from asterism.features.versions.snapshots import NewSnapshot
from asterism.features.versions.sync.history import NEAR
from asterism.features.versions.workspaces import Step
from asterism.vcs.dag import best_common_ancestors
from tests.features.versions.sync.conftest import World

WHOLE = 10**9


def steps(history: dict[str, list[str]], tree: str, workspace: str | None = None) -> list[Step]:
    return [Step(name, NewSnapshot(tree, name, tuple(parents)), workspace) for name, parents in history.items()]


def registered(world: World, *parts: list[Step]) -> Project:
    """Make a project with a history, registered part by part; what a part names before it is there is lost so far."""
    with world.shelf.db.write() as tx:
        project = projects.create_project(tx, world.caller, name="p")
        for part in parts:
            workspaces.push_history(tx, world.caller, project.id, part)
    return project


def seen(world: World, project: Project, one: str, other: str, near: int) -> tuple[list[str], int]:
    """Return the best common ancestors, and how many snapshots were read for them."""
    with world.shelf.db.read() as tx:
        graph = sync.read_graph(tx, project, [one, other], near=near)
    return sorted(best_common_ancestors(one, other, graph.parents)), len(graph.known)


def line(size: int) -> dict[str, list[str]]:
    return {f"s{n}": [f"s{n - 1}"] if n else [] for n in range(size)}


def test_of_a_long_history_only_the_newest_part_is_read(world: World) -> None:
    size = NEAR + 300
    tree = world.shelf.put_tree({"a": b"a"})
    history = line(size) | {"side": [f"s{size - 5}"]}
    project = registered(world, steps(history, tree))
    best, read = seen(world, project, "side", f"s{size - 1}", NEAR)
    assert best == [f"s{size - 5}"]
    assert NEAR <= read <= NEAR + 1
    assert seen(world, project, "side", f"s{size - 1}", WHOLE) == (best, size + 1)


def test_one_that_left_long_ago_is_found_all_the_same(world: World) -> None:
    tree = world.shelf.put_tree({"a": b"a"})
    project = registered(world, steps(line(200) | {"side": ["s3"]}, tree))
    best, read = seen(world, project, "side", "s199", 10)
    assert best == ["s3"]
    assert read == 201


def test_a_fork_that_shows_itself_is_looked_for_at_once(world: World) -> None:
    tree = world.shelf.put_tree({"a": b"a"})
    project = registered(world, steps(line(900) | {"side": ["s3"], "near": ["s890"]}, tree))
    looks: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        looks.extend(["look"] if "RECURSIVE" in statement else [])

    sa.event.listen(world.shelf.db.engine, "before_cursor_execute", note)
    for other, expected in (("near", "s890"), ("side", "s3")):
        looks.clear()
        assert seen(world, project, other, "s899", 20)[0] == [expected]
        assert len(looks) == (1 if other == "near" else 2), other
    sa.event.remove(world.shelf.db.engine, "before_cursor_execute", note)


def test_a_head_that_both_have_is_read_with_little_before_it(world: World) -> None:
    project = registered(world, steps(line(200), world.shelf.put_tree({"a": b"a"})))
    best, read = seen(world, project, "s199", "s199", 10)
    assert best == ["s199"]
    assert read <= 12


def test_a_parent_that_came_after_its_child_is_not_overlooked(world: World) -> None:
    tree = world.shelf.put_tree({"a": b"a"})
    early = {"old": ["late"], **{f"x{n}": [] for n in range(30)}}
    late = {"root": [], "late": ["root"], "one": ["old", "late"], "two": ["old", "root"]}
    project = registered(world, steps(early, tree), steps(late, tree))
    assert seen(world, project, "one", "two", 5)[0] == ["old"]


@pytest.mark.parametrize("seed", range(25))
def test_any_history_shows_the_same_best_in_part_and_whole(world: World, seed: int) -> None:
    chance = random.Random(seed)
    names = [f"n{number}" for number in range(40)]
    history: dict[str, list[str]] = {}
    for number, name in enumerate(names):
        before = names[max(0, number - chance.choice((2, 5, 40))) : number]
        history[name] = chance.sample(before, min(len(before), chance.choice((1, 1, 1, 2))))
    order = steps(history, world.shelf.put_tree({"a": b"a"}))
    if seed % 2:  # some are registered late
        late = set(chance.sample(range(40), 4))
        order = [step for n, step in enumerate(order) if n not in late] + [order[n] for n in sorted(late)]
    project = registered(world, order[:20], order[20:])
    for _ in range(10):
        one, other = chance.sample(names, 2)
        assert seen(world, project, one, other, 3)[0] == seen(world, project, one, other, WHOLE)[0]
    few = chance.sample(names[20:], 3)
    with world.shelf.db.read() as tx:
        part, whole = (sync.read_graph(tx, project, few, near=near) for near in (3, WHOLE))
    for one, other in combinations(few, 2):
        expected = sorted(best_common_ancestors(one, other, whole.parents))
        assert sorted(best_common_ancestors(one, other, part.parents)) == expected


def test_of_several_workspaces_only_the_newest_part_is_read(world: World) -> None:
    tree = world.shelf.put_tree({"a": b"a"})
    project = registered(world, steps(line(200) | {"one": ["s199"], "two": ["s198"], "three": ["s197"]}, tree))
    with world.shelf.db.read() as tx:
        few = sync.read_graph(tx, project, ["one", "two", "three"], near=10)
        many = sync.read_graph(tx, project, ["one", "two", "three", *(f"s{n}" for n in range(190, 200))], near=10)
    assert len(few.known) <= 14
    assert len(many.known) == 203
