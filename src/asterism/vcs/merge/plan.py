"""The plan of a merge: renames are followed, the table rules on every path, contents are merged, shapes are checked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from asterism.vcs.content import hash_bytes
from asterism.vcs.linediff import MAX_BYTES
from asterism.vcs.manifest import Entry
from asterism.vcs.merge import sentences
from asterism.vcs.merge.contents import Combine, Combined, combine
from asterism.vcs.merge.models import USE_MAIN, USE_WORKSPACE, Action, Decision, Plan, Read, Triple
from asterism.vcs.merge.renames import TwoNames, follow_renames
from asterism.vcs.merge.rules import Ruling, mode_of, rule
from asterism.vcs.merge.shapes import possible_entries, untangle
from asterism.vcs.merge.triples import Sides, folders_above

_READ_BYTES = 32 * 1024 * 1024
_CUSTOM = frozenset({"content", "add_add", "modify_delete", "delete_modify", "binary", "too_large", "lockfile"})


@dataclass
class Draft:
    """A plan in the making; every path stands in at most one of `actions` and `decisions`."""

    source: str
    actions: dict[str, Action] = field(default_factory=dict)
    decisions: dict[str, Decision] = field(default_factory=dict)
    changes: dict[str, Entry | None] = field(default_factory=dict)
    folders: dict[str, Ruling] = field(default_factory=dict)
    unchanged: int = 0
    missing: set[str] = field(default_factory=set)


def make_plan(sides: Sides, read: Read, *, source: str = "main", combine: Combine = combine) -> Plan:
    """Merge three trees (Fastest 5). `read` is asked only for contents that both sides changed, and for renames.

    `source` is the name of main in the sentences. `combine` merges one file; nothing else looks at contents.
    """
    given = sides
    sides, two_names = follow_renames(given, read)
    draft = Draft(source, unchanged=sides.unchanged)
    contents: list[tuple[Triple, Ruling]] = []
    for triple in sides.triples.values():
        ruling = rule(triple)
        if triple.forced is not None:
            ruling = Ruling(14 if triple.forced == "modify_delete" else 15, "decide", kind=triple.forced)
        if ruling.outcome == "combine":
            contents.append((triple, ruling))
        else:
            _enter(draft, triple, ruling)
    for triple, ruling, combined in _combine_all(draft, contents, read, combine):
        _enter_combined(draft, triple, ruling, combined)
    for clash in two_names:
        _enter_two_names(draft, clash, read, combine)
    for path in untangle(draft.actions, draft.decisions, draft.changes, given, sides, source):
        draft.folders.pop(path, None)
    _settle_folders(draft, sides)
    return _finish(draft)


def _enter(draft: Draft, triple: Triple, ruling: Ruling) -> None:
    draft.unchanged += ruling.same and not ruling.mode_only
    entry, standing = ruling.entry, None if triple.moved else triple.ours
    if ruling.outcome == "folder":
        draft.folders[triple.path] = ruling
        if entry != triple.ours:
            draft.changes[triple.path] = entry
    elif ruling.outcome == "decide":
        draft.decisions[triple.path] = decision_of(triple, ruling, draft.source)
    elif ruling.outcome == "keep" and not (triple.moved and entry is not None):
        if entry is not None and entry != standing:
            draft.changes[triple.path] = entry
    else:
        kind = "delete" if ruling.outcome == "delete" else "copy_from_main"
        draft.actions[triple.path] = Action(
            path=triple.path,
            kind="delete" if kind == "delete" else "copy_from_main",
            row=ruling.row,
            description=_described(triple, ruling, draft.source),
            entry=entry,
            changes={triple.path: entry},
            count="add" if standing is None and entry is not None and triple.renamed_from else ruling.count,
            renamed_from=triple.renamed_from,
            sides=triple,
        )


def _described(triple: Triple, ruling: Ruling, source: str) -> str:
    if ruling.outcome == "delete":
        return f"Deleted in {source}"
    if triple.moved:
        return sentences.renamed(f"Takes its name from {source}", triple.renamed_from)
    if ruling.mode_only and ruling.entry is not None and triple.ours is not None:
        return f"Mode {triple.ours.mode:04o} becomes {ruling.entry.mode:04o}, as in {source}"
    verb = "Added" if triple.base is None else "Changed"
    return sentences.renamed(f"{verb} in {source}", triple.renamed_from)


def decision_of(triple: Triple, ruling: Ruling, source: str, combined: Combined | None = None) -> Decision:
    """Return the decision of one path, with both options."""
    kind = ruling.kind if combined is None or combined.kind == "content" else combined.kind
    sides = triple
    if ruling.kind != "type_change":
        mode = mode_of(triple.base, triple.ours, triple.main)
        sides = Triple(
            triple.path, triple.base, _with_mode(triple.ours, mode), _with_mode(triple.main, mode), triple.renamed_from
        )
    path = triple.path
    return Decision(
        path=path,
        kind=kind,
        row=13 if kind in ("binary", "too_large") and ruling.row == 12 else ruling.row,
        main_intent=sentences.intent(triple.base, triple.main),
        workspace_intent=sentences.intent(triple.base, triple.ours),
        reason=sentences.reason(kind, source),
        options=sentences.two_options(sides, source, {path: sides.main}, {path: sides.ours}),
        sides=triple,
        recommended={14: USE_WORKSPACE, 15: USE_MAIN}.get(ruling.row),
        allows_custom=kind in _CUSTOM,
        mode=mode_of(triple.base, triple.ours, triple.main),
        regions=combined.regions if combined is not None else (),
        renamed_from=triple.renamed_from,
    )


def _with_mode(entry: Entry | None, mode: int) -> Entry | None:
    return msgspec.structs.replace(entry, mode=mode) if entry is not None and entry.type == "file" else entry


def _combine_all(
    draft: Draft, wanted: Sequence[tuple[Triple, Ruling]], read: Read, combine: Combine
) -> Iterator[tuple[Triple, Ruling, Combined]]:
    """Read and merge contents in groups of some megabytes."""
    group: list[tuple[Triple, Ruling]] = []
    size = 0
    for triple, ruling in wanted:
        files = _files(triple)
        if ruling.row == 4:
            yield triple, ruling, Combined(None)
        elif any(file.size > MAX_BYTES for file in files):
            yield triple, ruling, Combined(None, kind="too_large")
        else:
            group.append((triple, ruling))
            size += sum(file.size for file in files)
        if size > _READ_BYTES:
            yield from _combine_group(draft, group, read, combine)
            group, size = [], 0
    yield from _combine_group(draft, group, read, combine)


def _combine_group(
    draft: Draft, group: Sequence[tuple[Triple, Ruling]], read: Read, combine: Combine
) -> Iterator[tuple[Triple, Ruling, Combined]]:
    if not group:
        return
    contents = read(list(dict.fromkeys(file.hash for triple, _ in group for file in _files(triple))))
    for triple, ruling in group:
        hashes = [file.hash for file in _files(triple)]
        missing = [name for name in hashes if name not in contents]
        if missing:
            draft.missing.update(missing)
            yield triple, ruling, Combined(None)
        else:
            base, ours, main = (contents[name] for name in hashes)
            yield triple, ruling, combine(triple.path, base, ours, main)


def _files(triple: Triple) -> list[Entry]:
    return [entry for entry in (triple.base, triple.ours, triple.main) if entry is not None and entry.type == "file"]


def _enter_combined(draft: Draft, triple: Triple, ruling: Ruling, combined: Combined) -> None:
    decision = decision_of(triple, ruling, draft.source, combined)
    if combined.content is None:
        draft.decisions[triple.path] = decision
    else:
        draft.actions[triple.path] = combined_action(decision, combined.content, combined)


def combined_action(decision: Decision, content: bytes, combined: Combined) -> Action:
    """Return the action that a decision becomes once its contents are merged."""
    how = {"lines": "lines", "structure": "structure", "model": "a model"}[combined.method]
    entry = Entry(type="file", path=decision.path, hash=hash_bytes(content), size=len(content), mode=decision.mode)
    return Action(
        path=decision.path,
        kind="ai_combined",
        row=decision.row,
        description=sentences.renamed(f"Both sides changed it; merged by {how}", decision.renamed_from),
        entry=entry,
        changes={decision.path: entry},
        count="add" if decision.sides.moved else "update",
        method=combined.method,
        content=content,
        proof=combined.proof,
        renamed_from=decision.renamed_from,
        options=decision.options,
        sides=decision.sides,
    )


def _enter_two_names(draft: Draft, clash: TwoNames, read: Read, combine: Combine) -> None:
    """A file with two new names: each option has one of them, with the merged content where that is clean."""
    triple = clash.sides
    base, ours, main = triple.base, triple.ours, triple.main
    if base is None or ours is None or main is None:
        return
    mode = mode_of(base, ours, main)
    here, there = _with_mode(ours, mode), _with_mode(main, mode)
    ruling = rule(Triple(main.path, base, ours, main))
    content: bytes | None = None
    if ruling.outcome == "combine":
        for _, _, combined in _combine_all(draft, [(triple, ruling)], read, combine):
            content = combined.content
    if content is not None:
        size, name = len(content), hash_bytes(content)
        merged = Entry(type="file", path=main.path, hash=name, size=size, mode=mode)
        here, there = msgspec.structs.replace(merged, path=ours.path), merged
    elif ruling.entry is not None:
        kept = ruling.entry
        here, there = (msgspec.structs.replace(kept, path=path, mode=mode) for path in (ours.path, main.path))
    shown = Triple(main.path, base, here, there, clash.old)
    options = sentences.two_options(shown, draft.source, {ours.path: None, main.path: there}, {ours.path: here})
    draft.decisions[main.path] = Decision(
        path=main.path,
        kind="rename",
        row=17,
        main_intent=f"Renames {clash.old} to {main.path}.",
        workspace_intent=f"Renames {clash.old} to {ours.path}.",
        reason=sentences.reason("rename", draft.source),
        options=options,
        sides=triple,
        mode=mode,
        renamed_from=clash.old,
        content=content,
    )


def _settle_folders(draft: Draft, sides: Sides) -> None:
    """Let a folder entry go only where nothing is kept below it (row 21)."""
    going = {path for path, ruling in draft.folders.items() if ruling.entry is None}
    if not going:
        return
    holding = {above for folder in sides.shared for above in (folder, *folders_above(folder))}
    for path, entries in possible_entries(draft.actions, draft.decisions, draft.changes, sides).items():
        if path not in going and any(entry is not None for entry in entries):
            holding.update(folders_above(path))
    for path in going & holding:
        triple = sides.triples[path]
        if triple.ours is not None:
            del draft.changes[path]
        elif triple.main is not None:
            draft.changes[path] = triple.main


def _finish(draft: Draft) -> Plan:
    changes = dict(draft.changes)
    for action in draft.actions.values():
        changes.update(action.changes)
    return Plan(
        actions=tuple(draft.actions[path] for path in sorted(draft.actions, key=str.encode)),
        decisions=tuple(draft.decisions[path] for path in sorted(draft.decisions, key=str.encode)),
        changes=changes,
        unchanged=draft.unchanged,
        missing_blobs=tuple(sorted(draft.missing)),
    )
