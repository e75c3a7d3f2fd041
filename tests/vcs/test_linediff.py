"""The line diff and its writer: exact, bounded, and the same as git's where git says something."""

import random
import subprocess
import sys
from time import process_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asterism.vcs import unified
from asterism.vcs.linediff import (
    MAX_BYTES,
    MAX_LINES,
    TooManyLines,
    changed_spans,
    is_text,
    matching_lines,
    split_lines,
    within_limits,
)
from asterism.vcs.text_diff import MAX_BYTES as MAX_SHOWN
from asterism.vcs.text_diff import text_diff

LINE = st.sampled_from([b"a", b"b", b"c", b"", b"a\r", b"\xff", b"\\ x", b"\x0c"])
CONTENT = st.builds(
    lambda lines, end: b"\n".join(lines) + (b"\n" if end and lines else b""),
    st.lists(LINE, max_size=16),
    st.booleans(),
)


@given(CONTENT, CONTENT)
def test_spans_say_what_to_replace_and_are_apart(old, new):
    one, other = split_lines(old), split_lines(new)
    spans = changed_spans(old, new)
    built, at = [], 0
    for span in spans:
        assert span.old_start > at or not built or span is spans[0]
        built += one[at : span.old_start] + other[span.new_start : span.new_end]
        at = span.old_end
    assert b"".join(built + one[at:]) == new
    assert all(one[a] == other[b] for a, b in matching_lines(old, new).items())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CONTENT, CONTENT, st.sampled_from([0, 1, 3]))
def test_hunks_are_those_of_git(tmp_path, old, new, context):
    (tmp_path / "old").write_bytes(old)
    (tmp_path / "new").write_bytes(new)
    command = ["git", "diff", "--no-index", "--text", "--no-indent-heuristic", f"-U{context}", "--", "old", "new"]
    shown = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).stdout
    theirs = [hunk.lines for file in unified.parse(unified.decode(shown)) for hunk in file.hunks]
    assert [hunk.lines for hunk in unified.compare("f", old, new, context).hunks] == theirs


@given(CONTENT, CONTENT, st.sampled_from([0, 1, 3]))
def test_a_written_diff_is_read_back_and_applies(old, new, context):
    file = unified.compare("dir/f", old, new, context)
    if old == new:
        assert file.hunks == ()
        return
    (read,) = unified.parse(file.render(), strict=True)
    assert read.hunks == file.hunks
    assert read.apply(unified.decode(old)) == unified.decode(new)


def test_new_and_deleted_files_name_the_null_device():
    assert unified.compare("f", None, b"a\n").render() == "--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+a\n"
    assert unified.compare("f", b"a", None).render() == (
        "--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n\\ No newline at end of file\n"
    )


@pytest.mark.parametrize("kind", ["periodic", "two words", "permuted", "rewritten"])
def test_hard_inputs_take_little_time(kind):
    dice = random.Random(7)
    lines = {
        "periodic": ([f"{i % 7}" for i in range(20_000)], [f"{i % 5}" for i in range(20_000)]),
        "two words": ([dice.choice("ab") for _ in range(45_000)], [dice.choice("ab") for _ in range(45_000)]),
        "permuted": ([f"line {i}" for i in range(60_000)], [f"line {i * 7919 % 60_000}" for i in range(60_000)]),
        "rewritten": ([f"a {i}" for i in range(60_000)], [f"b {i}" for i in range(60_000)]),
    }[kind]
    start = process_time()
    changed_spans(*("\n".join(side).encode() for side in lines))
    assert process_time() - start < 5  # the textbook algorithms need minutes here


def test_a_line_or_a_byte_too_many_is_refused():
    longest = b"\n" * (MAX_LINES - 1) + b"x"
    assert within_limits(longest)
    assert changed_spans(longest, b"")
    assert not within_limits(longest + b"\n")
    with pytest.raises(TooManyLines):
        changed_spans(b"", longest + b"\n")
    assert within_limits(b"x" * MAX_BYTES)
    with pytest.raises(TooManyLines):
        changed_spans(b"x" * (MAX_BYTES + 1), b"")


def test_a_nul_in_the_first_8000_bytes_makes_a_content_binary():
    assert not is_text(b"x" * 7999 + b"\0")
    assert is_text(b"x" * 8000 + b"\0")


def test_people_are_told_counts_and_lines():
    shown = text_diff("f", b"a\nb\n", b"a\nc\nd")
    assert (shown.additions, shown.deletions) == (2, 1)
    assert shown.text == ("--- a/f\n+++ b/f\n@@ -1,2 +1,3 @@\n a\n-b\n+c\n+d\n\\ No newline at end of file\n")
    assert text_diff("f", b"a", b"a").text == ""
    assert text_diff("f", b"\xff", b"a").binary
    assert text_diff("f", b"a\0", b"a").binary
    assert not text_diff("f", b"x" * MAX_SHOWN, b"").too_large
    assert text_diff("f", b"x" * (MAX_SHOWN + 1), b"").too_large
    assert text_diff("f", b"\n" * MAX_LINES, b"").too_large


def test_nothing_is_loaded_for_a_diff_that_is_not_made():
    program = "import sys, asterism.vcs.merge; sys.exit('pygit2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0
