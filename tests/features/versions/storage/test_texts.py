"""Whatever bytes a manifest has, they come back bit for bit, and versions share what they have in common."""

import json
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asterism.features.versions import storage
from asterism.features.versions.storage import NamedEdit, inspection_store, store, tables
from asterism.vcs import manifest
from asterism.vcs.manifest import Entry, encode
from asterism.vcs.splice import splice
from tests.support.shelf import Shelf
from tests.support.trees import name_of
from tests.vcs.test_splice import ENTRIES, PATHS, TREES, at, may_stand

Write = Callable[[list[Entry]], bytes]


def spaced(entries: list[Entry]) -> bytes:
    return json.dumps({"files": [msgspec.to_builtins(entry) for entry in entries]}).encode()


WRITERS: list[Write] = [
    encode,
    spaced,
    lambda entries: encode(entries) + b"\n",
    lambda entries: encode(entries).replace(b'"version": "1"', b'"version": 1'),
    lambda entries: msgspec.json.format(spaced(entries), indent=2),
]
STEPS = st.lists(
    st.tuples(st.dictionaries(PATHS, st.none() | ENTRIES, max_size=5), st.sampled_from(WRITERS)), max_size=5
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(TREES, STEPS)
def test_any_manifest_comes_back_as_it_was_sent(shelf: Shelf, tree, steps) -> None:
    entries = {path: at(path, entry) for path, entry in tree.items()}
    sent = [encode(entries.values())]
    storage.upload(shelf.db, shelf.blobs, shelf.user, name_of(sent[0]), sent[0])
    for changes, write in steps:
        wanted = {path: entry and at(path, entry) for path, entry in changes.items()}
        after = {path: entry for path, entry in {**entries, **wanted}.items() if entry is not None}
        if may_stand(after):
            entries = after
            edited = storage.edit_manifest(shelf.db, shelf.blobs, shelf.user, name_of(sent[-1]), wanted)
            assert name_of(shelf.manifest_bytes(edited.hash)) == edited.hash
            sent.append(write(list(entries.values())))
            storage.upload(shelf.db, shelf.blobs, shelf.user, name_of(sent[-1]), sent[-1])
    shelf.roots = {name_of(text) for text in sent}
    shelf.collect()
    for text in sent:
        assert shelf.manifest_bytes(name_of(text)) == text
        assert shelf.manifest_bytes(name_of(text), remembered=True) == text


def large(numbers: range, content: bytes = b"0") -> dict[str, Entry]:
    """Return files enough for reading a manifest by comparing it with another."""
    paths = [f"p{n // 40}/file_{n}.py" for n in numbers]
    return {path: Entry(type="file", path=path, hash=name_of(content), size=1, mode=0o644) for path in paths}


@pytest.mark.parametrize("name", ["p3/plain", "p3/<&>", 'p3/"', "p3/\u2028\x01"])
@pytest.mark.parametrize("way", ["whole", "edit", "batch"])
def test_versions_of_a_large_tree_share_all_but_what_changed(shelf: Shelf, way: str, name: str) -> None:
    shelf.put(b"0", b"1")
    tree = large(range(1000)) | {name: Entry(type="file", path=name, hash=name_of(b"0"), size=1)}
    before = name_of(encode(tree.values()))
    shelf.roots.add(shelf.put_entries(list(tree.values())))
    first = used(shelf)
    for number in range(0, 1000, 100):
        changes: dict[str, Entry | None] = {**large(range(number, number + 1), b"1")}
        text = splice(encode(tree.values()), changes)
        if way == "whole":
            storage.upload(shelf.db, shelf.blobs, shelf.user, name_of(text), text)
        elif way == "edit":
            storage.edit_manifest(shelf.db, shelf.blobs, shelf.user, before, changes)
        else:
            edit = NamedEdit(name_of(text), before, changes)
            storage.edit_manifests(shelf.db, shelf.blobs, shelf.user, [edit])
        assert shelf.manifest_bytes(name_of(text)) == text
    assert used(shelf) - first < first
    assert not [key for key in shelf.objects() if "/manifests/" in key]


def used(shelf: Shelf) -> int:
    with shelf.db.read() as tx:
        found = storage.usage(tx, shelf.user)
        assert found == inspection_store.counted_usage(tx, shelf.user)
    return found.manifest_bytes


def test_those_that_former_versions_kept_whole_stay_readable_and_are_gone_on_from(shelf: Shelf) -> None:
    shelf.put(b"0", b"1")
    tree = large(range(1000))
    old = shelf.put_entries(list(tree.values()))
    shelf.roots.add(old)
    shelf.make_whole(old)
    data = shelf.manifest_bytes(old)
    assert data == encode(tree.values())
    assert used(shelf) > len(data)
    edited = storage.edit_manifest(shelf.db, shelf.blobs, shelf.user, old, {**large(range(1), b"1")})
    assert shelf.manifest_bytes(edited.hash) == encode({**tree, **large(range(1), b"1")}.values())
    with shelf.db.read() as tx:
        assert storage.manifest(tx, shelf.user, old).object_id
        assert not storage.manifest(tx, shelf.user, edited.hash).object_id
        assert len(list(inspection_store.object_keys(tx))) == 2  # a pack, and the old manifest
    shelf.roots = {edited.hash}
    shelf.collect()
    assert [key for key in shelf.objects() if "/manifests/" in key] == []
    assert used(shelf) < len(data)


def test_a_collection_gives_up_objects_that_nothing_is_lost_with(shelf: Shelf) -> None:
    old, damaged = (shelf.put_tree({"a": content, f"d/{content.decode()}": b"2"}) for content in (b"1", b"3"))
    odd = shelf.put_odd({"a": b"1"})
    for name in (old, damaged):
        shelf.make_whole(name)
    data = shelf.manifest_bytes(old)
    with shelf.db.write() as tx:  # of the other, something is missing that a collection does not follow
        root = storage.manifest(tx, shelf.user, old).root
        tx.execute(tables.manifests.update().where(tables.manifests.c.hash == damaged).values(root=root))
    before = used(shelf)
    shelf.collect(dry_run=True)
    assert used(shelf) == before
    shelf.collect()
    assert shelf.manifest_bytes(old) == data
    assert sorted(key.split("/")[3].partition(".")[0] for key in shelf.objects() if "/manifests/" in key) == sorted(
        [damaged, odd]
    )
    assert name_of(shelf.manifest_bytes(damaged)) == damaged
    assert name_of(shelf.manifest_bytes(odd)) == odd


def test_usage_is_that_of_the_records_once_no_manifest_is_whole(shelf: Shelf) -> None:
    shelf.make_whole(shelf.put_tree({"a": b"1"}))
    shelf.collect()
    with shelf.db.read() as tx:
        assert storage.usage(tx, shelf.user).manifest_bytes == store.tree_bytes(tx, shelf.user)


def test_the_same_entries_in_two_forms_are_two_manifests(shelf: Shelf) -> None:
    entries = [Entry(type="dir", path="a", mode=0o700)]
    texts = [encode(entries), spaced(entries)]
    for text in texts:
        storage.upload(shelf.db, shelf.blobs, shelf.user, name_of(text), text)
    assert [shelf.manifest_bytes(name_of(text)) for text in texts] == texts
    assert manifest.read(texts[1]) == entries
