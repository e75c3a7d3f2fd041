"""Which turn of an agent brought a line."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from asterism.features.talk.provenance import store
from asterism.features.talk.provenance.files import FileHistory
from asterism.features.talk.provenance.models import Turn
from asterism.features.versions import snapshots
from asterism.features.versions.snapshots import Snapshot
from asterism.kernel.db import Tx
from asterism.vcs.blame import Brought, Version, held_lines

K = TypeVar("K")
MOST_TURNS = 5000


def turns_behind(
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
        found |= brought_by(history, version.path, history.content(version), mine, turns)
    return found


def brought_by(
    history: FileHistory, path: str, content: bytes, lines: Mapping[int, K], turns: Sequence[Turn]
) -> dict[K, Turn]:
    """Go back through turns, newest first: one that ended with a line, and did not begin with it, has brought it.

    `lines` are numbers in `content` (from 0), each with what the answer knows it by.
    """
    found: dict[K, Turn] = {}
    for turn in turns:
        left = [number for number in lines if lines[number] not in found]
        if not left:
            break
        ended = history.text(history.node(turn.manifest_hash, path))
        began = history.text(history.node(turn.tree, path)) if turn.tree else b""
        in_end = held_lines(ended, content)
        in_begin = held_lines(began, ended)
        for number in left:
            if number in in_end and in_end[number] not in in_begin:
                found[lines[number]] = turn
    return found
