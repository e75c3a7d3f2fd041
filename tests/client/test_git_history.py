"""Histories on their way to the server: from tree to tree by what differs, in batches, or one by one."""

import hashlib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asterism.base.errors import Invalid, NotFound, TooLarge
from asterism.client.api import Api
from asterism.client.gitbridge.commits import Commit, parse_commit
from asterism.client.gitbridge.differences import Differences
from asterism.client.gitbridge.history import History, Imported
from asterism.client.gitbridge.notes import Notes
from asterism.client.gitbridge.texts import Text
from asterism.client.gitbridge.trees import Trees
from asterism.client.models import Difference, Project, Snapshot, Workspace
from asterism.vcs.content import hash_bytes
from asterism.vcs.manifest import Entry, encode
from tests.support.raw_git import ADA, FILE, FOLDER, LINK, PROGRAM, SUBMODULE

names = st.sampled_from(["a", "b", "c.txt", "é"])
leaves = st.tuples(st.sampled_from([FILE, PROGRAM, LINK, SUBMODULE]), st.sampled_from(["1" * 40, "2" * 40]))
folders = st.recursive(
    st.dictionaries(names, leaves, max_size=4),
    lambda below: st.dictionaries(names, leaves | below, max_size=4),
    max_leaves=12,
)


class Objects:
    """Trees as git keeps them, without git."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[str, bytes]] = {number * 40: ("blob", number.encode()) for number in "12"}

    def read(self, oid: str, most: int) -> tuple[str, bytes] | None:
        return self.kept.get(oid)

    def tree(self, folder: dict[str, Any]) -> str:
        rows = []
        for name, what in sorted(folder.items()):
            mode, oid = (FOLDER, self.tree(what)) if isinstance(what, dict) else what
            rows.append(mode + b" " + name.encode() + b"\0" + bytes.fromhex(oid))
        data = b"".join(rows)
        oid = hashlib.sha256(data).hexdigest()[:40]
        self.kept[oid] = ("tree", data)
        return oid


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(folders, folders)
def test_what_differs_leads_from_one_tree_to_the_other(old: dict[str, Any], new: dict[str, Any]) -> None:
    objects = Objects()
    trees = Trees(objects, Notes())
    before, after = objects.tree(old), objects.tree(new)
    rows = {row.path: row for row in Trees(objects, Notes()).rows("c", before)}
    for path, row in trees.changes("c", before, after).items():
        assert rows.get(path) != row, "it says only what differs"
        if row is None:
            del rows[path]
        else:
            rows[path] = row
    assert rows == {row.path: row for row in trees.rows("c", after)}


class Server(Api):
    """Takes snapshots from memory; it refuses every batch, and the manifest and the snapshot that are named."""

    def __init__(self, *refused: str) -> None:
        self.refused = refused
        self.parents: dict[str, list[str]] = {}
        self.manifests: list[str] = []

    def edit_manifests(self, edits: object) -> None:
        raise NotFound("There is no such route.")

    def put_manifest(self, name: str, data: bytes) -> None:
        if name in self.refused:
            raise TooLarge("The manifest is too large.")
        self.manifests.append(name)

    def register_snapshots(self, project_id: str, bodies: object) -> list[str]:
        raise NotFound("There is no such route.")

    def register_snapshot(self, project_id: str, body: dict[str, Any]) -> tuple[Snapshot, bool]:
        if body["snapshot_id"] in self.refused:
            raise Invalid("The snapshot is not as it should be.")
        self.parents[body["snapshot_id"]] = body["parent_snapshot_ids"]
        return Snapshot(body["snapshot_id"], "p", body["manifest_hash"], [], "import", ""), True


def commit(oid: str, *parents: str) -> Commit:
    lines = [b"tree " + b"0" * 40, *(b"parent " + parent.encode() for parent in parents), b"author " + ADA]
    found = parse_commit(oid, b"\n".join(lines) + b"\n\nmessage\n")
    assert found is not None
    return found


@pytest.mark.parametrize("refused", ["m2", "git-c2"])
def test_what_a_batch_is_refused_for_is_found_and_left_out(refused: str) -> None:
    server = Server(refused)
    done = Imported(Project("p", "p"), Workspace("w", "p", "main"))
    history = History(server, done)
    history.send(
        [
            Text(commit("c1"), "m1", b"1"),
            Text(commit("c2", "c1"), "m2", b"2", "m1", {"a": None}),
            Text(commit("c3", "c2"), "m3", b"3", "m2", {"a": None}),
        ],
        {"c1"},
    )
    assert server.parents == {"git-c1": [], "git-c3": ["git-c1"]}
    assert {"m1", "m3"} <= set(server.manifests)
    assert [note for note in done.notes if "c2" in note] == list(done.notes)
    assert (done.created, history.snapshot_of("c2"), history.snapshot_of("c3")) == (2, "git-c1", "git-c3")


def test_an_older_server_is_asked_for_manifests() -> None:
    entries = [Entry(type="file", path=path, hash="1" * 64, size=1) for path in ("a", "b")]
    one, two = (
        encode(entries),
        encode([Entry(type="dir", path="d"), entries[1], Entry(type="symlink", path="c", target="b")]),
    )

    class Older(Server):
        def manifest_differences(self, pairs: object) -> list[Difference]:
            raise NotFound("There is no such route.")

        def get_manifest(self, name: str) -> bytes:
            return {hash_bytes(data): data for data in (one, two)}[name]

    differences = Differences(Older())
    assert differences.of([(None, hash_bytes(one)), (None, hash_bytes(two))]) == [Difference(entries, [])]
    link = Entry(type="symlink", path="c", target="b")
    assert differences.of([(hash_bytes(one), hash_bytes(two))]) == [Difference([link], ["a"])]
