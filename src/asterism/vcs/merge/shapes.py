"""One path, two shapes: nothing may stand both as a file and as a folder (Fastest 5.7)."""

from collections.abc import MutableMapping

from asterism.vcs.manifest import Entry
from asterism.vcs.merge import sentences
from asterism.vcs.merge.models import Action, Changes, Decision, Triple
from asterism.vcs.merge.triples import Sides, folders_above

Possible = dict[str, list[Entry | None]]


def possible_entries(
    actions: MutableMapping[str, Action], decisions: MutableMapping[str, Decision], changes: Changes, sides: Sides
) -> Possible:
    """Return what may stand at each path that was looked at: one thing, or what each answer to a decision writes."""
    found: Possible = {path: [None if triple.moved else triple.ours] for path, triple in sides.triples.items()}
    found.update({path: [entry] for path, entry in changes.items()})
    for action in actions.values():
        found.update({path: [entry] for path, entry in action.changes.items()})
    for decision in decisions.values():
        for path in {path for option in decision.options for path in option.changes}:
            found[path] = [option.changes.get(path) for option in decision.options]
    return found


def untangle(
    actions: MutableMapping[str, Action],
    decisions: MutableMapping[str, Decision],
    changes: MutableMapping[str, Entry | None],
    given: Sides,
    sides: Sides,
    source: str,
) -> list[str]:
    """Replace what was ruled at and below a path that would be a file and a folder at once by one decision.

    `given` are the sides before renames were followed: the options give each side's own paths back. Returns the paths
    that were ruled on anew.
    """
    again: list[str] = []
    possible = possible_entries(actions, decisions, changes, sides)
    holders = {folder for path, entries in possible.items() if any(entries) for folder in folders_above(path)}
    tangled = sorted(
        path
        for path, entries in possible.items()
        if path in holders and any(entry is not None and entry.type != "dir" for entry in entries)
    )
    for top in tangled:
        if any(folder in tangled for folder in folders_above(top)):
            continue
        paths = _affected(top, given, sides)
        for path in paths:
            actions.pop(path, None)
            decisions.pop(path, None)
            changes.pop(path, None)
        decisions[top] = _decision(top, paths, given, source)
        again += paths
    return again


def _affected(top: str, given: Sides, sides: Sides) -> list[str]:
    """Return the paths at and below `top`, and the old names of what was renamed to there."""
    inside = {
        path
        for triples in (given.triples, sides.triples)
        for path in triples
        if path == top or path.startswith(f"{top}/")
    }
    old = {sides.triples[path].renamed_from for path in inside if path in sides.triples}
    return sorted(inside | {path for path in old if path is not None})


def _decision(top: str, paths: list[str], given: Sides, source: str) -> Decision:
    nothing = Triple(top, None, None, None)
    triples = {path: given.triples.get(path, nothing) for path in paths}
    of_main = {path: triple.main for path, triple in triples.items()}
    of_ours = {path: triple.ours for path, triple in triples.items()}
    base = triples.get(top, nothing).base
    sides = Triple(top, base, _shown(top, of_ours), _shown(top, of_main))
    return Decision(
        path=top,
        kind="type_change",
        row=0,
        main_intent=sentences.intent(base, sides.main),
        workspace_intent=sentences.intent(base, sides.ours),
        reason=sentences.reason("type_change", source),
        options=sentences.two_options(sides, source, of_main, of_ours),
        sides=sides,
    )


def _shown(top: str, side: Changes) -> Entry | None:
    """Return what a side has at the top: its entry, or a folder where it has something below."""
    entry = side.get(top)
    if entry is None and any(found is not None and path.startswith(f"{top}/") for path, found in side.items()):
        return Entry(type="dir", path=top)
    return entry
