"""Facts are read once per blob and language, and go with their blob."""

from asterism.features.versions import file_facts, storage
from asterism.features.versions.file_facts import TreeFacts
from asterism.vcs.facts import MAX_BYTES
from asterism.vcs.manifest import Entry
from tests.support.shelf import Shelf
from tests.support.trees import Tree, entries_of, name_of

TREE = {
    "a.py": b"import b\n",
    "lib/b.py": b"def f(): pass\n",
    "c.js": b"let x\n",
    "logo.png": b"\x89PNG",
    "d.txt": b"\xff\n",
}


def facts_of(shelf: Shelf, tree: Tree) -> TreeFacts:
    return file_facts.of_tree(shelf.db, shelf.blobs, shelf.user, entries_of(tree))


def test_a_blob_is_read_once(shelf: Shelf):
    shelf.put_tree(TREE)
    first = facts_of(shelf, TREE)
    again = facts_of(shelf, TREE)
    assert (first.extracted, again.extracted) == (4, 0)
    assert first.facts == again.facts
    assert sorted(first.facts) == ["a.py", "c.js", "d.txt", "lib/b.py"]
    assert [one.name for one in again.facts["lib/b.py"].symbols] == ["f"]


def test_only_new_blobs_of_the_next_tree_are_read(shelf: Shelf):
    shelf.put_tree(TREE)
    facts_of(shelf, TREE)
    later = TREE | {"a.py": b"import lib.b\n", "moved.py": TREE["a.py"]}
    shelf.put_tree(later)
    assert facts_of(shelf, later).extracted == 1


def test_the_same_bytes_are_read_in_each_language(shelf: Shelf):
    tree = {"a.ts": b"function f() {}\n", "a.js": b"function f() {}\n", "a.md": b"function f() {}\n"}
    shelf.put_tree(tree)
    found = facts_of(shelf, tree)
    assert {path: facts.language for path, facts in found.facts.items()} == {
        "a.ts": "typescript",
        "a.js": "javascript",
        "a.md": "markdown",
    }
    assert found.extracted == 3


def test_references_are_kept_for_languages_that_need_them(shelf: Shelf):
    tree = {"a.go": b"package a\nfunc f() { util.Do() }\n", "b.py": b"g()\n"}
    shelf.put_tree(tree)
    facts_of(shelf, tree)
    kept = facts_of(shelf, tree).facts
    assert list(kept["a.go"].references) == ["util.Do"]
    assert kept["b.py"].references == ()


def test_content_that_is_not_stored_is_told(shelf: Shelf):
    shelf.put(b"x = 1\n")
    found = facts_of(shelf, {"a.py": b"x = 1\n", "gone.py": b"never sent\n"})
    assert (sorted(found.facts), found.missing) == (["a.py"], ("gone.py",))


def test_large_files_are_not_read(shelf: Shelf):
    large = Entry(type="file", path="big.py", hash=name_of(b"big"), size=MAX_BYTES + 1)
    found = file_facts.of_tree(shelf.db, shelf.blobs, shelf.user, [large])
    assert not found.facts["big.py"].whole
    assert found.extracted == 0


def test_a_manifest_that_tells_a_wrong_size_costs_nothing(shelf: Shelf):
    content = b"#" * (MAX_BYTES + 1)
    shelf.put(content)
    small = Entry(type="file", path="a.py", hash=name_of(content), size=1)
    assert not file_facts.of_tree(shelf.db, shelf.blobs, shelf.user, [small]).facts["a.py"].whole


def test_facts_go_with_their_blob(shelf: Shelf):
    shelf.put_tree(TREE, root=False)
    facts_of(shelf, TREE)
    shelf.collect()
    shelf.put_tree(TREE)
    assert facts_of(shelf, TREE).extracted == 4


def test_a_pack_that_was_lost_is_missing_content(shelf: Shelf):
    shelf.put_tree(TREE)
    shelf.blobs.delete([key for key in shelf.objects() if "/blobs/" in key])
    found = facts_of(shelf, TREE)
    assert found.facts == {}
    assert len(found.missing) == 4
    with shelf.db.read() as tx:
        assert storage.find(tx, shelf.user, [name_of(TREE["a.py"])]).existing == []
