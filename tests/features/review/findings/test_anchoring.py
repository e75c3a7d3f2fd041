"""Where findings stand: the rules (a) to (f), evidence that equals the file, patches that apply."""

import difflib

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from asterism.features.review.findings import (
    Anchor,
    Claim,
    Lens,
    ReviewedFile,
    Unanchored,
    anchor,
    anchor_tool,
    code_evidence,
    patches,
)
from asterism.vcs.unified import apply, parse

OLD = "".join(f"line {number}\n" for number in range(1, 41))
NEW = OLD.replace("line 10\n", "line ten\nline  ten and   half\n").replace("line 30\n", "")


def reviewed(old: str = OLD, new: str = NEW, path: str = "a.py") -> ReviewedFile:
    diff = "".join(difflib.unified_diff(old.splitlines(True), new.splitlines(True), f"a/{path}", f"b/{path}"))
    return ReviewedFile(parse(diff, strict=True)[0], new)


def claim(start=None, end=None, quote=None, lens=Lens.CORRECTNESS, title="x"):
    return Claim(lens, title, start, end if end is not None else start, quote)


def test_a_quote_finds_its_place_whatever_the_number_says():
    found = anchor(reviewed(), claim(38, quote="line ten and half"))
    assert (found.start, found.end, found.ceiling) == (11, 11, 1.0)
    found = anchor(reviewed(), claim(1, quote="+line ten\n+line ten and half"))
    assert (found.start, found.end) == (10, 11)


def test_a_quote_of_deleted_lines_stands_on_the_line_behind():
    found = anchor(reviewed(), claim(quote="line 30"))
    assert (found.start, found.end, found.deleted) == (31, 31, ("line 30",))
    evidence = code_evidence(reviewed(), found)
    assert evidence.excerpt == "line 30"
    assert not hasattr(evidence.range, "start")


def test_a_quote_that_is_nowhere_drops_the_finding():
    assert anchor(reviewed(), claim(10, quote="nothing like it")) == Unanchored("unsupported")
    assert anchor(reviewed(), claim(10, quote="line 20")) == Unanchored("unsupported")


def test_lines_without_a_quote():
    assert anchor(reviewed(), claim(10)) == Anchor(10, 10, "anchored by line", 0.60)
    assert anchor(reviewed(), claim(10, 60)) == Anchor(10, 14, "anchored by line", 0.60)
    assert anchor(reviewed(), claim(17)) == Anchor(11, 11, "moved to the nearest changed line", 0.50)
    assert anchor(reviewed(), claim(22)) == Unanchored("unsupported")
    assert anchor(reviewed(), claim(7, 7)) == Anchor(7, 7, "anchored by line", 0.60)


def test_findings_about_a_file():
    assert anchor(reviewed(), claim()) == Unanchored("unsupported")
    for kept in (claim(lens=Lens.TESTS), claim(lens=Lens.SIMPLICITY), claim(title="what of half")):
        assert anchor(reviewed(), kept).start is None
    added = ReviewedFile(parse("--- /dev/null\n+++ b/a.py\n@@ -0,0 +1 @@\n+x\n")[0], "x\n")
    assert anchor(added, claim()).how == "about the file"


def test_analyzers_count_on_added_lines_only():
    assert anchor_tool(reviewed(), 10, 10) == Anchor(10, 10, "reported by the tool")
    assert anchor_tool(reviewed(), 9, 9) == Unanchored("preExisting")
    assert anchor_tool(reviewed(), 1, 40).start == 7
    assert anchor_tool(reviewed(), 31, 31) == Unanchored("preExisting")


TEXT = st.lists(st.sampled_from(["a", "b", "  c", "d d", "", "e"]), max_size=25).map(
    lambda lines: "".join(f"{line}\n" for line in lines)
)


@settings(max_examples=300, deadline=None)
@given(old=TEXT, new=TEXT, start=st.integers(1, 30), length=st.integers(0, 12))
def test_evidence_equals_the_file(old, new, start, length):
    assume(old != new)
    file = reviewed(old, new)
    for found in (anchor(file, claim(start, start + length)), anchor_tool(file, start, start + length)):
        if isinstance(found, Unanchored) or found.start is None:
            continue
        evidence = code_evidence(file, found)
        lines = new.split("\n")
        assert evidence.excerpt.split("\n") == lines[evidence.range.start - 1 : evidence.range.end]
        assert evidence.range.end - evidence.range.start < 10
        assert found.start in file.diff.new_lines


@settings(max_examples=200, deadline=None)
@given(old=TEXT, new=TEXT)
def test_a_patch_made_from_two_texts_applies(old, new):
    patch = patches.between("a.py", old, new)
    if patch is None:
        assert old == new or not (old and new)
        return
    file = ReviewedFile(parse("--- a/a.py\n+++ b/a.py\n@@ -0,0 +1 @@\n+x\n")[0], old)
    assert patches.checked(patch, file) == patch
    assert apply(parse(patch)[0].hunks, old) == new
    block = patches.replacement(patch, file)
    if block is not None:
        lines = old.split("\n")[:-1]
        assert "".join(f"{x}\n" for x in [*lines[: block.start - 1], *block.lines, *lines[block.end :]]) == new


@pytest.mark.parametrize(("length", "kept"), [(64 << 10, True), ((64 << 10) + 1, False)])
def test_a_patch_has_64_kib(length, kept):
    file = ReviewedFile(parse("--- a/a.py\n+++ b/a.py\n@@ -0,0 +1 @@\n+x\n")[0], "x\n")
    head = "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-x\n+"
    patch = head + "y" * (length - len(head) - 1) + "\n"
    assert (patches.checked(patch, file) is not None) == kept


@pytest.mark.parametrize("patch", [
    None, "", 7, "hello", "--- a/b.py\n+++ b/b.py\n@@ -1 +1 @@\n-line 1\n+x\n",
    "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-something else\n+x\n", "--- a/a.py\n+++ b/a.py\n@@ -1,9 +1 @@\n-line 1\n",
    "--- /dev/null\n+++ b/a.py\n@@ -0,0 +1 @@\n+x\n",
])  # fmt: skip
def test_patches_that_do_not_apply_are_none(patch):
    assert patches.checked(patch, reviewed()) is None
