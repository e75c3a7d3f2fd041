"""`git status --porcelain=v2 -z`: bytes in, typed facts out.

Paths are `str` holding the bytes git has: UTF-8, with surrogate escapes for what is not. Source: Stargazer 2.3.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from asterism.kernel.git.checkout import Checkout
from asterism.kernel.git.errors import CommandFailed, NotGitRepo
from asterism.kernel.git.submodules import Budget, opened

TIMEOUT = 10.0
GITLINK = "160000"
LETTERS = frozenset("MTADRCU")


@dataclass(frozen=True, slots=True)
class SubmoduleState:
    """What changed in a submodule: its commit, its tracked files, its untracked files."""

    commit_changed: bool
    modified: bool
    untracked: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One path with its state in the index and in the work tree.

    The two letters are git's (`M T A D R C U ?`), a space for unchanged. `original` is where a rename or copy came
    from. `head_mode`, `index_mode` and `tree_mode` are octal texts, empty for untracked and unmerged paths.
    """

    path: str
    index: str
    tree: str
    original: str | None = None
    submodule: SubmoduleState | None = None
    conflicted: bool = False
    head_mode: str = ""
    index_mode: str = ""
    tree_mode: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a work tree. `branch` is None when HEAD is detached, `head` when there is no commit yet."""

    head: str | None = None
    branch: str | None = None
    upstream: str | None = None
    ahead: int = 0
    behind: int = 0
    entries: list[Entry] = field(default_factory=list)

    @property
    def staged(self) -> list[Entry]:
        """Changes between HEAD and the index."""
        return [e for e in self.entries if not e.conflicted and e.index not in " ?"]

    @property
    def unstaged(self) -> list[Entry]:
        """Changes between the index and the work tree, and every unmerged path."""
        return [e for e in self.entries if e.conflicted or e.tree not in " ?"]

    @property
    def untracked(self) -> list[Entry]:
        """Paths git does not know; a folder with nothing else in it is one entry ending in a slash."""
        return [e for e in self.entries if e.index == "?"]

    @property
    def conflicted(self) -> list[str]:
        """Unmerged paths."""
        return [e.path for e in self.entries if e.conflicted]


def read_status(
    checkout: Checkout, pathspec: str | None = None, *, each_file: bool = False, budget: Budget | None = None
) -> Status:
    """Ask git for the state of the root, or of one literal path in it; paths are relative to the root.

    `each_file` lists every untracked file instead of whole folders. Submodules are looked into as far as `budget`
    goes. Raises NotGitRepo, GitNotFound, CommandFailed.
    """
    raw = checkout.run(
        "--literal-pathspecs",
        "status",
        "--porcelain=v2",
        "--branch",
        "-z",
        f"--untracked-files={'all' if each_file else 'normal'}",
        "--ahead-behind",
        "--find-renames",
        "--ignore-submodules=dirty",
        "--",
        pathspec or ".",
        timeout=TIMEOUT,
    )
    status = parse_status(raw, checkout.prefix)
    inside = dict(_inside(checkout, pathspec, budget or Budget()))
    return replace(status, entries=_with_submodules(status.entries, inside)) if inside else status


def _inside(checkout: Checkout, pathspec: str | None, budget: Budget) -> Iterator[tuple[str, SubmoduleState]]:
    """Yield what changed in each submodule that has changes. One that cannot be read has none that are known."""
    for path, child in opened(checkout, pathspec):
        if budget.spend() == 0:
            return
        try:
            entries = read_status(child, budget=budget).entries
        except (NotGitRepo, CommandFailed):
            continue
        parts = [entry.submodule for entry in entries if entry.submodule is not None]
        modified = any(_is_change(entry) for entry in entries)
        untracked = any(entry.index == "?" for entry in entries) or any(part.untracked for part in parts)
        if modified or untracked:
            yield path, SubmoduleState(commit_changed=False, modified=modified, untracked=untracked)


def _is_change(entry: Entry) -> bool:
    """Whether an entry of a submodule makes it modified: not so what is untracked, at any depth."""
    if entry.submodule is None or entry.index != " ":
        return entry.index != "?"
    return entry.submodule.commit_changed or entry.submodule.modified


def _with_submodules(entries: list[Entry], inside: dict[str, SubmoduleState]) -> list[Entry]:
    """Add what is inside submodules to git's entries, which compare their commits alone; git's order is kept."""
    found = []
    for entry in entries:
        state = inside.pop(entry.path, None) if not entry.conflicted and entry.index != "?" else None
        found.append(entry if state is None else _joined(entry, state))
    for path, state in inside.items():
        blank = Entry(path, " ", " ", head_mode=GITLINK, index_mode=GITLINK, tree_mode=GITLINK)
        found.append(_joined(blank, state))
    return sorted(found, key=lambda entry: (entry.index == "?", entry.conflicted, os.fsencode(entry.path)))


def _joined(entry: Entry, state: SubmoduleState) -> Entry:
    changed = entry.submodule is not None and entry.submodule.commit_changed
    tree = "M" if entry.tree == " " else entry.tree
    return replace(entry, tree=tree, submodule=replace(state, commit_changed=changed))


def parse_status(raw: bytes, prefix: str = "") -> Status:
    """Read porcelain v2 with `--branch -z`. `prefix` is cut off all paths. Raises CommandFailed on anything else."""
    facts: dict[str, str] = {}
    entries: list[Entry] = []
    records = iter(raw.decode("utf-8", "surrogateescape").split("\0")[:-1])
    try:
        for record in records:
            kind = record[:2]
            if kind == "# ":
                name, _, value = record[2:].partition(" ")
                facts[name] = value
            elif kind in _READERS:
                entries.append(_READERS[kind](record, records, prefix))
            elif kind != "! ":
                raise CommandFailed("git status wrote something that is not porcelain v2.")
    except (ValueError, IndexError, StopIteration) as error:
        raise CommandFailed("git status wrote a record that is cut off.") from error
    ahead, behind = _distance(facts.get("branch.ab", ""))
    head, branch = facts.get("branch.oid", "(initial)"), facts.get("branch.head", "(detached)")
    return Status(
        head=None if head == "(initial)" else head,
        branch=None if branch == "(detached)" else branch,
        upstream=facts.get("branch.upstream"),
        ahead=ahead,
        behind=behind,
        entries=entries,
    )


def _ordinary(record: str, _rest: Iterator[str], prefix: str) -> Entry:
    _, letters, sub, head, index, tree, _, _, path = record.split(" ", 8)
    return _entry(letters, sub, _below(path, prefix), modes=(head, index, tree))


def _renamed(record: str, rest: Iterator[str], prefix: str) -> Entry:
    _, letters, sub, head, index, tree, _, _, _, path = record.split(" ", 9)
    return _entry(letters, sub, _below(path, prefix), original=_below(next(rest), prefix), modes=(head, index, tree))


def _unmerged(record: str, _rest: Iterator[str], prefix: str) -> Entry:
    _, letters, sub, *_, path = record.split(" ", 10)
    return _entry(letters, sub, _below(path, prefix), conflicted=True)


def _untracked(record: str, _rest: Iterator[str], prefix: str) -> Entry:
    return Entry(_below(record[2:], prefix), "?", "?")


_READERS = {"1 ": _ordinary, "2 ": _renamed, "u ": _unmerged, "? ": _untracked}


def _entry(
    letters: str,
    sub: str,
    path: str,
    *,
    original: str | None = None,
    conflicted: bool = False,
    modes: tuple[str, str, str] = ("", "", ""),
) -> Entry:
    index, tree = (letter if letter in LETTERS else " " for letter in letters)
    state = SubmoduleState(sub[1] == "C", sub[2] == "M", sub[3] == "U") if sub.startswith("S") else None
    return Entry(path, index, tree, original, state, conflicted, *modes)


def _below(path: str, prefix: str) -> str:
    return path.removeprefix(prefix)


def _distance(text: str) -> tuple[int, int]:
    """Read `+A -B`; git writes question marks, or nothing, when it does not know."""
    ahead, _, behind = text.partition(" ")
    return (int(ahead) if ahead[1:].isdigit() else 0, -int(behind) if behind[1:].isdigit() else 0)
