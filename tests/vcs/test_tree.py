"""Folder records: comparing, editing and cutting texts give what doing it on whole manifests gives."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterism.vcs import manifest, rules, tree
from asterism.vcs.diff import diff, equal
from asterism.vcs.manifest import Entry
from asterism.vcs.manifest_delta import END, HEAD, TAIL, compare_texts, has_regular_layout
from asterism.vcs.splice import can_be_spliced
from asterism.vcs.tree_diff import same_tree, tree_changes
from asterism.vcs.tree_edit import EditRefused, edit_tree

HASHES = ["a" * 64, "b" * 64]


@st.composite
def trees(draw: st.DrawFn) -> list[Entry]:
    """Return a small valid tree over few names, so that two of them have much in common."""
    names = st.sampled_from(["a", "b", "a.b", "é"])
    paths = draw(st.lists(st.lists(names, min_size=1, max_size=3).map("/".join), max_size=8, unique=True))
    folders = rules.folders_of(paths)
    found = []
    for path in paths:
        kind = "dir" if path in folders else draw(st.sampled_from(["file", "file", "symlink", "dir"]))
        if kind == "file":
            mode = draw(st.sampled_from([0o644, 0o755]))
            found.append(Entry(type="file", path=path, hash=draw(st.sampled_from(HASHES)), size=1, mode=mode))
        elif kind == "symlink":
            found.append(Entry(type="symlink", path=path, target=draw(st.sampled_from("xy"))))
        else:
            found.append(Entry(type="dir", path=path, mode=draw(st.sampled_from([0o755, 0o700]))))
    return found


@given(trees(), trees())
def test_comparing_records_is_comparing_entries(old: list[Entry], new: list[Entry]) -> None:
    (old_top, one), (new_top, other) = tree.build(old), tree.build(new)
    records = one.records | other.records
    load = lambda names: {name: records[name] for name in names}  # noqa: E731
    assert tree_changes(old_top.hash, new_top.hash, load) == diff(old, new)
    assert tree_changes(None, new_top.hash, load) == diff([], new)
    assert tree_changes(old_top.hash, None, load) == diff(old, [])
    assert same_tree(old_top.hash, new_top.hash, load) == equal(old, new)


@given(trees(), trees())
def test_editing_a_tree_gives_what_building_the_other_gives(old: list[Entry], new: list[Entry]) -> None:
    top, forest = tree.build(old)
    expected, _ = tree.build(new)
    removed = [entry for entry in old if entry not in new]
    added = [entry for entry in new if entry not in old]
    edited, made = edit_tree(top.hash, removed, added, lambda names: {name: forest.records[name] for name in names})
    assert edited == expected
    assert made.records[edited.hash]


@given(trees(), trees())
def test_what_two_texts_do_not_share_is_found(old: list[Entry], new: list[Entry]) -> None:
    before, after = manifest.encode(old), manifest.encode(new)
    delta = compare_texts(before, after)
    if not old or not new:
        assert delta is None
        return
    assert delta is not None
    assert has_regular_layout(before)
    assert has_regular_layout(after)
    kept = [entry for entry in manifest.canonical(old) if entry not in delta.removed]
    assert manifest.canonical([*kept, *delta.added]) == manifest.canonical(new)
    assert {entry.path for entry in delta.removed} <= {entry.path for entry in old}


@pytest.mark.parametrize("seed", range(8))
def test_a_few_differences_in_a_long_text_cost_a_few_entries(seed: int) -> None:
    dice = random.Random(seed)
    old = {f"d{n % 40}/f{n}": Entry(type="file", path=f"d{n % 40}/f{n}", hash=f"{n:064x}", size=n) for n in range(5000)}
    new = dict(old)
    for path in dice.sample(sorted(old), 6):
        del new[path]
    for path in dice.sample(sorted(new), 6):
        new[path] = Entry(type="file", path=path, hash=HASHES[0], size=1)
    for n in range(6):
        new[f"d{n}/new{n}"] = file(f"d{n}/new{n}")
    delta = compare_texts(manifest.encode(old.values()), manifest.encode(new.values()))
    assert delta is not None
    assert (len(delta.removed), len(delta.added)) == (12, 12)
    assert {e.path for e in delta.removed} == {path for path in old if new.get(path) != old[path]}


@given(st.data(), st.sets(st.from_regex(r"[a-c]{1,3}", fullmatch=True), min_size=2, max_size=9))
def test_a_text_compared_with_one_in_order_tells_whether_it_is_in_order_too(
    data: st.DataObject, names: set[str]
) -> None:
    def text(paths: list[str]) -> bytes:
        return HEAD + END.join(manifest.encode([file(path)])[len(HEAD) : -len(TAIL)] for path in paths) + TAIL

    old = sorted(data.draw(st.lists(st.sampled_from(sorted(names)), unique=True, min_size=1)))
    new = data.draw(st.lists(st.sampled_from(sorted(names)), unique=True, min_size=1))
    for paths in (new, sorted(new)):
        delta = compare_texts(text(old), text(paths))
        assert delta is not None
        assert delta.in_order == can_be_spliced(text(paths)) == (paths == sorted(paths))


def file(path: str) -> Entry:
    return Entry(type="file", path=path, hash=HASHES[0], size=1, mode=0o644)


@pytest.mark.parametrize(
    ("removed", "added"),
    [
        ([], [file("a")]),
        ([], [file("d")]),
        ([], [file("a/b")]),
        ([file("no")], []),
        ([file("d")], []),
        ([], [file("n"), file("n")]),
        ([], [file("n"), file("n/m")]),
        ([], [Entry(type="dir", path="e", mode=0o755)]),
        ([Entry(type="dir", path="d", mode=0o755)], []),
        ([file("no/where")], []),
    ],
)
def test_edits_that_do_not_fit_are_refused(removed: list[Entry], added: list[Entry]) -> None:
    top, forest = tree.build([file("a"), file("d/x"), Entry(type="dir", path="e", mode=0o755)])
    with pytest.raises(EditRefused):
        edit_tree(top.hash, removed, added, lambda names: {name: forest.records[name] for name in names})


GOOD = manifest.encode([file("a"), file("b")])


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b'{"files":[]}',
        GOOD.replace(b'"version": "1"', b'"version": "2"'),
        GOOD.replace(b'"mode": 420', b'"mode": 420,\n      "extra": {}', 1),
        GOOD.replace(b'"type": "file"', b'"type": "fifo"', 1),
        GOOD[:-1],
        manifest.encode([file("a"), file("b")]).replace(b"    },\n", b"    },\n\n"),
    ],
)
def test_texts_of_another_layout_are_not_compared(text: bytes) -> None:
    assert compare_texts(GOOD, text) is None


def test_a_reordered_or_doubled_text_never_passes_as_a_valid_one() -> None:
    head, tail = GOOD.index(b"    {"), GOOD.rindex(b"\n    }\n")
    one, other = GOOD[head:tail].split(b"\n    },\n")
    top, forest = tree.build(manifest.read(GOOD))
    for pieces in ([other, one], [one, other, one], [one, one]):
        delta = compare_texts(GOOD, GOOD[:head] + b"\n    },\n".join(pieces) + GOOD[tail:])
        assert delta is not None
        load = lambda names: {name: forest.records[name] for name in names}  # noqa: E731
        if len(pieces) == len(set(pieces)):
            assert edit_tree(top.hash, delta.removed, delta.added, load)[0] == top
        else:
            with pytest.raises(EditRefused):
                edit_tree(top.hash, delta.removed, delta.added, load)
