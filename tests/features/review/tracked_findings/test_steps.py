"""Findings carried from tree to tree by what differs: edits, renames, removals, what cannot be read."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from asterism.features.review.findings import ReviewedFile
from asterism.features.review.tracked_findings import Anchor, Seen, Spot, Tracked, anchor_of
from asterism.features.review.tracked_findings.anchors import Text
from asterism.features.review.tracked_findings.steps import Steps, carry
from asterism.vcs.content import hash_bytes
from asterism.vcs.diff import diff
from asterism.vcs.unified.writer import compare
from tests.support.trees import Tree, entries_of

BODY = b"".join(b"line %d\n" % number for number in range(20))
BAD = BODY + b"  eval( text )\n" + b"after\n"


def lines(*texts: str, kind: Any = "lines") -> Anchor:
    """Return the anchor of a finding on these lines, made as a review makes it."""
    new = "\n".join(texts) + "\n"
    file = ReviewedFile(compare("f", b"", new.encode()), new)
    issue: Any = type("Issue", (), {"line_start": 1, "line_end": len(texts), "evidence": ()})
    return Anchor(kind, anchor_of(issue, file).lines)


def tracked(anchor: Anchor, path: str = "a.py", line: int = 21, **places: Spot) -> Tracked:
    seen = Seen("review", "tree", None, "w")
    issue: Any = None
    return Tracked("id", "p", 1, "f", "l", "open", anchor, Spot(path, line), issue, seen, None, None, "", "", places)


def steps(old: Tree, new: Tree, lost: bytes = b"") -> Steps:
    stored = {hash_bytes(content): content for content in (*old.values(), *new.values()) if content != lost}

    def read(hashes: Sequence[str]) -> Mapping[str, bytes]:
        return {name: stored[name] for name in hashes if name in stored}

    return Steps(diff(entries_of(old), entries_of(new)), read)


def carried(one: Tracked, old: Tree, new: Tree, *, stood: bool = True, lost: bytes = b"") -> Spot | None:
    return carry([one], {"id": one.first} if stood else {}, steps(old, new, lost))["id"]


EVAL = lines("eval( text )")


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ({"a.py": BAD, "b": b"other\n"}, Spot("a.py", 21)),
        ({"a.py": b"first\n" + BAD}, Spot("a.py", 22)),
        ({"a.py": BAD.replace(b"  eval( text )", b"\teval(   text )  ")}, Spot("a.py", 21)),
        ({"a.py": BAD.replace(b"  eval( text )", b"eval(text)")}, None),
        ({"a.py": BODY}, None),
        ({"lib/a.py": BAD}, Spot("lib/a.py", 21)),
        ({"lib/b.py": b"# moved\n" + BAD}, Spot("lib/b.py", 22)),
        ({"b.py": BODY + b"x\n" * 3}, None),
        ({}, None),
        ({"a.py": b"\0" + BAD}, None),
    ],
)
def test_lines_are_followed(new: Tree, expected: Spot | None) -> None:
    assert carried(tracked(EVAL), {"a.py": BAD}, new) == expected


def test_the_nearest_of_several_places_counts() -> None:
    old = {"a.py": BAD}
    assert carried(tracked(EVAL), old, {"a.py": b"eval( text )\n" + BAD + b"eval( text )\n"}) == Spot("a.py", 22)


def test_what_was_not_there_comes_with_the_file_wherever_it_is_known_to_be() -> None:
    anchored = tracked(EVAL, other=Spot("lib/a.py", 3))
    assert carried(anchored, {}, {"a.py": BAD}, stood=False) == Spot("a.py", 21)
    assert carried(anchored, {}, {"lib/a.py": BAD}, stood=False) == Spot("lib/a.py", 21)
    assert carried(anchored, {}, {"else.py": BAD}, stood=False) is None
    assert carried(anchored, {"a.py": BODY}, {"else.py": BAD}, stood=False) == Spot("else.py", 21)


def test_a_file_that_cannot_be_read_keeps_its_finding() -> None:
    changed = b"x\n" + BAD
    assert carried(tracked(EVAL), {"a.py": BAD}, {"a.py": changed}, lost=changed) == Spot("a.py", 21)


def test_a_file_of_too_many_lines_is_not_read_and_keeps_its_finding() -> None:
    assert carried(tracked(EVAL), {"a.py": BAD}, {"a.py": b"\n" * 200_001}) == Spot("a.py", 21)


def test_a_finding_about_removed_lines_ends_when_they_are_back() -> None:
    removed = tracked(lines("eval( text )", kind="without"), line=20)
    assert carried(removed, {"a.py": BODY}, {"a.py": BODY + b"more\n"}) == Spot("a.py", 20)
    assert carried(removed, {"a.py": BODY}, {"a.py": BAD}) is None
    assert carried(removed, {"a.py": BODY}, {}) is None


def test_a_finding_about_a_deleted_file_ends_when_it_is_back() -> None:
    deleted = tracked(Anchor("absent", ()), line=0)
    assert carried(deleted, {"b": b"1\n"}, {"b": b"2\n"}) == Spot("a.py", 0)
    assert carried(deleted, {"b": b"1\n"}, {"a.py": BAD}) is None
    assert carried(deleted, {"a.py": BAD}, {}, stood=False) == Spot("a.py", 0)


def test_a_finding_about_a_whole_file_stands_at_no_line() -> None:
    whole = tracked(lines("line 0"), line=0)
    assert carried(whole, {"a.py": BODY}, {"a.py": b"x\n" + BODY}) == Spot("a.py", 0)
    assert carried(whole, {"a.py": BODY}, {"a.py": b"x\n"}) is None


def test_blank_lines_name_nothing() -> None:
    assert lines("", "a", "", "b", " ").lines == lines("a", "", "b").lines
    assert Text(b"").line_of(Anchor("lines", ()), 3) is None
