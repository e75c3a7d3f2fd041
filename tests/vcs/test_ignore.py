"""Ignore rules mean what they mean to git, whose own answer is asked for about rule files of any bytes."""

import os
import random
import subprocess
import time
from pathlib import Path

import pytest

from asterism.vcs.glob import NeverMatches, translate_path
from asterism.vcs.ignore import RULE_FILES, Ignore

Files = dict[bytes, bytes]


def kept(top: Path) -> set[bytes]:
    """Walk a folder the way the client does and return the files that are not left out."""
    found: set[bytes] = set()

    def walk(folder: str, rules: Ignore) -> None:
        here = top / folder
        inside = rules.within(folder, [(here / name).read_bytes() for name in RULE_FILES if (here / name).is_file()])
        for child in os.scandir(here):
            path = f"{folder}/{child.name}" if folder else child.name
            is_folder = child.is_dir(follow_symlinks=False)
            if inside.ignores(path, folder=is_folder):
                continue
            if is_folder:
                walk(path, inside)
            else:
                found.add(os.fsencode(path))

    walk("", Ignore())
    return found


def write(top: Path, files: Files) -> None:
    for path, content in files.items():
        target = os.path.join(os.fsencode(top), path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb") as file:
            file.write(content)


def of_git(top: Path) -> set[bytes]:
    """Return the files that git would add."""
    environment = {
        **os.environ,
        "HOME": str(top.parent),
        "XDG_CONFIG_HOME": str(top.parent),
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    subprocess.run(["git", "init", "-q", top], check=True, env=environment)
    listing = subprocess.run(
        ["git", "-C", top, "ls-files", "-z", "--others", "--exclude-standard"],
        check=True,
        capture_output=True,
        env=environment,
    )
    return set(listing.stdout.split(b"\0")) - {b""}


TREE = dict.fromkeys([b"a.pyc", b"src/a.pyc", b"src/keep.pyc", b"build/x", b"src/build/x", b"docs/a b.txt"], b"")
TREE |= {b"docs/#x": b"", "é.log".encode(): b"", b"src/deep/build/keep.pyc": b""}
RULES = [
    {b".gitignore": b"*.pyc\n!keep.pyc\n"},
    {b".gitignore": b"/build\n"},
    {b".gitignore": b"build/\n"},
    {b".gitignore": b"build\n!build/x\n"},
    {b".gitignore": b"*.pyc\n", b"src/.gitignore": b"!a.pyc\n"},
    {b".gitignore": b"!a.pyc\n", b"src/.gitignore": b"*.pyc\n/build/*\n"},
    {b".gitignore": b"src/**/x\ndocs/a\\ b.txt\n\\#x\n# note\n\n*.log   \n"},
    {b".gitignore": b"**\n!src/\n!src/keep.pyc\n"},
    {b".gitignore": b"*.pyc\n!src/\n"},
    {b".gitignore": b"src/**\n!src/keep.pyc\n!src/build/\n"},
    {b".gitignore": b"**/build/**\n!keep.pyc\n"},
    {b".gitignore": b"*/\n!/src/\n"},
    {b".gitignore": b"!/\nsrc/**/\n"},
    {b".gitignore": b"*\n!*/\n!build/*\n", b"src/.gitignore": b"\n/deep/**/keep.pyc"},
    {b".gitignore": b"*\n!*/\n!*.pyc\n"},
    {b".gitignore": b"src/build/\n!src/build/\nx\n!build/\n"},
    {b".gitignore": b"doc?/\n[a-c].pyc\n"},
]


@pytest.mark.parametrize("rules", RULES)
def test_the_same_files_are_kept_as_git_keeps(tmp_path: Path, rules: Files) -> None:
    write(tmp_path / "t", TREE | rules)
    assert kept(tmp_path / "t") == of_git(tmp_path / "t")


BOM = b"\xef\xbb\xbf"
ODD_NAMES = [
    b"a\x0bb",
    b"a\x0cb",
    b"a\x1cb",
    "a\u0085b".encode(),
    "a\u2028b".encode(),
    b"a\rb",
    b"foo\t",
    b"foo ",
    b"foo",
]
ODD_NAMES += ["foo\u00a0".encode(), "foo\u3000".encode(), b"Icon\r", b"Icon", b"caf\xe9.txt", "café.txt".encode()]
ODD_NAMES += [
    b"a",
    b"b",
    b"k",
    b"z.txt",
    b"[a-\\]]",
    b"a.log",
    b"s\\",
    b"#h",
    b"!n",
    b"-",
    b"]",
    b"^",
    b"x\xff/y",
    b"secret.env",
]
ODD_RULES = [
    *(name + end for name in ODD_NAMES for end in (b"", b"\n", b"\r\n", b"  \n")),
    b"foo\\   \n",
    b"foo\\\\  \n",
    b"foo \\\n",
    b"foo\\",
    b"Icon\r\r\n",
    b"caf?.txt\n",
    b"caf??.txt\n",
    b"caf[\xc3\xa9][\xc3\xa9].txt\n",
    b"caf*\n",
    b"[z-a].txt\n*.log\n",
    b"[a-\\]]\n",
    b"[!z-a]\n",
    b"[]-]\n",
    b"[^a-z]\n",
    b"[[:alpha:]]\n",
    b"[[:nope:]]\n*.log\n",
    b"[[:alpha\n",
    b"[a\n*.log\n",
    b"[\\\\-a]\n",
    b"[a\\-z]\n",
    b"\\#h\n",
    b"\\!n\n",
    b"#h\n",
    b"!n\n",
    b"a\0junk\n",
    b"\0\n!\n/\n//\n///\n!/\n **\n",
    b"s\\\\\n",
    b"x?\n",
    BOM + b"secret.env\r\n",
    BOM + b"# note\nsecret.env",
    BOM + b"*\n" + BOM + b"a\n!k",
    BOM + b"!k\n*\n",
    BOM + BOM + b"a\n",
]


def test_rules_of_odd_bytes_mean_what_they_mean_to_git(tmp_path: Path) -> None:
    for number, rules in enumerate(ODD_RULES):
        top = tmp_path / str(number)
        write(top, dict.fromkeys(ODD_NAMES, b"") | {b".gitignore": rules, b"sub/a": b"", b"sub/foo ": b""})
        assert kept(top) == of_git(top), rules


PIECES = [
    b"*",
    b"**",
    b"/",
    b"**/",
    b"/**",
    b"?",
    b"a",
    b"b",
    b"ab",
    b"-",
    b".",
    b"!",
    b"\\",
    b"[",
    b"]",
    b"[a-b]",
    b"[!a]",
]
PIECES += [
    b"[[:alpha:]]",
    b"[[:space:]]",
    b"[[:punct:]]",
    b"[^[:digit:]b]",
    b"[a",
    b"[:",
    b":]",
    b" ",
    b"\t",
    b"\r",
    b"\xc3\xa9",
]
PIECES += [b"\xff", b"\\*", b"\\/", b"\\ ", b"[/]", b"[a-]", b"[--a]", b"***", b"a/", b"b/"]
NAMES = [
    b"a",
    b"b",
    b"ab",
    b"ba",
    b"aab",
    b"a-b",
    b"*",
    b"a b",
    b"\xc3\xa9",
    b"\xff",
    b"a\r",
    b"[a]",
    b"!",
    b".",
    b"\\a",
]
NAMES = [name for name in NAMES if name != b"."]


def any_tree(dice: random.Random) -> Files:
    files: Files = {}
    for _ in range(40):
        parts = [dice.choice(NAMES) for _ in range(dice.choice([1, 1, 2, 3, 4]))]
        path = b"/".join(parts)
        above = {b"/".join(parts[:depth]) for depth in range(1, len(parts))}
        if not above & files.keys() and not any(other.startswith(path + b"/") for other in files):
            files[path] = b""
    return files


def any_rules(dice: random.Random) -> bytes:
    ends = [b"\n", b"\n", b"\n", b"\r\n", b" \n", b"/\n", b""]
    lines = []
    for _ in range(dice.choice([1, 1, 2, 4, 8])):
        start = dice.choice([b"", b"", b"", b"!", b"/"])
        lines.append(start + b"".join(dice.choices(PIECES, k=dice.choice([1, 2, 2, 3, 4, 6]))) + dice.choice(ends))
    return dice.choice([b"", b"", b"", BOM]) + b"".join(lines)


@pytest.mark.parametrize("seed", range(4))
def test_generated_rule_files_mean_what_they_mean_to_git(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    for number in range(40):
        top = tmp_path / str(number)
        tree = any_tree(dice) | {b".gitignore": any_rules(dice)}
        for path in list(tree):
            if b"/" in path and dice.random() < 0.2:
                tree[path.rpartition(b"/")[0] + b"/.gitignore"] = any_rules(dice)
        write(top, tree)
        rules = {path: content for path, content in tree.items() if path.endswith(b".gitignore")}
        assert kept(top) == of_git(top), rules


def test_our_own_rule_file_outranks_the_one_of_git(tmp_path: Path) -> None:
    write(tmp_path, TREE | {b".gitignore": b"*.pyc\n", b".asterismignore": b"!keep.pyc\n*.log\n"})
    shown = {b".gitignore", b".asterismignore", b"src/keep.pyc", b"src/deep/build/keep.pyc", b"build/x", b"src/build/x"}
    assert kept(tmp_path) == shown | {b"docs/a b.txt", b"docs/#x"}


def test_repository_state_is_never_versioned_whatever_the_rules_say(tmp_path: Path) -> None:
    write(
        tmp_path, {b".git/config": b"", b"sub/.git": b"gitdir: x", b".asterism/state": b"", b"sub/.asterism/own": b""}
    )
    write(tmp_path, {b".asterismignore": b"!.git\n!.asterism\n", b"x": b""})
    assert kept(tmp_path) == {b"x", b"sub/.asterism/own", b".asterismignore"}


BLOWING_UP = [
    b"a*" * 120 + b"b",
    b"*a" * 120 + b"b",
    b"[a-b]*" * 100 + b"c",
    b"?*" * 100 + b"b",
    b"**/a" * 30 + b"/b",
    b"**/" * 5000 + b"b",
    b"**/*a*/" * 20 + b"**/b",
    b"*" * 200_000 + b"b",
    b"a*" * 200_000,
    b"[" * 200_000,
    b"[[:" * 100_000 + b"]",
    b"[a-b" * 100_000,
    b"[" + b"a-b" * 100_000 + b"]x",
    b"\\" * 200_001,
    b"(" * 1000 + b"a+)+" * 1000,
    b"x" * 1_000_000,
    b"\n".join(b"*a*%d*b" % number for number in range(1000)),
    b"\n".join(b"name%d" % number for number in range(50_000)),
    os.urandom(200_000),
    bytes(range(256)) * 500,
]


@pytest.mark.parametrize("rules", BLOWING_UP, ids=range(len(BLOWING_UP)))
def test_no_rule_file_takes_long(rules: bytes) -> None:
    """Processor time of this process alone, so that a busy machine does not matter."""
    began = time.process_time()
    ignore = Ignore().within("", [rules])
    for path in ("a" * 255, "/".join("a" * 30 for _ in range(60)), "a/" * 100 + "a", "ab" * 120):
        for folder in (False, True):
            ignore.ignores(path, folder=folder)
    assert time.process_time() - began < 10


def test_a_pattern_may_need_4096_bytes_of_a_path() -> None:
    assert translate_path(b"?" * 4096)
    with pytest.raises(NeverMatches):
        translate_path(b"?" * 4097)
