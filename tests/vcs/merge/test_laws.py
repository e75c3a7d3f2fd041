"""The laws of Fastest 5.4, T1 to T8, on random trees and random edits of them."""

from collections.abc import Sequence
from itertools import combinations
from time import process_time

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from asterism.vcs.content import hash_bytes
from asterism.vcs.diff import equal
from asterism.vcs.manifest import Entry, encode
from asterism.vcs.manifest import read as read_manifest
from asterism.vcs.merge import (
    Plan,
    all_from,
    apply_changes,
    choose,
    from_entries,
    from_records,
    make_plan,
    merged_contents,
)
from asterism.vcs.merge.rules import same_content
from asterism.vcs.tree import build
from tests.vcs.merge.worlds import STORE, file, folder, link, plan_of, read

NAMES = ["a", "b", "c"]
PATHS = [*NAMES, *(f"{one}/{other}" for one in NAMES for other in NAMES), "a/b/a", "a/b/b", "c/a/b"]
TEXTS = ["1\n2\n3\n4\n5\n", "1\n2\n3\n4\nx\n", "y\n2\n3\n4\n5\n", "1\n2\nz\n4\n5\n", "other\n", "", "\0binary"]


@st.composite
def leaf(draw, path):
    kind = draw(st.integers(0, 9))
    if kind == 0:
        return link(path, draw(st.sampled_from(["x", "y"])))
    if kind == 1:
        return folder(path, draw(st.sampled_from([0o755, 0o700, 0])))
    return file(path, draw(st.sampled_from(TEXTS)), draw(st.sampled_from([0o644, 0o644, 0o755, 0o600, 0])))


def valid(entries: dict[str, Entry]) -> list[Entry]:
    """Drop what lies below a file or link."""
    tops = {path for path, entry in entries.items() if entry.type != "dir"}
    return [entry for path, entry in sorted(entries.items()) if not any(path.startswith(f"{top}/") for top in tops)]


@st.composite
def tree(draw):
    paths = draw(st.lists(st.sampled_from(PATHS), unique=True, max_size=9))
    return valid({path: draw(leaf(path)) for path in paths})


@st.composite
def edited(draw, entries: Sequence[Entry]):
    found = {entry.path: entry for entry in entries}
    for _ in range(draw(st.integers(0, 4))):
        what = draw(st.integers(0, 2))
        if what == 0 or not found:
            path = draw(st.sampled_from(PATHS))
            found = {other: entry for other, entry in found.items() if not other.startswith(f"{path}/")}
            found[path] = draw(leaf(path))
            for above in [other for other in found if path.startswith(f"{other}/") and found[other].type != "dir"]:
                del found[above]
        elif what == 1:
            del found[draw(st.sampled_from(sorted(found)))]
        else:
            old = draw(st.sampled_from(sorted(found)))
            entry, path = found.pop(old), draw(st.sampled_from(PATHS))
            if entry.type == "file" and not any(other.startswith(f"{path}/") for other in found):
                found[path] = Entry("file", path, entry.hash, entry.size, entry.mode)
    return valid(found)


@st.composite
def worlds(draw):
    base = draw(tree())
    return base, draw(edited(base)), draw(edited(base))


def merged(plan: Plan, ours: Sequence[Entry], option: str = "use_main") -> list[Entry]:
    return apply_changes(ours, choose(plan, all_from(plan, option)))


def differ(*entries: Entry | None) -> bool:
    """Say whether no two of these have the same content."""
    return not any(same_content(one, other) for one, other in combinations(entries, 2))


@given(tree(), tree())
def test_t1_both_the_same(base, both):
    plan = plan_of(base, both, both)
    assert plan.is_empty
    assert equal(merged(plan, both), both)


@given(worlds())
def test_t2_only_main_changed(world):
    base, _, main = world
    plan = plan_of(base, base, main)
    assert not plan.decisions
    assert equal(merged(plan, base), main)


@given(worlds())
def test_t3_only_ours_changed(world):
    base, ours, _ = world
    plan = plan_of(base, ours, base)
    assert plan.is_empty
    assert equal(merged(plan, ours), ours)


@settings(max_examples=250)
@given(worlds())
def test_t4_both_directions_agree(world):
    base, ours, main = world
    one, other = plan_of(base, ours, main), plan_of(base, main, ours)
    assert {decision.path for decision in one.decisions if decision.kind != "rename"} == {
        decision.path for decision in other.decisions if decision.kind != "rename"
    }
    if not one.decisions and not other.decisions:
        assert equal(merged(one, ours), merged(other, main))


