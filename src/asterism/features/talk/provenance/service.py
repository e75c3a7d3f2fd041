"""Use case: where the lines of a file come from (beyond 12)."""

from collections.abc import Sequence

from asterism.base.errors import Invalid
from asterism.features.accounts.identity import Caller
from asterism.features.talk.provenance import store
from asterism.features.talk.provenance.files import FileHistory
from asterism.features.talk.provenance.models import Line, Turn
from asterism.features.versions import projects, snapshots, storage, sync
from asterism.features.versions.snapshots import Snapshot
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Tx
from asterism.vcs.blame import Brought, Version, blame, held_lines
from asterism.vcs.linediff import split_lines

MOST_TURNS = 5000


def blame_file(
    tx: Tx, blobs: Blobs, caller: Caller, snapshot_id: str, path: str, *, first: int = 1, last: int | None = None
) -> list[Line]:
    """Return the lines of a file from `first` to `last` (from 1, both included), each with what brought it.

    Raises UnknownSnapshot, UnknownPath, or Invalid for what is no text of up to 2 MiB.
    """
    snapshot = snapshots.get_snapshot(tx, caller, snapshot_id)
    project = projects.get_project(tx, caller, snapshot.project_id)
    history = FileHistory(tx, blobs, project, snapshot.id)
    node = history.node(snapshot.manifest_hash, path)
    if node is None or node.type == "dir":
        raise storage.UnknownPath(path)
    start = Version(snapshot.id, path)
    content = history.content(start)
    if node.type != "file" or (node.size and not content) or b"\0" in content:
        raise Invalid.field("query.path", "must name a text of at most 2 MiB")
    lines = split_lines(content)
    origins = blame(start, history.content, history.parents)[first - 1 : last]
    known = snapshots.find_many(tx, project.id, list({one.version.snapshot for one in origins}))
    synced = sync.made_by(tx, list(known))
    turns = _turns(tx, history, project.id, origins, known)
    return [
        Line(
            number=number,
            text=lines[number - 1].decode("utf-8", "replace").rstrip("\r\n"),
            snapshot_id=one.version.snapshot,
            path=one.version.path,
            author_name=known[one.version.snapshot].author_name,
            at=known[one.version.snapshot].created_at,
            turn=turns.get(one),
            sync_id=synced.get(one.version.snapshot),
        )
        for number, one in enumerate(origins, start=first)
    ]


def _turns(
    tx: Tx, history: FileHistory, project_id: str, origins: Sequence[Brought], known: dict[str, Snapshot]
) -> dict[Brought, Turn]:
    """Return the turns that brought lines between a snapshot and the one before it."""
    ended = store.turns_of(tx, list({one.workspace_id for one in known.values() if one.workspace_id}), MOST_TURNS)
    if not ended:
        return {}
    parents = snapshots.find_many(tx, project_id, list({parent for one in known.values() for parent in one.parents}))
    lines: dict[Version, dict[int, Brought]] = {}
    for one in origins:
        lines.setdefault(one.version, {})[one.line] = one
    found: dict[Brought, Turn] = {}
    for version, mine in lines.items():
        snapshot = known[version.snapshot]
        after = max((parents[one].registered_at for one in snapshot.parents if one in parents), default="")
        turns = [
            turn
            for workspace_id, at, turn in ended
            if workspace_id == snapshot.workspace_id and after < at <= snapshot.registered_at
        ]
        found |= _brought(history, version, mine, turns)
    return found


def _brought(
    history: FileHistory, version: Version, lines: dict[int, Brought], turns: Sequence[Turn]
) -> dict[Brought, Turn]:
    """Go back through the turns: one that ended with a line, and did not begin with it, has brought it."""
    found: dict[Brought, Turn] = {}
    content = history.content(version)
    for turn in turns:
        left = [number for number in lines if lines[number] not in found]
        if not left:
            break
        ended = history.text(history.node(turn.manifest_hash, version.path))
        began = history.text(history.node(turn.tree, version.path)) if turn.tree else b""
        in_end = held_lines(ended, content)
        in_begin = held_lines(began, ended)
        for number in left:
            if number in in_end and in_end[number] not in in_begin:
                found[lines[number]] = turn
    return found
