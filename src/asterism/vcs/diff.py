"""What differs between two trees, by the equality of Fastest 0.9."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from asterism.vcs.manifest import Entry
from asterism.vcs.rules import folders_of

ChangeKind = Literal["added", "modified", "deleted", "mode", "type"]


@dataclass(frozen=True, slots=True)
class Change:
    """One path that differs; `old` is None for `added`, `new` for `deleted`.

    `modified` is other content (maybe another mode as well), `mode` the executable bit alone, `type` a file where the
    other side has a symlink.
    """

    path: str
    kind: ChangeKind
    old: Entry | None
    new: Entry | None


def modes_compatible(one: int, other: int) -> bool:
    """Say whether two modes count as equal: same executable bit, or one of them is not known (0)."""
    return one == 0 or other == 0 or (one & 0o111 != 0) == (other & 0o111 != 0)


def compare(old: Entry | None, new: Entry | None) -> Change | None:
    """Return how one path changed, None when it did not. Folders are no content: they count as absent."""
    old = None if old is None or old.type == "dir" else old
    new = None if new is None or new.type == "dir" else new
    if old is None:
        return None if new is None else Change(new.path, "added", None, new)
    if new is None:
        return Change(old.path, "deleted", old, None)
    if old.type != new.type:
        return Change(new.path, "type", old, new)
    if old.type == "symlink":
        return None if old.target == new.target else Change(new.path, "modified", old, new)
    if old.hash != new.hash:
        return Change(new.path, "modified", old, new)
    return None if modes_compatible(old.mode, new.mode) else Change(new.path, "mode", old, new)


def diff(old: Iterable[Entry], new: Iterable[Entry]) -> list[Change]:
    """Return the changes that lead from `old` to `new`, in byte order of path."""
    before = {entry.path: entry for entry in old}
    after = {entry.path: entry for entry in new}
    changes = []
    for path in before.keys() | after.keys():
        one, other = before.get(path), after.get(path)
        if one != other:
            change = compare(one, other)
            if change is not None:
                changes.append(change)
    changes.sort(key=lambda change: change.path.encode())
    return changes


def equal(old: Iterable[Entry], new: Iterable[Entry]) -> bool:
    """Say whether two lists of entries are the same tree."""
    return not diff(old, new)


def equal_with_folders(old: Sequence[Entry], new: Sequence[Entry]) -> bool:
    """Say whether two manifests spell one tree: equal entries, and the same folders whether or not they are listed."""
    return _folders(old) == _folders(new) and equal(old, new)


def _folders(entries: Sequence[Entry]) -> set[str]:
    return {entry.path for entry in entries if entry.type == "dir"} | folders_of([entry.path for entry in entries])
