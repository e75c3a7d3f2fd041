"""A repository cannot run a program, whatever its configuration says."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from asterism.kernel.git import (
    Checkout,
    CommandFailed,
    Git,
    attributes_of,
    blame_line,
    diff_text,
    read_committed,
    read_status,
    take_snapshot,
)
from tests.support.checkouts import git, make_repository, write

KEYS = [
    "core.fsmonitor",
    "core.hooksPath",
    "core.pager",
    "core.editor",
    "core.sshCommand",
    "core.askPass",
    "core.gitProxy",
    "core.alternateRefsCommand",
    "credential.helper",
    "diff.external",
    "diff.evil.command",
    "diff.evil.textconv",
    "filter.evil.clean",
    "filter.evil.smudge",
    "filter.evil.process",
    "filter.a=b.clean",
    "filter.lfs.clean",
    "filter.lfs.process",
    "gpg.program",
    "gpg.ssh.program",
    "interactive.diffFilter",
    "merge.evil.driver",
    "pager.status",
    "pager.diff",
    "pager.blame",
    "sequence.editor",
    "trailer.x.command",
    "uploadpack.packObjectsHook",
]
ALIASES = ["status", "diff", "config", "blame", "cat-file", "ls-files", "rev-parse", "check-attr"]


class Trap:
    """A repository whose every programmable setting would leave a footprint."""

    def __init__(self, folder: Path) -> None:
        self.footprint = folder / "footprint"
        self.script = folder / "evil.sh"
        self.script.write_text(f"#!/bin/sh\necho ran >> {self.footprint}\ncat\n")
        self.script.chmod(0o755)
        self.root = make_repository(folder / "repo", {"a.txt": "one\n", "b.py": "x = 1\n"})

    def arm(self, key: str, value: str | None = None) -> None:
        git(self.root, "config", key, str(self.script) if value is None else value)

    def touch_files(self) -> None:
        write(self.root, {"a.txt": "two\n", "b.py": "x = 2\n", "new.txt": "new\n"})

    @property
    def sprung(self) -> bool:
        return self.footprint.exists()


@pytest.fixture
def trap(tmp_path: Path) -> Trap:
    return Trap(tmp_path)


def use_everything(root: Path) -> None:
    """Call every function that runs git; refusing to work is fine, running the program is not."""
    calls: list[Callable[[Checkout], object]] = [
        lambda c: read_status(c),
        lambda c: diff_text(c, "staged"),
        lambda c: diff_text(c, "unstaged", untracked=True),
        lambda c: diff_text(c, "files"),
        lambda c: take_snapshot(c, "staged"),
        lambda c: take_snapshot(c, "unstaged"),
        lambda c: take_snapshot(c, "files", base="HEAD"),
        lambda c: blame_line(c, "a.txt", 1),
        lambda c: read_committed(c, "a.txt"),
        lambda c: attributes_of(c, ["a.txt", "b.py"]),
    ]
    for call in calls:
        try:
            call(Checkout(Git(), root))
        except CommandFailed:
            continue


def test_no_setting_runs_a_program(trap: Trap) -> None:
    for key in KEYS:
        trap.arm(key)
    for name in ALIASES:
        trap.arm(f"alias.{name}", f"!{trap.script}")
    trap.arm("log.showSignature", "true")
    trap.arm("filter.evil.required", "true")
    hooks = trap.root / ".git" / "hooks"
    for hook in ("post-index-change", "pre-commit", "fsmonitor-watchman", "post-checkout", "reference-transaction"):
        (hooks / hook).write_text(trap.script.read_text())
        (hooks / hook).chmod(0o755)
    write(
        trap.root,
        {".gitattributes": '*.txt filter=evil diff=evil merge=evil\n*.py "filter=a=b" filter=lfs diff=evil\n'},
    )
    trap.touch_files()
    use_everything(trap.root)
    assert not trap.sprung


@pytest.mark.parametrize("variable", ["clean", "process"])
@pytest.mark.parametrize("name", ["evil", "a=b", "sp ace", "lfs"])
def test_filters_stay_off_and_status_still_answers(trap: Trap, name: str, variable: str) -> None:
    trap.arm(f"filter.{name}.{variable}")
    write(trap.root, {".git/info/attributes": f'* "filter={name}"\n* filter={name}\n'})
    trap.touch_files()
    status = read_status(Checkout(Git(), trap.root))
    assert [entry.path for entry in status.unstaged] == ["a.txt", "b.py"]
    assert b"+two" in diff_text(Checkout(Git(), trap.root), "unstaged")
    assert not trap.sprung


def test_the_trap_does_spring_for_plain_git(trap: Trap) -> None:
    trap.arm("filter.evil.clean")
    write(trap.root, {".git/info/attributes": "* filter=evil\n"})
    trap.touch_files()
    git(trap.root, "diff")
    assert trap.sprung


def test_filters_run_when_commands_are_allowed(trap: Trap) -> None:
    trap.arm("filter.evil.clean")
    write(trap.root, {".git/info/attributes": "* filter=evil\n"})
    trap.touch_files()
    read_status(Checkout(Git(), trap.root, allow_filters=True))
    assert trap.sprung


def test_settings_from_an_included_file_are_caught(trap: Trap) -> None:
    included = trap.root / ".git" / "more"
    included.write_text(f'[filter "evil"]\n\tclean = {trap.script}\n[core]\n\tfsmonitor = {trap.script}\n')
    trap.arm("include.path", str(included))
    write(trap.root, {".git/info/attributes": "* filter=evil\n"})
    trap.touch_files()
    use_everything(trap.root)
    assert not trap.sprung


def test_a_submodule_runs_nothing(trap: Trap, tmp_path: Path) -> None:
    inner = make_repository(tmp_path / "inner", {"s.txt": "s\n"})
    deep = make_repository(tmp_path / "deep", {"d.txt": "d\n"})
    git(inner, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(deep), "deep")
    git(inner, "commit", "-q", "-m", "deep")
    git(trap.root, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner), "sub")
    git(trap.root, "-c", "protocol.file.allow=always", "submodule", "update", "--init", "--recursive", "-q")
    git(trap.root, "commit", "-q", "-m", "sub")
    for folder, name in ((trap.root / "sub", "s.txt"), (trap.root / "sub" / "deep", "d.txt")):
        git(folder, "config", "filter.other.clean", str(trap.script))
        git(folder, "config", "core.fsmonitor", str(trap.script))
        info = Path(git(folder, "rev-parse", "--absolute-git-dir").strip()) / "info"
        info.mkdir(exist_ok=True)
        (info / "attributes").write_text("* filter=other\n")
        write(folder, {name: "changed\n"})
    use_everything(trap.root)
    assert not trap.sprung
    (entry,) = read_status(Checkout(Git(), trap.root)).unstaged
    assert entry.submodule is not None
    assert entry.submodule.modified


def test_a_partial_clone_fetches_nothing(trap: Trap) -> None:
    git(trap.root, "config", "core.repositoryFormatVersion", "1")
    git(trap.root, "config", "extensions.partialClone", "origin")
    git(trap.root, "config", "remote.origin.promisor", "true")
    git(trap.root, "config", "remote.origin.url", f"ext::{trap.script}")
    git(trap.root, "config", "remote.origin.uploadpack", str(trap.script))
    git(trap.root, "config", "protocol.ext.allow", "always")
    blob = git(trap.root, "rev-parse", "HEAD:a.txt").strip()
    (trap.root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    trap.touch_files()
    use_everything(trap.root)
    assert not trap.sprung


def test_inherited_git_variables_do_not_count(trap: Trap, tmp_path: Path) -> None:
    other = make_repository(tmp_path / "other", {"secret.txt": "s\n"})
    inherited = {
        "PATH": os.environ["PATH"],
        "GIT_DIR": str(other / ".git"),
        "GIT_EXTERNAL_DIFF": str(trap.script),
        "GIT_WORK_TREE": str(other),
    }
    trap.touch_files()
    checkout = Checkout(Git(environment=inherited), trap.root)
    assert b"secret" not in diff_text(checkout, "files")
    assert [entry.path for entry in read_status(checkout).untracked] == ["new.txt"]
    assert not trap.sprung


def test_programs_are_not_looked_for_in_the_repository(trap: Trap) -> None:
    planted = trap.root / "git"
    planted.write_text(trap.script.read_text())
    planted.chmod(0o755)
    checkout = Checkout(Git(environment={"PATH": f":.:{os.environ['PATH']}"}), trap.root)
    assert [entry.path for entry in read_status(checkout).untracked] == ["git"]
    assert not trap.sprung


def test_a_work_tree_set_elsewhere_shows_nothing_of_it(trap: Trap, tmp_path: Path) -> None:
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "diary.txt").write_text("dear diary\n")
    git(trap.root, "config", "core.worktree", str(tmp_path / "private"))
    with pytest.raises(Exception) as caught:
        read_status(Checkout(Git(), trap.root))
    assert getattr(caught.value, "code", "") in {"NOT_GIT_REPO", "COMMAND_FAILED"}


def test_stock_lfs_stays_unless_it_is_bent(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "git-lfs"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho lfs >> {tmp_path}/lfs-ran\ncat\n")
    program.chmod(0o755)
    root = make_repository(tmp_path / "repo", {"a.bin": "one\n"})
    git(root, "config", "filter.lfs.clean", "git-lfs clean -- %f")
    write(root, {".git/info/attributes": "*.bin filter=lfs\n", "a.bin": "two\n"})
    inherited = {"PATH": f"{program.parent}:{os.environ['PATH']}"}
    git(root, "config", "lfs.extension.x.clean", "touch bent")
    read_status(Checkout(Git(environment=inherited), root))
    assert not (tmp_path / "lfs-ran").exists()
    git(root, "config", "--unset", "lfs.extension.x.clean")
    read_status(Checkout(Git(environment=inherited), root))
    assert (tmp_path / "lfs-ran").exists()
