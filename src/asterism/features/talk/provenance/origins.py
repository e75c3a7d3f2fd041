"""Use case: what brought lines of a tree that a workspace shows, saved or not (beyond 5, 12)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from asterism.features.talk.provenance import store
from asterism.features.talk.provenance.files import FileHistory
from asterism.features.talk.provenance.models import Origin, ShownFile, Turn
from asterism.features.talk.provenance.turns import MOST_TURNS, brought_by, turns_behind
from asterism.features.versions import projects, snapshots, workspaces
from asterism.features.versions.snapshots import Snapshot
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Tx
from asterism.vcs.blame import Version, blame, held_lines


@dataclass(frozen=True, slots=True)
class _Asked:
    """A file as it is shown, and the history of the head that its workspace has."""

    file: ShownFile
    history: FileHistory
    content: bytes
    head: Snapshot | None


def origins_of(tx: Tx, blobs: Blobs, file: ShownFile, numbers: Sequence[int]) -> dict[int, Origin]:
    """Return what brought lines (from 1) of a file: what is in the workspace's head as blame says, the rest by turns.

    A line of unsaved work that no turn has brought is left out, and so is everything of a file that is no text.
    """
    project = projects.find_live(tx, file.project_id)
    workspace = None if project is None else workspaces.find_live(tx, project, file.workspace_id)
    if project is None or workspace is None:
        return {}
    named = workspace.current_snapshot_id
    head = snapshots.find_many(tx, project.id, [named]).get(named) if named else None
    history = FileHistory(tx, blobs, project, None if head is None else head.id)
    asked = _Asked(file, history, history.text(history.node(file.tree, file.path)), head)
    saved = _saved(tx, asked, numbers)
    left = {number - 1: number for number in numbers if number not in saved}
    since = "" if head is None else head.registered_at
    turns = [turn for _, at, turn in store.turns_of(tx, [workspace.id], MOST_TURNS) if at > since] if left else []
    brought = brought_by(history, file.path, asked.content, left, turns)
    return {**saved, **{number: _by_turn(None, turn) for number, turn in brought.items()}}


def _saved(tx: Tx, asked: _Asked, numbers: Sequence[int]) -> Mapping[int, Origin]:
    """Return what brought those lines that the head holds, under whatever name its file has there."""
    head, history = asked.head, asked.history
    path = None if head is None else history.path_in(head.manifest_hash, asked.file.tree, asked.file.path)
    if head is None or path is None:
        return {}
    start = Version(head.id, path)
    held = held_lines(history.content(start), asked.content)
    wanted = {number: held[number - 1] for number in numbers if number - 1 in held}
    lines = blame(start, history.content, history.parents) if wanted else []
    origins = {number: lines[line] for number, line in wanted.items() if line < len(lines)}
    project_id = asked.file.project_id
    known = snapshots.find_many(tx, project_id, list({one.version.snapshot for one in origins.values()}))
    turns = turns_behind(tx, history, project_id, list(origins.values()), known)
    return {number: _by_turn(one.version.snapshot, turns.get(one)) for number, one in origins.items()}


def _by_turn(snapshot_id: str | None, turn: Turn | None) -> Origin:
    return Origin(snapshot_id, turn.conversation_id if turn else None, turn.message_id if turn else None)
