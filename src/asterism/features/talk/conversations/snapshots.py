"""Registering what a conversation's workspace shows as a snapshot (Fastest 8.9)."""

from collections import Counter
from dataclasses import dataclass

from asterism.features.accounts.identity import Caller
from asterism.features.talk.conversations.service import get_conversation
from asterism.features.versions import storage, workspaces
from asterism.features.versions.snapshots import NewSnapshot
from asterism.features.versions.workcopies import described, sentence
from asterism.kernel.db import Tx


@dataclass(frozen=True, slots=True)
class Saved:
    """What there is to branch from now; `changes` are counted against the head before, None when it was clean."""

    snapshot_id: str | None
    manifest_hash: str | None
    was_dirty: bool
    summary: str | None = None
    changes: Counter[str] | None = None


def save_snapshot(tx: Tx, caller: Caller, conversation_id: str, *, summarize: bool) -> Saved:
    """Register the working tree as a snapshot unless it is the head's. Raises UnknownConversation, BlobsMissing."""
    conversation = get_conversation(tx, caller, conversation_id)
    workspace, project = workspaces.workspace_and_project(tx, caller, conversation.workspace_id, lock=True)
    shown = workspaces.working_manifest(tx, project, workspace)
    before = workspaces.head_manifest(tx, project, workspace)
    if shown is None:
        return Saved(None, None, was_dirty=False)
    head = workspace.current_snapshot_id
    if head is not None and storage.equal(tx, caller.user_id, before, shown):
        return Saved(head, before, was_dirty=False)
    changes = described(storage.changes(tx, caller.user_id, before, shown))
    summary = sentence(changes) if summarize else None
    new = NewSnapshot(shown, parents=(head,) if head else (), source="web", summary=summary)
    made = workspaces.push_snapshot(tx, caller, project.id, new, workspace.id)
    counted: Counter[str] = Counter(one.change for one in changes)
    return Saved(made.snapshot.id, shown, was_dirty=True, summary=summary, changes=counted)
