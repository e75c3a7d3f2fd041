"""Reading the tree of a run: what the tools tell a model, and where they stop."""

import asyncio
from typing import Any

import pytest

from asterism.features.talk.tools.snapshot import (
    MAX_FILE,
    MAX_LINE,
    MAX_LINES,
    MAX_LISTED,
    MAX_MATCHES,
    MAX_SEARCHED,
    Reader,
    SearchFiles,
)
from tests.features.talk.tools.conftest import Reading
from tests.support.trees import Tree

TREE: Tree = {
    "README.md": b"# Rockets\n",
    "src/launch.py": b"COUNTDOWN = 10\nprint(COUNTDOWN)\n",
    "src/deep/fuel.py": "tank = 'Öl'\n".encode(),
    "logo.bin": b"\x00countdown",
    "empty": b"",
}


def told(reading: Reading, tree: Tree, name: str, **arguments: Any) -> list[str]:
    place = reading.place(tree)
    assert place.manifest_hash is not None
    text = asyncio.run(reading.told(place, name, **arguments))
    return text.replace(place.manifest_hash[:12], "TREE").split("\n")


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        ({"folder": "src"}, ["2 files in src/, tree TREE", "src/launch.py (32 bytes)", "src/deep/fuel.py (13 bytes)"]),
        ({"folder": "/src/deep/"}, ["1 files in src/deep/, tree TREE", "src/deep/fuel.py (13 bytes)"]),
        ({"pattern": "*.md"}, ["1 files in the project, tree TREE", "README.md (10 bytes)"]),
        ({"pattern": "src/**/f*"}, ["1 files in the project, tree TREE", "src/deep/fuel.py (13 bytes)"]),
        ({"pattern": "/src/*.py"}, ["1 files in the project, tree TREE", "src/launch.py (32 bytes)"]),
        ({"folder": "src", "pattern": "*.rs"}, ["0 files in src/, tree TREE"]),
        ({"folder": "lib"}, ["! There is no folder 'lib'. Leave the folder out to see all files."]),
        ({"folder": "README.md"}, ["! There is no folder 'README.md'. Leave the folder out to see all files."]),
    ],
)
def test_files_are_listed(reading: Reading, arguments: dict[str, Any], lines: list[str]) -> None:
    assert told(reading, TREE, "list_files", **arguments) == lines


def test_a_list_ends_after_200_files_and_says_how_many_are_left(reading: Reading) -> None:
    tree = {f"{n:03}": b"x" for n in range(MAX_LISTED)}
    assert told(reading, tree, "list_files")[-1] == "199 (1 bytes)"
    lines = told(reading, {**tree, "200": b"x", "201": b"x"}, "list_files")
    assert (lines[0], lines[-2:]) == (
        "202 files in the project, tree TREE",
        ["199 (1 bytes)", "and 2 more; narrow it by folder"],
    )
    assert MAX_LISTED == 200


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        ({"path": "src/launch.py", "first_line": 2}, ["lines 2-2 of 2, tree TREE", "2: print(COUNTDOWN)"]),
        ({"path": "/src/launch.py", "last_line": 1}, ["lines 1-1 of 2, tree TREE", "1: COUNTDOWN = 10"]),
        ({"path": "src/launch.py", "last_line": 9}, ["lines 1-2 of 2, tree TREE", "1: COUNTDOWN = 10",
                                                     "2: print(COUNTDOWN)"]),
        ({"path": "empty"}, ["lines 1-0 of 0, tree TREE"]),
    ],
)  # fmt: skip
def test_lines_are_read(reading: Reading, arguments: dict[str, Any], lines: list[str]) -> None:
    assert told(reading, TREE, "read_file", **arguments) == [f"{arguments['path']} {lines[0]}", *lines[1:]]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"path": "src"}, "There is no file 'src'. Call list_files to see what there is."),
        ({"path": "../README.md"}, "There is no file '../README.md'. Call list_files to see what there is."),
        ({"path": "logo.bin"}, "'logo.bin' is not a text file."),
        ({"path": "empty", "first_line": 2}, "first_line: must be at most 1, the last line of the file"),
        ({"path": "README.md", "first_line": 3, "last_line": 2}, "last_line: must not be before first_line"),
    ],
)
def test_what_cannot_be_read_is_told(reading: Reading, arguments: dict[str, Any], problem: str) -> None:
    assert told(reading, TREE, "read_file", **arguments) == [f"! {problem}"]


