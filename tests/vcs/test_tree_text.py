"""The text that is written from folder records is the one that the entries have."""

from hypothesis import given
from hypothesis import strategies as st

from asterism.vcs import tree
from asterism.vcs.manifest import Entry, encode
from asterism.vcs.tree_text import write_text
from tests.vcs.test_splice import TREES, at


@given(TREES)
def test_it_equals_the_canonical_form(found):
    entries = [at(path, entry) for path, entry in found.items()]
    top, forest = tree.build(entries)
    assert write_text(top.hash, lambda _: forest.records) == encode(entries)


PLACES = ["a", "a!", "a-b", "a.b", "a/b", "a/b-", "a/b/c", "a0", "a/é", "é", "é/a", "\U0001f600", "\uffee", "<&>"]


@given(st.permutations(PLACES))
def test_folders_stand_where_the_bytes_of_paths_say(paths):
    folders = {path.rpartition("/")[0] for path in paths}
    entries = [
        Entry(type="dir", path=path) if path in folders else Entry(type="file", path=path, hash="a" * 64)
        for path in paths
    ]
    top, forest = tree.build(entries)
    assert write_text(top.hash, lambda _: forest.records) == encode(entries)


def test_records_are_fetched_folder_level_by_folder_level():
    entries = [Entry(type="file", path=f"{n % 9}/{n % 7}/{n}", hash="b" * 64, mode=0o644) for n in range(300)]
    top, forest = tree.build(entries)
    asked = []

    def load(names):
        asked.append(len(names))
        return {name: forest.records[name] for name in names}

    assert write_text(top.hash, load) == encode(entries)
    assert asked == [1, 9, 63]
