"""`/api/git`: the state of the project's work tree (Stargazer 2)."""

from collections.abc import Sequence
from typing import Annotated, Self

import msgspec
from msgspec import UNSET, Meta, UnsetType

from asterism.asgi.query import IgnoredWith, Unchecked
from asterism.faces.local.call import LocalCall, get
from asterism.faces.local.wire import Count, present
from asterism.kernel import git

GIT_ERRORS = (git.NotGitRepo, git.GitNotFound, git.CommandFailed)
Letter = Annotated[str, Meta(extra_json_schema={"enum": [*"MTADRCU?! "]})]
Path = Annotated[str | None, Unchecked]
"""A path in the project, empty for all of it; a bad one is INVALID_PATH."""


class Where(msgspec.Struct):
    """What to look at."""

    path: Path = None


class DiffQuery(msgspec.Struct):
    """What to compare. `staged` is the older way to choose a mode."""

    mode: git.Mode | None = None
    staged: Annotated[bool, IgnoredWith("mode")] = False
    path: Path = None
    untracked: bool = False

    @property
    def chosen(self) -> git.Mode:
        """The mode that is asked for."""
        return self.mode or ("staged" if self.staged else "unstaged")


class SubmoduleState(msgspec.Struct, rename="camel"):
    """What changed in a submodule: its commit, its tracked files, its untracked files."""

    commit_changed: bool
    modified: bool
    untracked: bool


class GitFileEntry(msgspec.Struct, rename="camel"):
    """A path with git's letters for its state in the index and in the work tree."""

    path: str
    index_status: Letter
    work_tree_status: Letter
    orig_path: str | UnsetType = UNSET
    submodule: SubmoduleState | UnsetType = UNSET

    @classmethod
    def of(cls, found: git.Entry) -> Self:
        """Write it."""
        original = None if found.original is None else git.printable(found.original)
        inner = found.submodule
        submodule = UNSET if inner is None else SubmoduleState(inner.commit_changed, inner.modified, inner.untracked)
        return cls(git.printable(found.path), found.index, found.tree, present(original), submodule)


class GitFiles(msgspec.Struct):
    """Changed paths, by where they changed."""

    staged: Sequence[GitFileEntry]
    unstaged: Sequence[GitFileEntry]
    untracked: Sequence[GitFileEntry]


class GitStatus(msgspec.Struct, rename="camel"):
    """The state of a work tree; `branch` is null when HEAD is detached."""

    is_git_repo: bool
    branch: str | None
    remote_branch: str | None
    ahead: Count
    behind: Count
    files: GitFiles
    has_changes: bool
    conflicted: Sequence[str]

    @classmethod
    def of(cls, found: git.Status) -> Self:
        """Write it."""
        return cls(
            is_git_repo=True,
            branch=None if found.branch is None else git.printable(found.branch),
            remote_branch=None if found.upstream is None else git.printable(found.upstream),
            ahead=found.ahead,
            behind=found.behind,
            files=GitFiles(*(entries(group) for group in (found.staged, found.unstaged, found.untracked))),
            has_changes=bool(found.entries),
            conflicted=[git.printable(path) for path in found.conflicted],
        )


class GitDiff(msgspec.Struct):
    """What has changed, as a unified diff; empty when nothing has."""

    diff: str
    mode: git.Mode
    staged: bool


@get("/api/git/status", guarded=True, errors=GIT_ERRORS)
async def status(call: LocalCall, query: Where) -> GitStatus:
    """GET /api/git/status: branch, upstream and changed files."""
    return await call.rt.local.git.work(lambda: GitStatus.of(git.read_status(checkout(call), pathspec(call, query))))


@get("/api/git/diff", guarded=True, errors=GIT_ERRORS)
async def diff(call: LocalCall, query: DiffQuery) -> GitDiff:
    """GET /api/git/diff: what has changed, as a unified diff."""
    mode = query.chosen
    text = await call.rt.local.git.work(
        lambda: git.diff_text(checkout(call), mode, pathspec(call, query), untracked=query.untracked)
    )
    return GitDiff(text.decode("utf-8", "replace"), mode, mode == "staged")


def checkout(call: LocalCall) -> git.Checkout:
    """Open the project's work tree as far as its trust goes."""
    return git.Checkout(call.rt.local.git, call.root, allow_filters=call.trust.run_commands)


def pathspec(call: LocalCall, query: Where | DiffQuery) -> str | None:
    """Return the path that is asked for, None for the whole project. Raises InvalidPath."""
    return git.check_pathspec(call.root, query.path) if query.path else None


def entries(found: Sequence[git.Entry]) -> list[GitFileEntry]:
    """Write paths."""
    return [GitFileEntry.of(entry) for entry in found]
