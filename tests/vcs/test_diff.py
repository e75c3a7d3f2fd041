"""What counts as a difference between two trees."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterism.vcs.diff import Change, diff, equal
from asterism.vcs.manifest import Entry

A, B = "a" * 64, "b" * 64


def file(hash: str = A, mode: int = 0o644, path: str = "p") -> Entry:
    return Entry(type="file", path=path, hash=hash, size=1, mode=mode)


def link(target: str = "t") -> Entry:
    return Entry(type="symlink", path="p", target=target)


FOLDER = Entry(type="dir", path="p", mode=0o755)


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (None, file(), "added"),
        (file(), None, "deleted"),
        (file(), file(B), "modified"),
        (file(), file(B, 0o755), "modified"),
        (file(), file(mode=0o755), "mode"),
        (file(), file(mode=0o600), None),
        (file(mode=0), file(mode=0o755), None),
        (file(), link(), "type"),
        (link(), link("u"), "modified"),
        (link(), link(), None),
        (FOLDER, None, None),
        (FOLDER, Entry(type="dir", path="p", mode=0o700), None),
        (FOLDER, file(), "added"),
        (file(), FOLDER, "deleted"),
    ],
)
def test_each_pair_of_entries_has_one_answer(old: Entry | None, new: Entry | None, kind: str | None) -> None:
    changes = diff([old] if old else [], [new] if new else [])
    assert [change.kind for change in changes] == ([kind] if kind else [])


entries = st.builds(file, st.sampled_from([A, B]), st.sampled_from([0o644, 0o755]), st.sampled_from("abcé~"))
trees = st.lists(entries, unique_by=lambda entry: entry.path)


@given(trees, trees)
def test_a_diff_applied_to_the_old_tree_is_the_new_one(old: list[Entry], new: list[Entry]) -> None:
    tree = {entry.path: entry for entry in old}
    changes = diff(old, new)
    for change in changes:
        if change.new is None:
            del tree[change.path]
        else:
            tree[change.path] = change.new
    assert equal(tree.values(), new)
    assert [c.path.encode() for c in changes] == sorted(c.path.encode() for c in changes)
    assert diff(new, old) == [Change(c.path, swap(c.kind), c.new, c.old) for c in changes]  # type: ignore[arg-type]


def swap(kind: str) -> str:
    return {"added": "deleted", "deleted": "added"}.get(kind, kind)
