"""Splicing a manifest gives the bytes that writing it anew would give."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from asterism.vcs import rules
from asterism.vcs.manifest import EMPTY, Entry, encode
from asterism.vcs.splice import exchange, splice

NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=1, max_size=6)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
ENTRIES = st.one_of(
    st.builds(lambda n, m: Entry(type="file", hash=f"{n:064x}", size=n, mode=m), st.integers(0, 9), st.just(0o644)),
    st.just(Entry(type="dir", mode=0o755)),
    st.builds(lambda t: Entry(type="symlink", target=t), NAMES),
)


def at(path: str, entry: Entry) -> Entry:
    return Entry(entry.type, path, entry.hash, entry.size, entry.mode, entry.target)


def may_stand(tree: dict[str, Entry]) -> bool:
    return not rules.check(msgspec.to_builtins([at(path, entry) for path, entry in tree.items()]))


TREES = st.dictionaries(PATHS, ENTRIES, max_size=12).filter(may_stand)


@given(TREES, st.dictionaries(PATHS, st.none() | ENTRIES, max_size=8))
def test_it_equals_writing_anew(tree, changes):
    before = {path: at(path, entry) for path, entry in tree.items()}
    wanted = {path: entry and at(path, entry) for path, entry in changes.items()}
    after = {path: entry for path, entry in {**before, **wanted}.items() if entry is not None}
    text, gone = exchange(encode(before.values()), wanted)
    assert text == splice(encode(before.values()), wanted) == encode(after.values())
    assert {entry.path: entry for entry in gone} == {path: before[path] for path in wanted if path in before}


@given(TREES)
def test_removing_everything_leaves_the_empty_manifest(tree):
    entries = [at(path, entry) for path, entry in tree.items()]
    assert splice(encode(entries), dict.fromkeys(tree)) == EMPTY