@settings(max_examples=250)
@given(worlds(), st.sampled_from(["use_main", "use_workspace"]))
def test_t5_every_hash_is_of_a_side_or_of_a_merge(world, option):
    base, ours, main = world
    plan = plan_of(base, ours, main)
    known = {entry.hash for entry in (*ours, *main)} | merged_contents(plan).keys()
    assert {entry.hash for entry in merged(plan, ours, option)} <= known
    assert all(hash_bytes(content) == name for name, content in merged_contents(plan).items())


@settings(max_examples=250)
@given(worlds())
def test_t6_what_one_side_deleted_and_the_other_left_alone_is_gone(world):
    base, ours, main = world
    plan = plan_of(base, ours, main)
    decided = {path for decision in plan.decisions for option in decision.options for path in option.changes}
    renamed_to = {action.path for action in plan.actions if action.renamed_from}
    left = {entry.path for entry in merged(plan, ours) if entry.type != "dir"}
    sides = {entry.path: entry for entry in ours}, {entry.path: entry for entry in main}
    for old in base:
        if old.type == "dir" or old.path in decided | renamed_to:
            continue
        here, there = (side.get(old.path) for side in sides)
        if (here is None and same_content(there, old)) or (there is None and same_content(here, old)):
            assert old.path not in left


@settings(max_examples=250)
@given(worlds(), st.sampled_from(["use_main", "use_workspace"]))
def test_t7_merging_again_finds_nothing(world, option):
    base, ours, main = world
    plan = plan_of(base, ours, main)
    result = merged(plan, ours, option)
    STORE.update(merged_contents(plan))
    assert plan_of(main, result, main).is_empty
    assert equal(read_manifest(encode(result)), result)  # and it is a valid tree


@given(worlds())
def test_t8_only_texts_changed_on_both_sides_are_read(world):
    base, ours, main = world
    asked: set[str] = set()

    def reader(hashes: Sequence[str]) -> dict[str, bytes]:
        asked.update(hashes)
        return read(hashes)

    sides = from_entries(base, ours, main)
    make_plan(sides, reader)
    triples = [(triple.base, triple.ours, triple.main) for triple in sides.triples.values()]
    readable = {
        entry.hash
        for triple in triples
        if None in triple or differ(*triple)  # what came or went may be a rename, the rest is rows 12 and 13
        for entry in triple
        if entry is not None
    }
    assert asked <= readable


@settings(max_examples=250)
@given(worlds())
def test_folder_records_give_the_same_plan_as_entries(world):
    records: dict[str, bytes] = {}
    roots = []
    for side in world:
        top, forest = build(side)
        records.update(forest.records)
        roots.append(top.hash)
    by_records = from_records(*roots, lambda names: {name: records[name] for name in names})
    by_entries = from_entries(*world)
    assert by_records.unchanged == by_entries.unchanged
    one, other = make_plan(by_records, read), make_plan(by_entries, read)
    assert (one.actions, one.decisions, one.changes, one.unchanged) == (
        other.actions,
        other.decisions,
        other.changes,
        other.unchanged,
    )


def test_200_000_entries_are_planned_in_time_that_grows_with_them():
    base = [Entry("file", f"{number // 400}/{number}", f"{number:064x}", 1, 0o644) for number in range(200_000)]
    ours, main = list(base), list(base)
    for at in range(0, 200_000, 4000):
        ours[at] = replace(base[at], hash="a" * 64)
        main[at + 1] = replace(base[at + 1], hash="b" * 64)
    start = process_time()
    plan = make_plan(from_entries(base, ours, main), read)
    assert process_time() - start < 20
    assert (len(plan.actions), plan.decisions, plan.unchanged) == (50, (), 200_000 - 100)
    assert {action.path for action in plan.actions} == {main[at + 1].path for at in range(0, 200_000, 4000)}


def test_folders_that_both_sides_have_alike_are_not_visited():
    same = [file(f"same/{number}/x", f"{number}") for number in range(50)]
    base, ours, main = ([*same, file("d/a", text)] for text in ("1", "2", "1"))
    records: dict[str, bytes] = {}
    roots = []
    for side in (base, ours, main):
        top, forest = build(side)
        records.update(forest.records)
        roots.append(top.hash)
    loaded: set[str] = set()

    def load(names: Sequence[str]) -> dict[str, bytes]:
        loaded.update(names)
        return {name: records[name] for name in names}

    sides = from_records(*roots, load)
    assert len(loaded) == 4  # two roots, since main is base, and two records of `d`
    assert sides.unchanged == 50
    assert set(sides.triples) == {"d/a"}
    whole = from_records(roots[0], roots[1], roots[1], load)
    assert (whole.triples, whole.unchanged) == ({}, 51)
