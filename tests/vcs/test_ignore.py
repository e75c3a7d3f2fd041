"""Ignore rules mean what they mean to git (whose own answer is asked for)."""

import subprocess
from pathlib import Path

import pytest

from asterism.vcs.ignore import RULE_FILES, Ignore


def kept(top: Path) -> set[str]:
    """Walk a folder the way the client does and return the files that are not left out."""
    found: set[str] = set()

    def walk(folder: str, rules: Ignore) -> None:
        here = top / folder
        files = [(here / name).read_text().splitlines() for name in RULE_FILES if (here / name).is_file()]
        inside = rules.within(folder, files)
        for child in here.iterdir():
            path = f"{folder}/{child.name}" if folder else child.name
            if inside.ignores(path, folder=child.is_dir()):
                continue
            if child.is_dir():
                walk(path, inside)
            else:
                found.add(path)

    walk("", Ignore())
    return found


def write(top: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        target = top / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)


TREE = dict.fromkeys(["a.pyc", "src/a.pyc", "src/keep.pyc", "build/x", "src/build/x", "docs/a b.txt"], "")
TREE |= {"docs/#x": "", "é.log": "", "src/deep/build/keep.pyc": ""}
RULES = [
    {".gitignore": "*.pyc\n!keep.pyc\n"},
    {".gitignore": "/build\n"},
    {".gitignore": "build/\n"},
    {".gitignore": "build\n!build/x\n"},
    {".gitignore": "*.pyc\n", "src/.gitignore": "!a.pyc\n"},
    {".gitignore": "!a.pyc\n", "src/.gitignore": "*.pyc\n/build/*\n"},
    {".gitignore": "src/**/x\ndocs/a\\ b.txt\n\\#x\n# note\n\n*.log   \n"},
    {".gitignore": "**\n!src/\n!src/keep.pyc\n"},
    {".gitignore": "*.pyc\n!src/\n"},
    {".gitignore": "src/**\n!src/keep.pyc\n!src/build/\n"},
    {".gitignore": "**/build/**\n!keep.pyc\n"},
    {".gitignore": "*/\n!/src/\n"},
    {".gitignore": "!/\nsrc/**/\n"},
    {".gitignore": "*\n!*/\n!build/*\n", "src/.gitignore": "\n/deep/**/keep.pyc"},
    {".gitignore": "*\n!*/\n!*.pyc\n"},
    {".gitignore": "src/build/\n!src/build/\nx\n!build/\n"},
    {".gitignore": "doc?/\n[a-c].pyc\n"},
]


@pytest.mark.parametrize("rules", RULES)
def test_the_same_files_are_kept_as_git_keeps(tmp_path: Path, rules: dict[str, str]) -> None:
    write(tmp_path, TREE | rules)
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    listing = subprocess.run(
        ["git", "-C", tmp_path, "ls-files", "-z", "--others", "--exclude-standard"], check=True, capture_output=True
    )
    assert kept(tmp_path) == set(listing.stdout.decode().split("\0")) - {""}


def test_our_own_rule_file_outranks_the_one_of_git(tmp_path: Path) -> None:
    write(tmp_path, TREE | {".gitignore": "*.pyc\n", ".asterismignore": "!keep.pyc\n*.log\n"})
    shown = {".gitignore", ".asterismignore", "src/keep.pyc", "src/deep/build/keep.pyc", "build/x", "src/build/x"}
    assert kept(tmp_path) == shown | {"docs/a b.txt", "docs/#x"}


def test_repository_state_is_never_versioned_whatever_the_rules_say(tmp_path: Path) -> None:
    write(
        tmp_path, {".git/config": "", "sub/.git": "gitdir: x", ".asterism/state": "", "sub/.asterism/own": "", "x": ""}
    )
    write(tmp_path, {".asterismignore": "!.git\n!.asterism\n"})
    assert kept(tmp_path) == {"x", "sub/.asterism/own", ".asterismignore"}
