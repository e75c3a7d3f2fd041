"""File tools stay within the working copy, whatever links say and whoever exchanges them."""

import os
import shutil
import socket
import threading
from pathlib import Path

import pytest

from asterism.kernel.agents.builtin.tree import PathMissing, PathRefused, Tree


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    root = tmp_path / "root"
    (root / "src").mkdir(parents=True)
    (root / "src" / "a.py").write_text("a = 1\n")
    (tmp_path / "secret").write_text("s3cret")
    return Tree(root, "/tree")


def test_a_path_is_relative_or_absolute_below_the_top(tree: Tree) -> None:
    for path in ("src/a.py", "./src//a.py", "/tree/src/a.py", f"{tree.root}/src/a.py", "src/../src/a.py"):
        assert tree.read(path) == b"a = 1\n"
    assert tree.name("/tree") == "."
    assert tree.is_folder("/tree")
    assert not tree.is_file("src")
    assert not tree.is_file("nothing/here")


@pytest.mark.parametrize(
    "path", ["../secret", "/etc/passwd", "src/../../secret", "/tree/../secret", "/treenot/x", "a\0b", "x" * 5000]
)
def test_a_path_that_leads_outside_is_refused(tree: Tree, path: str) -> None:
    for act in (tree.read, tree.names, tree.delete, lambda p: tree.write(p, b"x"), lambda p: list(tree.walk(p))):
        with pytest.raises(PathRefused):
            act(path)
    assert (tree.root.parent / "secret").read_text() == "s3cret"


@pytest.mark.parametrize("target", ["../../secret", "/etc/passwd", "{root}/../secret", "loop", "out/../../../secret"])
def test_a_link_that_leads_outside_is_refused(tree: Tree, target: str) -> None:
    os.symlink("..", tree.root / "src" / "out")
    os.symlink(target.format(root=tree.root), tree.root / "src" / "loop")
    for act in (tree.read, lambda p: tree.write(p, b"x"), tree.names):
        with pytest.raises(PathRefused):
            act("src/loop")
    assert (tree.root.parent / "secret").read_text() == "s3cret"


def test_links_within_are_followed(tree: Tree) -> None:
    os.symlink("a.py", tree.root / "src" / "near")
    os.symlink("/tree/src", tree.root / "far")
    os.symlink("../far/near", tree.root / "src" / "twice")
    assert tree.read("src/near") == tree.read("far/a.py") == tree.read("src/twice") == b"a = 1\n"
    tree.write("far/near", b"b = 2\n")
    assert (tree.root / "src" / "a.py").read_text() == "b = 2\n"
    assert (tree.root / "src" / "near").is_symlink()
    assert [entry.path for entry in tree.names("far")] == ["src/a.py", "src/near", "src/twice"]


def test_what_is_no_regular_file_is_refused_without_waiting(tree: Tree) -> None:
    os.mkfifo(tree.root / "fifo")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tree.root / "socket"))
        for name in ("fifo", "socket", "src"):
            with pytest.raises(PathRefused):
                tree.read(name)
            with pytest.raises(PathRefused):
                tree.write(name, b"x")


def test_a_file_gets_a_new_inode_and_keeps_its_mode(tree: Tree, tmp_path: Path) -> None:
    os.link(tree.root / "src" / "a.py", tmp_path / "shared")
    (tree.root / "src" / "a.py").chmod(0o755)
    tree.write("src/a.py", b"new\n")
    assert (tmp_path / "shared").read_text() == "a = 1\n"
    assert (tree.root / "src" / "a.py").stat().st_mode & 0o777 == 0o755
    tree.write("deep/er/b.txt", b"b")
    assert (tree.root / "deep" / "er" / "b.txt").read_bytes() == b"b"
    tree.delete("deep/er/b.txt")
    with pytest.raises(PathMissing):
        tree.read("deep/er/b.txt")


def test_large_files_are_refused(tree: Tree) -> None:
    with open(tree.root / "large", "wb") as file:
        file.truncate(1 << 30)
    with pytest.raises(PathRefused, match="MiB"):
        tree.read("large")


def test_a_walk_obeys_ignore_rules_and_enters_no_link(tree: Tree) -> None:
    for path, text in {
        ".gitignore": "*.log\n/build/\n",
        "src/.gitignore": "!keep.log\n",
        "src/keep.log": "",
        "src/drop.log": "",
        "build/out.txt": "",
        "node_modules/x/y.js": "",
        ".git/config": "",
    }.items():
        (tree.root / path).parent.mkdir(parents=True, exist_ok=True)
        (tree.root / path).write_text(text)
    os.symlink("..", tree.root / "src" / "up")
    assert [entry.path for entry in tree.walk() if not entry.folder] == [
        ".gitignore",
        "src/.gitignore",
        "src/a.py",
        "src/keep.log",
        "src/up",
    ]
    assert [entry.path for entry in tree.walk("build")] == ["build/out.txt"]
    assert [entry.path for entry in tree.walk("node_modules")] == ["node_modules/x", "node_modules/x/y.js"]
    assert "src/drop.log" not in [entry.path for entry in tree.walk("src")]


def test_an_exchanged_folder_never_lets_anything_out(tree: Tree, tmp_path: Path) -> None:
    """A program swaps a folder and a link to outside as fast as it can, while the folder is read and written."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "f").write_text("outside")
    (tree.root / "d").mkdir()
    (tree.root / "d" / "f").write_text("inside")
    os.symlink(outside, tree.root / "l")
    done = threading.Event()

    def swap() -> None:
        while not done.is_set():
            for old, new in (("d", "x"), ("l", "d"), ("d", "l"), ("x", "d")):
                try:
                    os.rename(tree.root / old, tree.root / new)
                except OSError:  # a write has made the folder anew meanwhile
                    if old == "l":
                        shutil.rmtree(tree.root / "d", ignore_errors=True)

    swapping = threading.Thread(target=swap)
    swapping.start()
    try:
        for _ in range(2000):
            try:
                assert tree.read("d/f") == b"inside"
                tree.write("d/f", b"inside")
            except PathRefused:
                continue
    finally:
        done.set()
        swapping.join()
    assert (outside / "f").read_text() == "outside"
    assert [path.name for path in outside.iterdir()] == ["f"]


@pytest.mark.parametrize(("count", "found"), [(40, True), (41, False)])
def test_forty_links_are_followed(tree: Tree, count: int, found: bool) -> None:
    for number in range(count):
        (tree.root / f"l{number}").symlink_to(f"l{number + 1}" if number + 1 < count else "src")
    if found:
        assert tree.read("l0/a.py") == b"a = 1\n"
    else:
        with pytest.raises(PathRefused, match="too many links"):
            tree.read("l0/a.py")
