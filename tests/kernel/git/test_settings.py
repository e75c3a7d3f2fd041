"""No setting of a repository or its owner changes or breaks an answer, but what tells how files were written."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asterism.kernel.git import (
    Checkout,
    Git,
    NotGitRepo,
    attributes_of,
    blame_line,
    diff_text,
    read_committed,
    read_status,
    resolve_commit,
    take_snapshot,
)
from asterism.kernel.git.config_listing import read_listing
from asterism.kernel.git.refnames import is_ref, is_refspec
from asterism.kernel.git.settings import OF_THE_FORMAT, OF_THE_USER, OF_THE_WORK_TREE, chosen, read_bool, written
from tests.support.checkouts import git, make_repository, write

PLAIN = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n"
VALUES = ["bogus", "", "true", "0", "-1", "9" * 30, "/dev/zero", "FIFO", "TOUCH", "%"]

READ_IN_SUBMODULES = {"extensions.worktreeconfig"}
"""To learn a submodule's commit git itself reads how that repository is stored, and refuses what it cannot read."""


def every_key() -> list[str]:
    """Return each setting that this git knows, from its own list; placeholders become names that are in use here."""
    listed = subprocess.run(["git", "help", "--config"], capture_output=True, text=True, check=True).stdout.split("\n")
    keys = [line for line in listed if re.fullmatch(r"[A-Za-z0-9]+(\.[^ ]+)*\.[A-Za-z0-9<>*-]+", line)]
    assert len(keys) > 500
    names = {"branch": "main", "remote": "origin", "diff": "odd", "filter": "odd", "merge": "odd", "submodule": "sub"}
    known = [re.sub(r"<[^>]*>|\*", names.get(key.split(".")[0], "odd"), key) for key in keys]
    unlisted = [
        "diff.odd.command",
        "diff.odd.textconv",
        "filter.odd.process",
        "include.path",
        "core.x",
        "extensions.odd",
    ]
    unlisted += ["extensions.objectFormat", "extensions.partialClone", "extensions.refStorage", "attr.tree"]
    return [*known, *unlisted]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with changes of every kind, a followed branch, attributes and a submodule."""
    root = make_repository(tmp_path / "r", {"a.txt": "a\n" * 9, "b.py": "x = 1\n", "old.txt": "o\n" * 9, "gone": "g\n"})
    make_repository(root / "sub", {"s.txt": "s\n"})
    git(root, "add", "sub")
    git(root, "mv", "old.txt", "new.txt")
    git(root, "update-ref", "refs/remotes/origin/main", "HEAD")
    write(root, {".gitattributes": "*.txt diff=odd filter=odd merge=odd text\n*.py linguist-generated\n"})
    write(root, {"a.txt": "a\n" * 9 + "b\n", "b.py": "x = 2\n", "new.txt": "o\n" * 9 + "p\n", "fresh.txt": "f\n"})
    write(root, {"sub/s.txt": "t\n", ".git/config": PLAIN})
    (root / "gone").unlink()
    return root


def answers(root: Path, home: Path) -> list[object]:
    """Return all that is told about a repository."""

    def opened() -> Checkout:
        return Checkout(Git(environment={"PATH": os.environ["PATH"], "HOME": str(home)}), root)

    modes = ("staged", "unstaged", "files")
    return [
        read_status(opened()),
        *(diff_text(opened(), mode, untracked=True) for mode in modes),  # type: ignore[arg-type]
        *(take_snapshot(opened(), mode) for mode in modes),  # type: ignore[arg-type]
        blame_line(opened(), "a.txt", 1),
        attributes_of(opened(), ["a.txt", "b.py"]),
        read_committed(opened(), "a.txt"),
        resolve_commit(opened(), "HEAD"),
    ]


def with_all(value: str, passed_over: set[str]) -> str:
    """Write a configuration in which every key has this value, but those for which it means something."""
    meaning = OF_THE_WORK_TREE | OF_THE_FORMAT
    lines = [PLAIN]
    for key in every_key():
        rule = meaning.get(key.lower())
        if key.lower() not in passed_over and (rule is None or rule(value) is None):
            section, _, rest = key.partition(".")
            name, dot, variable = rest.rpartition(".")
            head = f'[{section} "{name}"]' if dot else f"[{section}]"
            lines.append(f'{head}\n\t{variable if dot else rest} = "{value}"\n')
    return "".join(lines)


@pytest.mark.parametrize("value", VALUES)
def test_no_setting_of_a_repository_or_its_owner_changes_an_answer(root: Path, tmp_path: Path, value: str) -> None:
    home, footprint, fifo = tmp_path / "home", tmp_path / "footprint", tmp_path / "fifo"
    home.mkdir()
    os.mkfifo(fifo)
    plain = answers(root, home)
    real = {"FIFO": str(fifo), "TOUCH": f"!touch {footprint}; touch {footprint}"}.get(value, value)
    write(root, {".git/config": with_all(real, {"core.bare", "core.worktree"})})
    write(
        root / "sub",
        {".git/config": with_all(real, {"core.bare", "core.worktree", *OF_THE_FORMAT, *READ_IN_SUBMODULES})},
    )
    assert answers(root, home) == plain
    write(root, {".git/config": PLAIN})
    write(home, {".gitconfig": with_all(real, {"include.path", "includeif.odd.path", *OF_THE_USER})})
    assert answers(root, home) == plain
    assert not footprint.exists()


def test_the_users_own_ignore_file_counts_and_that_of_a_repository_does_not(root: Path, tmp_path: Path) -> None:
    write(
        tmp_path,
        {"home/.gitconfig": "[core]\n\texcludesFile = ~/ignored\n", "home/ignored": "fresh.txt\n", "all": "*\n"},
    )
    write(root, {".git/config": f"{PLAIN}[core]\n\texcludesFile = {tmp_path}/all\n"})
    program = Git(environment={"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home")})
    assert [entry.path for entry in read_status(Checkout(program, root)).untracked] == [".gitattributes"]


def test_how_the_work_tree_was_written_counts(root: Path) -> None:
    (root / "a.txt").chmod(0o755)
    git(root, "add", "a.txt")
    (root / "a.txt").chmod(0o644)
    (root / "b.py").unlink()
    git(root, "-c", "core.autocrlf=true", "checkout", "-q", "b.py")  # the index remembers the size with CR
    os.utime(root / "b.py", (1, 1))
    assert {"a.txt", "b.py"} <= {entry.path for entry in read_status(Checkout(Git(), root)).unstaged}
    write(root, {".git/config": PLAIN.replace("true", "false", 1) + "[core]\n\tautocrlf = true\n"})
    assert not {"a.txt", "b.py"} & {entry.path for entry in read_status(Checkout(Git(), root)).unstaged}


def test_a_followed_branch_is_followed_whatever_its_name(root: Path) -> None:
    odd = 'a"b\\c/ü'
    git(root, "config", f"branch.{odd}.remote", "o r")
    assert git(root, "config", "--get", f"branch.{odd}.remote").strip() == "o r"
    git(root, "checkout", "-q", "-b", 'w"ü')
    git(root, "update-ref", "refs/remotes/or/x", "HEAD")
    git(root, "config", 'branch.w"ü.remote', 'o"r')
    git(root, "config", 'branch.w"ü.merge', "refs/heads/x")
    git(root, "config", 'remote.o"r.fetch', "+refs/heads/*:refs/remotes/or/*")
    assert read_status(Checkout(Git(), root)).upstream == "or/x"


def test_a_bare_repository_is_none_for_every_question(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "bare")
    root = make_repository(tmp_path / "r", {"a.txt": "a\n"})
    git(root, "config", "core.bare", "true")
    for folder in (tmp_path / "bare", root, root / ".git", tmp_path / "bare" / "refs"):
        for mode in ("staged", "unstaged", "files"):
            with pytest.raises(NotGitRepo):
                diff_text(Checkout(Git(), folder), mode)  # type: ignore[arg-type]
        with pytest.raises(NotGitRepo):
            Checkout(Git(), folder).require_work_tree()


def test_a_work_tree_that_is_declared_counts_when_the_root_is_in_it(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "r", {"a.txt": "a\n"})
    git(root, "config", "core.worktree", str(root))
    assert read_status(Checkout(Git(), root)).entries == []
    git(root, "config", "core.worktree", "../nowhere")
    with pytest.raises(NotGitRepo):
        read_status(Checkout(Git(), root))


texts = st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]))
names = st.text(st.characters(blacklist_characters="\0\n", blacklist_categories=["Cs"]), min_size=1)


@settings(max_examples=40)
@given(st.lists(st.tuples(names, texts), max_size=4))
def test_git_reads_back_what_is_written(pairs: list[tuple[str, str]]) -> None:
    pairs_kept = [*((f"branch.{name}.remote", value) for name, value in pairs), ("core.plain", "x")]
    read = subprocess.run(
        ["git", "config", "-z", "--list", "--file", "-"],
        input=written(pairs_kept).encode(),
        capture_output=True,
        check=True,
    ).stdout
    assert read_listing(read) == pairs_kept


@settings(max_examples=40)
@given(names)
def test_names_of_references_are_judged_as_git_does(name: str) -> None:
    for ref in (f"refs/{name}", name):
        done = subprocess.run(["git", "check-ref-format", ref.encode()], check=False, capture_output=True)
        assert is_ref(ref) == (done.returncode == 0 and ref.startswith("refs/"))


def test_what_to_fetch_needs_one_star_on_both_sides() -> None:
    good = ["+refs/heads/*:refs/remotes/o/*", "refs/heads/x:refs/remotes/o/x", "refs/heads/a*:refs/a*/b"]
    bad = ["", ":", "refs/heads/*", "refs/heads/*:refs/x", "refs/*/*:refs/*/*", "^refs/heads/x", "+refs/a b:refs/c"]
    assert [is_refspec(text) for text in [*good, *bad]] == [True] * len(good) + [False] * len(bad)


def test_truth_values() -> None:
    told = {
        "yes": "true",
        "ON": "true",
        "1": "true",
        "-7": "true",
        "2k": "true",
        "0": "false",
        "No": "false",
        "": "false",
    }
    assert {text: read_bool(text) for text in told} == told
    assert [read_bool(text) for text in ("bogus", "1x", "½", "9" * 30)] == [None] * 4


def test_a_filter_program_that_is_missing_does_not_end_the_answer(root: Path, tmp_path: Path) -> None:
    git(root, "config", "filter.lfs.clean", "git-lfs clean -- %f")
    git(root, "config", "filter.lfs.required", "true")
    write(root, {".git/info/attributes": "*.py filter=lfs\n", "b.py": "x = 3\n"})
    program = tmp_path / "bin" / "git"
    program.parent.mkdir()
    program.symlink_to(str(shutil.which("git")))
    checkout = Checkout(Git(environment={"PATH": str(program.parent)}), root)
    assert "b.py" in [entry.path for entry in read_status(checkout).unstaged]


def test_filters_stay_only_when_they_are_allowed() -> None:
    listing = [
        ("filter.x.clean", "x"),
        ("filter.x.required", "yes"),
        ("filter.lfs.clean", "git-lfs clean -- %f"),
        ("filter.lfs.required", "true"),
    ]
    kept = [key for key, _ in chosen(listing, [], allow_filters=False) if key.startswith("filter")]
    assert kept == ["filter.lfs.clean", "filter.lfs.required"]
    kept = [key for key, _ in chosen(listing, [("lfs.extension.x.clean", "x")], allow_filters=False) if "filter" in key]
    assert kept == []
    pairs = chosen(listing, [("filter.y.required", "bogus")], allow_filters=True)
    assert [pair for pair in pairs if "filter" in pair[0]] == [
        ("filter.x.clean", "x"),
        ("filter.x.required", "true"),
        ("filter.lfs.clean", "git-lfs clean -- %f"),
        ("filter.lfs.required", "true"),
    ]
