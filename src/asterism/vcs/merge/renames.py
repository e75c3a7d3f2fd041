"""Renames: a file that one side moved is merged under its new name with what the other side did to it.

A rename that the other side did not touch needs nothing: it is a delete and an add (Fastest 5.4). What is done here is
the rest, by rewriting triples before the table is asked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import msgspec

from asterism.vcs.manifest import Entry
from asterism.vcs.merge.models import Read, Triple
from asterism.vcs.merge.rules import same_content
from asterism.vcs.merge.similarity import pair_files
from asterism.vcs.merge.triples import Sides, folders_above

Side = Literal["ours", "main"]


@dataclass(frozen=True, slots=True)
class TwoNames:
    """A file that both sides renamed, each to another name; `sides` has its entries under those names."""

    old: str
    sides: Triple


def follow_renames(sides: Sides, read: Read) -> tuple[Sides, list[TwoNames]]:
    """Return the triples with renamed files under their new names, and the files that now have two names."""
    triples = dict(sides.triples)
    ours, main = (_renames(triples, side, read) for side in ("ours", "main"))
    two_names = []
    for old in sorted(ours.keys() | main.keys()):
        here, there = ours.get(old), main.get(old)
        if here is not None and there is not None:
            clash = _renamed_twice(triples, old, here, there)
            two_names += [clash] if clash else []
        elif here is not None:
            _follow(triples, old, here, "ours")
        elif there is not None:
            _follow(triples, old, there, "main")
    for side, renames in (("ours", ours), ("main", main)):
        _move_additions(triples, sides.shared, renames, "ours" if side == "ours" else "main")
    return replace(sides, triples=triples), two_names


def _renames(triples: Mapping[str, Triple], side: Side, read: Read) -> dict[str, str]:
    vanished, appeared, edited = [], [], False
    for path in sorted(triples):
        triple = triples[path]
        here, there = _of(triple, side)
        if triple.base is None:
            if here is not None and here.type == "file":
                appeared.append(here)
        elif triple.base.type == "file" and here is None:
            vanished.append(triple.base)
            edited = edited or not same_content(there, triple.base)
    if not vanished or not appeared:
        return {}
    return pair_files(vanished, appeared, read, edited=edited or _adds_beside(triples, vanished, side))


def _adds_beside(triples: Mapping[str, Triple], vanished: Iterable[Entry], side: Side) -> bool:
    """Say whether the other side added a file to a folder from which this side took one away."""
    folders = {above for entry in vanished for above in folders_above(entry.path)}
    return any(
        triple.base is None and _of(triple, side)[1] is not None and not folders.isdisjoint(folders_above(triple.path))
        for triple in triples.values()
    )


def _of(triple: Triple, side: Side) -> tuple[Entry | None, Entry | None]:
    """Return this side's entry and the other's."""
    return (triple.ours, triple.main) if side == "ours" else (triple.main, triple.ours)


def _at(entry: Entry | None, path: str) -> Entry | None:
    return None if entry is None else msgspec.structs.replace(entry, path=path)


def _follow(triples: dict[str, Triple], old: str, new: str, side: Side) -> None:
    """One side renamed a file: put beside it what the other side did to it."""
    source, target = triples[old], triples[new]
    renamed, in_the_way = _of(target, side)
    changed = _of(source, side)[1]
    base = source.base
    if in_the_way is not None or base is None or same_content(changed, base):
        return
    if changed is None:
        forced: Literal["modify_delete", "delete_modify"] = "modify_delete" if side == "ours" else "delete_modify"
        triples[new] = replace(target, base=_at(base, new), renamed_from=old, forced=forced)
    elif changed.type != "file":
        return
    elif side == "ours":
        triples[new] = Triple(new, _at(base, new), renamed, _at(changed, new), renamed_from=old)
        triples[old] = Triple(old, base, None, base)
    else:
        triples[new] = Triple(new, _at(base, new), _at(changed, new), renamed, renamed_from=old, moved=True)
        triples[old] = Triple(old, changed, changed, None)


def _renamed_twice(triples: dict[str, Triple], old: str, here: str, there: str) -> TwoNames | None:
    base, ours, main = triples[old].base, triples[here].ours, triples[there].main
    if here == there:
        triples[here] = replace(triples[here], base=_at(base, here), renamed_from=old)
        return None
    if triples[here].main is not None or triples[there].ours is not None:
        return None
    del triples[here], triples[there]
    return TwoNames(old, Triple(there, base, ours, main, renamed_from=old))


def _move_additions(triples: dict[str, Triple], shared: set[str], renames: Mapping[str, str], side: Side) -> None:
    """Move what the other side added to a folder that this side renamed as a whole to the folder's new name."""
    targets = _whole_folders(triples, shared, renames) if renames else {}
    if not targets:
        return
    for path, triple in sorted(triples.items()):
        here, added = _of(triple, side)
        if triple.base is not None or here is not None or added is None or added.type == "dir" or triple.renamed_from:
            continue
        folder = next((above for above in folders_above(path) if above in targets), None)
        if folder is None:
            continue
        new = targets[folder] + path[len(folder) :]
        if new in triples or new.rpartition("/")[0] in shared:
            continue
        if side == "ours":
            triples[new] = Triple(new, None, None, _at(added, new), renamed_from=path)
            triples[path] = Triple(path, None, None, None)
        else:
            triples[new] = Triple(new, None, _at(added, new), None, renamed_from=path, moved=True)
            triples[path] = Triple(path, added, added, None)


def _whole_folders(triples: Mapping[str, Triple], shared: set[str], renames: Mapping[str, str]) -> dict[str, str]:
    """Return the folders all of whose files were renamed into one other folder under the same names below it."""
    targets: dict[str, str | None] = {}
    for old, new in renames.items():
        for folder in folders_above(old):
            rest = old[len(folder) :]
            target = new.removesuffix(rest) if new.endswith(rest) and len(new) > len(rest) else None
            targets[folder] = target if targets.get(folder, target) == target else None
    for path, triple in triples.items():
        if triple.base is not None and triple.base.type != "dir" and path not in renames:
            targets.update({folder: None for folder in folders_above(path) if folder in targets})
    for folder in shared:
        targets.update({above: None for above in (folder, *folders_above(folder)) if above in targets})
    return {folder: target for folder, target in targets.items() if target is not None}
