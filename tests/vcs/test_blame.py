"""Which version brought each line."""

import pytest

from asterism.vcs.blame import Version, blame, held_lines

History = dict[str, tuple[bytes, tuple[str, ...]]]


def brought(history: History, start: str) -> list[str]:
    """Return the snapshot of each line; a history is snapshot to content and parents, each at a path of its own."""

    def content(version: Version) -> bytes:
        return history[version.snapshot][0]

    def parents(version: Version) -> list[Version]:
        return [Version(name, f"path of {name}") for name in history[version.snapshot][1]]

    found = blame(Version(start, f"path of {start}"), content, parents)
    assert all(one.version.path == f"path of {one.version.snapshot}" for one in found)
    lines = {name: content.splitlines() for name, (content, _) in history.items()}
    assert [lines[one.version.snapshot][one.line] for one in found] == lines[start]
    return [one.version.snapshot for one in found]


def test_lines_belong_to_the_version_that_brought_them() -> None:
    history: History = {
        "1": (b"a\nb\nc\n", ()),
        "2": (b"a\nB\nc\n", ("1",)),
        "3": (b"new\na\nB\nc\n", ("2",)),
    }
    assert brought(history, "3") == ["3", "1", "2", "1"]
    assert brought(history, "1") == ["1", "1", "1"]


def test_a_merge_brings_only_what_no_side_had() -> None:
    history: History = {
        "base": (b"a\nb\nc\nd\ne\n", ()),
        "left": (b"L\nb\nc\nd\ne\n", ("base",)),
        "right": (b"a\nb\nc\nd\nR\n", ("base",)),
        "merge": (b"L\nb\nM\nd\nR\n", ("left", "right")),
    }
    assert brought(history, "merge") == ["left", "base", "merge", "base", "right"]


def test_of_two_sides_that_have_a_line_the_first_counts() -> None:
    history: History = {"x": (b"a\n", ()), "y": (b"a\n", ()), "m": (b"a\n", ("x", "y"))}
    assert brought(history, "m") == ["x"]
    assert brought(history | {"m": (b"a\n", ("y", "x"))}, "m") == ["y"]


@pytest.mark.parametrize("odd", [b"a\0\nb\n", b"\n" * 200_001])
def test_what_is_not_compared_by_lines_was_brought_whole(odd: bytes) -> None:
    history: History = {"1": (odd, ()), "2": (odd + b"x\n", ("1",)), "3": (odd + b"x\n", ("2",))}
    assert set(brought(history, "3")) == {"2"}
    assert held_lines(b"", b"a\n") == {}


def test_an_empty_file_has_no_lines() -> None:
    assert brought({"1": (b"", ())}, "1") == []
