"""The line merge: agreement with git, exactness on bytes, regions and limits."""

import random
import subprocess
from time import process_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asterism.vcs.linediff import MAX_BYTES, MAX_LINES
from asterism.vcs.lines import merge_lines, mergeable, with_markers

WORD = st.sampled_from([b"a", b"b", b"c", b"d", b"", b"e\r", b"\xe9"])
LINES = st.lists(WORD, max_size=14)


@st.composite
def versions(draw):
    """A base and two edits of it, with or without a newline at the end of each."""
    base = draw(LINES)
    sides = [base]
    for _ in range(2):
        lines = list(base)
        for _ in range(draw(st.integers(0, 3))):
            at = draw(st.integers(0, len(lines)))
            lines[at : at + draw(st.integers(0, 3))] = draw(st.lists(WORD, max_size=3))
        sides.append(lines)
    return [b"\n".join(side) + (b"\n" if side and draw(st.integers(0, 4)) else b"") for side in sides]


def git_merge(folder, base: bytes, ours: bytes, main: bytes) -> bytes | None:
    for name, content in (("base", base), ("ours", ours), ("main", main)):
        (folder / name).write_bytes(content)
    done = subprocess.run(["git", "merge-file", "-p", "ours", "base", "main"], cwd=folder, capture_output=True)
    assert 0 <= done.returncode < 128, done.stderr
    return done.stdout if done.returncode == 0 else None


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(versions())
def test_where_git_and_we_say_clean_the_bytes_are_the_same(tmp_path, contents):
    base, ours, main = contents
    theirs, mine = git_merge(tmp_path, base, ours, main), merge_lines(base, ours, main)
    if theirs is not None and mine.content is not None:
        assert mine.content == theirs
    assert (theirs is None) == (mine.content is None), "one of the two finds a conflict where the other finds none"


@given(versions())
def test_the_merge_is_symmetric_and_keeps_what_one_side_alone_changed(contents):
    base, ours, main = contents
    assert merge_lines(base, ours, main).content == merge_lines(base, main, ours).content
    assert merge_lines(base, ours, ours).content == ours
    assert merge_lines(base, base, main).content == main
    assert merge_lines(base, ours, base).content == ours


@given(versions())
def test_segments_cover_every_side_from_end_to_end(contents):
    base, ours, main = contents
    at = (0, 0, 0)
    for _, region in merge_lines(base, ours, main).segments:
        assert (region.base_start, region.ours_start, region.main_start) == at
        at = (region.base_end, region.ours_end, region.main_end)
    assert at == tuple(len(side.split(b"\n")) - (side.endswith(b"\n") or not side) for side in (base, ours, main))


def test_one_unchanged_line_between_is_enough_and_none_is_not():
    assert merge_lines(b"1\n2\n3\n", b"x\n2\n3\n", b"1\n2\ny\n").content == b"x\n2\ny\n"
    apart = merge_lines(b"1\n2\n3\n", b"x\n2\n3\n", b"1\ny\n3\n")
    assert apart.content is None
    assert apart.regions == ((0, 2, 0, 2, 0, 2),)


def test_changes_within_a_longer_one_of_the_other_side_are_one_region():
    base = [f"{number}\n".encode() for number in range(20)]
    ours = [b"first\n", *base[1:5], b"all\n", *base[12:]]
    main = [*base[:6], b"six\n", *base[7:10], b"ten\n", *base[11:]]
    merge = merge_lines(b"".join(base), b"".join(ours), b"".join(main))
    assert [region[:2] for region in merge.regions] == [(5, 12)]