def test_400_lines_are_read_at_once(reading: Reading) -> None:
    tree = {"long": b"x\n" * (MAX_LINES + 2)}
    assert told(reading, tree, "read_file", path="long")[0] == "long lines 1-400 of 402, tree TREE"
    assert told(reading, tree, "read_file", path="long", first_line=2, last_line=402)[-1] == "401: x"
    assert MAX_LINES == 400


@pytest.mark.parametrize(("size", "read"), [(MAX_FILE, True), (MAX_FILE + 1, False)])
def test_files_up_to_1_mib_are_read_and_searched(reading: Reading, size: int, read: bool) -> None:
    assert MAX_FILE == 1 << 20
    tree = {"large": b"needle" + b"\n" * (size - 6)}
    assert told(reading, tree, "read_file", path="large", last_line=1)[-1] == (
        "1: needle" if read else f"! 'large' is larger than {MAX_FILE} bytes."
    )
    found = told(reading, tree, "search_files", text="needle")
    assert found == (
        ["1 lines in 1 of 1 text files, tree TREE", "large:1: needle"]
        if read
        else ["0 lines in 0 of 0 text files, tree TREE"]
    )


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        ({"text": "countdown"}, ["src/launch.py:1: COUNTDOWN = 10", "src/launch.py:2: print(COUNTDOWN)"]),
        ({"text": "öL"}, ["src/deep/fuel.py:1: tank = 'Öl'"]),
        ({"text": "countdown", "pattern": "*.md"}, []),
    ],
)
def test_lines_are_found(reading: Reading, arguments: dict[str, Any], lines: list[str]) -> None:
    assert told(reading, TREE, "search_files", **arguments)[1:] == lines


def test_50_lines_are_found_each_cut_at_200_characters(reading: Reading) -> None:
    line = b"needle" + b"x" * MAX_LINE + b"\n"
    lines = told(reading, {"a": line * MAX_MATCHES}, "search_files", text="needle")
    assert lines[0] == "50 lines in 1 of 1 text files, tree TREE"
    assert lines[-1] == "a:50: needle" + "x" * 194
    lines = told(reading, {"a": line * (MAX_MATCHES + 1), "b": line}, "search_files", text="needle")
    assert (len(lines), lines[-1]) == (52, "there are more; ask for something rarer")
    assert (MAX_MATCHES, MAX_LINE) == (50, 200)


def test_32_mib_are_searched(reading: Reading) -> None:
    """Contents of one hash are stored once, so many large files cost little."""
    whole = b"x" * (MAX_FILE - 1) + b"\n"
    tree = {f"{n:02}": whole for n in range(31)}
    head = told(reading, {**tree, "31": b"y" * MAX_FILE, "32": b"z"}, "search_files", text="y")[0]
    assert head == "1 lines in 32 of 33 text files, tree TREE"
    assert MAX_SEARCHED == 32 << 20


def test_a_file_that_is_lost_is_passed_over(reading: Reading) -> None:
    place = reading.place({"a": b"needle", "b": b"needle too"})
    for file in (reading.shelf.blobs._folder / reading.shelf.user / "blobs").rglob("*"):
        if file.is_file():
            file.unlink()
    answer = asyncio.run(Reader(reading.db, reading.shelf.blobs).search(place, SearchFiles("needle")))
    assert answer.text.startswith("0 lines in 2 of 2 text files")


def test_a_pattern_that_no_path_matches_is_refused(reading: Reading) -> None:
    assert told(reading, TREE, "list_files", pattern="a\\") == ["! pattern: is no pattern that a path can match"]
