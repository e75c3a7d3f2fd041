"""What has to happen to turn the tree that is there into another one. Pure: entries in, steps out."""

from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from asterism.vcs.diff import modes_compatible
from asterism.vcs.manifest import Entry

StepKind = Literal["remove", "leave_folder", "make_folder", "place", "link", "mode"]
FILE_MODE = 0o644
DIR_MODE = 0o755


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """One change of one path.

    remove        take away a file or link          leave_folder  take away a folder, if nothing is left in it
    make_folder   make a folder                     place         put the staged file number `staged` there
    link          make a link to `target`           mode          set permission bits

    `before` says what must be at the path for the step to be taken: the signature (hex) of a file or link, `""` for
    nothing (or, for `make_folder`, a folder). `held` is the hash of the file's content or the link's target: where the
    signature differs but what is held does not (a hard link came or went, somebody touched it), nobody edited it.
    """

    kind: StepKind
    path: str
    before: str = ""
    held: str = ""
    staged: int = -1
    hash: str = ""
    size: int = 0
    mode: int = 0
    target: str = ""


def plan(current: Mapping[str, Entry], target: Mapping[str, Entry], signatures: Mapping[str, str]) -> list[Step]:
    """Return the steps from `current` to `target`, in the order in which they have to be taken.

    Only paths that differ are touched. `signatures` tells of current files and links what is on disk (hex).
    """
    removals = _removals(current, target, signatures)
    steps = sorted(removals, key=lambda step: (step.path.count("/"), step.path), reverse=True)
    steps += _folders(current, target)
    steps += _contents(current, target, signatures)
    return steps


def _removals(
    current: Mapping[str, Entry], target: Mapping[str, Entry], signatures: Mapping[str, str]
) -> Iterable[Step]:
    for path, entry in current.items():
        new = target.get(path)
        if entry.type == "dir":
            if new is None or new.type != "dir":
                yield Step("leave_folder", path)
        elif new is None or new.type == "dir":
            yield Step("remove", path, before=signatures[path], held=_held(entry))


def _folders(current: Mapping[str, Entry], target: Mapping[str, Entry]) -> Iterable[Step]:
    for path in sorted(target):
        new = target[path]
        if new.type != "dir":
            continue
        old = current.get(path)
        if old is None or old.type != "dir":
            yield Step("make_folder", path, mode=new.mode & 0o777 or DIR_MODE)
        elif new.mode and old.mode != new.mode:
            yield Step("mode", path, mode=new.mode & 0o777)


def _contents(
    current: Mapping[str, Entry], target: Mapping[str, Entry], signatures: Mapping[str, str]
) -> Iterable[Step]:
    staged = 0
    for path in sorted(target):
        new, old = target[path], current.get(path)
        before = signatures.get(path, "") if old is not None and old.type != "dir" else ""
        held = _held(old) if before else ""
        if new.type == "symlink":
            if old is None or old.type != "symlink" or old.target != new.target:
                yield Step("link", path, before=before, held=held, target=new.target)
        elif new.type == "file":
            if old is not None and old.type == "file" and old.hash == new.hash:
                if not modes_compatible(old.mode, new.mode) or (new.mode and old.mode != new.mode):
                    yield Step("mode", path, mode=new.mode & 0o777, before=before)
                continue
            mode = new.mode & 0o777 or FILE_MODE
            yield Step("place", path, before, held, staged=staged, hash=new.hash, size=new.size, mode=mode)
            staged += 1


def _held(entry: Entry | None) -> str:
    return "" if entry is None else entry.target if entry.type == "symlink" else entry.hash


def with_folders(entries: Iterable[Entry]) -> dict[str, Entry]:
    """Return the entries by path, with an entry for every folder that some path lies in."""
    found = {entry.path: entry for entry in entries}
    for path in list(found):
        above = path.rpartition("/")[0]
        while above and above not in found:
            found[above] = Entry(type="dir", path=above, mode=DIR_MODE)
            above = above.rpartition("/")[0]
    return found
