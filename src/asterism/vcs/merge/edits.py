"""Joining what two sides made of one tree. Pure."""

from collections.abc import Iterable, Sequence

from asterism.vcs.diff import Change
from asterism.vcs.manifest import Entry
from asterism.vcs.merge.triples import folders_above


def clashing_paths(ours: Sequence[Change], theirs: Sequence[Change]) -> list[str]:
    """Return the paths, sorted, that both sides changed, unless to the same result.

    Something that stands where the other side needs a folder clashes too.
    """
    changed = {change.path: change for change in theirs}
    clashes = {edit.path for edit in ours if edit.path in changed and edit.new != changed[edit.path].new}
    edited = {edit.path for edit in ours if edit.new is not None}
    arriving = {change.path for change in theirs if change.new is not None}
    above_arriving = {above for path in arriving for above in folders_above(path)}
    clashes |= {path for path in edited if path in above_arriving or not arriving.isdisjoint(folders_above(path))}
    return sorted(clashes)


def with_edits(
    target: Iterable[Entry], edits: Iterable[Change], base: Iterable[Entry], current: Iterable[Entry]
) -> list[Entry]:
    """Return the target with edits kept that clash with nothing in it, and with the folders that are new in `current`.

    `edits` lead from `base` to `current`.
    """
    found = {entry.path: entry for entry in target}
    for edit in edits:
        if edit.new is None:
            found.pop(edit.path, None)
        else:
            found[edit.path] = edit.new
    old_folders = {entry.path for entry in base if entry.type == "dir"}
    for entry in current:
        if entry.type == "dir" and entry.path not in old_folders:
            found.setdefault(entry.path, entry)
    return list(found.values())