def test_each_segment_says_whose_lines_it_has_and_where_they_stand():
    base = b"1\n2\n3\n4\n5\n6\n7\n8\n9\n"
    ours = b"1\nX\n3\n4\n5\nB\n7\nO\n9\n"
    main = b"1\n2\n3\nY\nZ\n5\nB\n7\nM\n9\n"
    merge = merge_lines(base, ours, main)
    assert merge.segments == (
        ("base", (0, 1, 0, 1, 0, 1)),
        ("ours", (1, 2, 1, 2, 1, 2)),
        ("base", (2, 3, 2, 3, 2, 3)),
        ("main", (3, 4, 3, 4, 3, 5)),
        ("base", (4, 5, 4, 5, 5, 6)),
        ("both", (5, 6, 5, 6, 6, 7)),
        ("base", (6, 7, 6, 7, 7, 8)),
        ("conflict", (7, 8, 7, 8, 8, 9)),
        ("base", (8, 9, 8, 9, 9, 10)),
    )
    assert merge.regions == ((7, 8, 7, 8, 8, 9),)
    assert merge_lines(b"a\n", b"b\n", b"a\n").segments == (("ours", (0, 1, 0, 1, 0, 1)),)


@pytest.mark.parametrize(
    ("ours", "main", "shown"),
    [
        (b"p\nq\na\ny\nz\n", b"p\nq\nb\ny\nz\n", b"p\nq\n<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\ny\nz\n"),
        (b"p\n", b"p\nq\n", b"p\n<<<<<<< ours\n=======\nq\n>>>>>>> theirs\n"),
        (b"a", b"b", b"<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n"),
        (b"a\r\nx", b"b", b"<<<<<<< ours\r\na\r\nx\r\n=======\r\nb\r\n>>>>>>> theirs\r\n"),
        (b"a\nx\r\n", b"b\ny\r\n", b"<<<<<<< ours\na\nx\r\n=======\nb\ny\r\n>>>>>>> theirs\n"),
    ],
    ids=["begin and end shared", "one goes on", "no line end", "first line tells", "second line does not"],
)
def test_what_both_sides_begin_and_end_with_stands_outside_of_the_markers(ours, main, shown):
    contents = (b"0\n", ours, main)
    assert with_markers(merge_lines(*contents), *contents) == shown


def test_conflicts_are_marked_in_the_line_ends_of_the_file():
    contents = (b"a\r\nb\r\nc\r\n", b"a\r\nours\r\nsame\r\nc\r\n", b"a\r\ntheirs\r\nsame\r\nc\r\n")
    merge = merge_lines(*contents)
    assert merge.content is None
    shown = with_markers(merge, *contents)
    assert shown == (b"a\r\n<<<<<<< ours\r\nours\r\n=======\r\ntheirs\r\n>>>>>>> theirs\r\nsame\r\nc\r\n")


def test_binary_and_large_contents_are_told_apart():
    assert (MAX_BYTES, MAX_LINES) == (2 * 1024 * 1024, 200_000)
    assert mergeable(b"\n" * (MAX_LINES - 1), b"", b"") == "text"
    assert mergeable(b"a", b"b\0", b"c") == "binary"
    assert mergeable(b"x" * MAX_BYTES, b"", b"") == "text"
    assert mergeable(b"x" * (MAX_BYTES + 1), b"", b"") == "too_large"
    assert mergeable(b"\n" * MAX_LINES, b"", b"") == "too_large"


COUNT = 100_000


@pytest.mark.parametrize("kind", ["rewritten", "shuffled", "every other line"])
def test_two_mib_in_which_both_sides_changed_100_000_lines_are_soon_a_decision(kind):
    """Each of 100,000 lines is another on one side or both; the time is that of a diff, not of all pairs of lines."""
    base = [b"%018d\n" % number for number in range(COUNT)]
    dice = random.Random(7)
    ours, main = {
        "rewritten": ([b"o" + line for line in base], [b"m" + line for line in base]),
        "shuffled": (dice.sample(base, COUNT), dice.sample(base, COUNT)),
        "every other line": tuple(
            [b"x" + line if at % 2 == odd else line for at, line in enumerate(base)] for odd in (0, 1)
        ),
    }[kind]
    sides = [b"".join(side) for side in (base, ours, main)]
    assert all(len(side) > 1_890_000 for side in sides)
    assert mergeable(*sides) == "text"
    start = process_time()
    merged = merge_lines(*sides)
    assert process_time() - start < 20
    assert merged.content is None
    assert merged.regions
