"""Random histories and random trees, registered, then asked about: the answers are those of a plain computation."""

import random

import pytest

from asterism.features.accounts.identity import Caller
from asterism.features.versions import projects, snapshots, storage, workspaces
from asterism.features.versions.snapshots import NewSnapshot
from asterism.features.versions.storage.comparison import WORTHWHILE_BYTES
from asterism.features.versions.workspaces import NewWorkspace
from asterism.vcs import diff, manifest
from asterism.vcs.manifest import Entry
from asterism.vcs.manifest_delta import END, HEAD, TAIL
from tests.support.shelf import Shelf
from tests.support.trees import name_of


@pytest.mark.parametrize("seed", range(4))
def test_a_random_graph_has_the_ancestors_it_should(shelf: Shelf, caller: Caller, seed: int) -> None:
    dice = random.Random(seed)
    names = [f"s{number}" for number in range(18)]
    order = dice.sample(names, len(names))  # children may come before their parents, and circles may close
    graph = {
        name: tuple(dice.sample([n for n in names if n != name], dice.choice([0, 1, 1, 1, 2, 3]))) for name in names
    }
    tree = shelf.put_tree({"a": b"1"})
    with shelf.db.write() as tx:
        project = projects.create_project(tx, caller, name="p")
        workspace = workspaces.create_workspace(tx, caller, project.id, NewWorkspace(name="main"))
    known: dict[str, tuple[str, ...]] = {}
    head: str | None = None
    for name in order:
        new = NewSnapshot(tree, id=name, parents=graph[name])
        with shelf.db.write() as tx:
            pushed = workspaces.push_snapshot(tx, caller, project.id, new, workspace.id)
        known[name] = graph[name]
        assert pushed.snapshot.fast_forward == (head is None or head in closure(known, graph[name]))
        head = name
    with shelf.db.read() as tx:
        page = workspaces.list_workspace_snapshots(tx, caller, workspace.id, scope="history", limit=100, cursor=None)[1]
        assert {found.id for found in page.items} == closure(known, [order[-1]])
        assert [found.id for found in page.items] == [n for n in reversed(order) if n in closure(known, [order[-1]])]
        for one in dice.sample(names, 6):
            for other in dice.sample(names, 6):
                expected = one in closure(known, [other])
                assert snapshots.is_ancestor(tx, project.id, one, [other]) == expected


def closure(graph: dict[str, tuple[str, ...]], start: object) -> set[str]:
    found: set[str] = set()
    waiting = list(start)  # type: ignore[call-overload]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += graph.get(name, ())
    return found


def random_tree(dice: random.Random, base: dict[str, Entry], changes: int) -> dict[str, Entry]:
    tree = dict(base)
    for _ in range(changes):
        path = f"{dice.choice('abcd')}/{dice.choice('efg')}{dice.randrange(9)}/{dice.randrange(60)}.txt"
        action = dice.random()
        if action < 0.2 and tree:
            del tree[dice.choice(sorted(tree))]
        elif action < 0.3:
            tree[path] = Entry(type="symlink", path=path, target=dice.choice(["x", "y"]))
        else:
            content = b"%d" % dice.randrange(50)
            mode = dice.choice([0o644, 0o755])
            tree[path] = Entry(type="file", path=path, hash=name_of(content), size=len(content), mode=mode)
    return tree


@pytest.mark.parametrize("seed", range(3))
def test_random_trees_come_back_and_differ_as_they_do(shelf: Shelf, seed: int) -> None:
    """Large enough that most manifests are read by comparing them with one that is stored."""
    dice = random.Random(seed)
    shelf.put(*(b"%d" % number for number in range(50)))
    trees = [random_tree(dice, {}, 900)]
    for _ in range(6):
        trees.append(random_tree(dice, dice.choice(trees), dice.choice([0, 1, 3, 20])))
    stored = [(shelf.put_entries(list(tree.values())), tree) for tree in trees]
    with shelf.db.read() as tx:
        for name, tree in stored:
            assert storage.entries(tx, shelf.blobs, shelf.user, name) == manifest.canonical(tree.values())
            found = storage.manifest(tx, shelf.user, name)
            assert (found.files, found.total_bytes) == (len(tree), sum(entry.size for entry in tree.values()))
            assert found.missing == 0
        for name, tree in stored:
            for other_name, other in stored:
                changes = storage.changes(tx, shelf.user, name, other_name)
                assert changes == diff.diff(tree.values(), other.values())
                assert storage.equal(tx, shelf.user, name, other_name) == (not changes)


def test_whether_a_manifest_can_be_spliced_is_known_of_the_next_one_too(shelf: Shelf) -> None:
    links = [Entry(type="symlink", path=f"d{n:04}", target="x" * 40) for n in range(1000)]
    in_order, longer = manifest.encode(links), manifest.encode([*links, Entry(type="symlink", path="d", target="y")])
    blocks = longer[len(HEAD) : -len(TAIL)].split(END)
    turned = HEAD + END.join([*blocks[:-2], blocks[-1], blocks[-2]]) + TAIL
    for text, known in ((in_order, True), (longer, True), (turned, False)):
        storage.upload(shelf.db, shelf.blobs, shelf.user, name_of(text), text)
        with shelf.db.read() as tx:
            found = storage.manifest(tx, shelf.user, name_of(text))
        assert (found.spliceable, found.size > WORTHWHILE_BYTES) == (known, True)


def test_a_manifest_that_is_wrong_is_refused_beside_a_recent_one_like_it(shelf: Shelf) -> None:
    dice = random.Random(1)
    tree = list(random_tree(dice, {}, 1200).values())
    shelf.put_entries(tree)
    good = tree[5]
    for bad in (
        Entry(type="file", path="../x", hash=name_of(b"")),
        Entry(type="file", path="x", hash="short"),
        Entry(type="file", path=f"{good.path}/below", hash=name_of(b"")),
        Entry(type="file", path=good.path.rpartition("/")[0], hash=name_of(b"")),
        Entry(type="file", path=good.path, hash=name_of(b"other")),
        Entry(type="file", path="big", hash=name_of(b""), mode=5000),
    ):
        with pytest.raises(manifest.ManifestInvalid):
            shelf.put_entries([*tree, bad])
