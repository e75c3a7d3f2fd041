"""Use cases: the checkpoints of a conversation, going back to one, undoing that, and branching (beyond 2)."""

from asterism.base import ids
from asterism.base.pagination import Page, decode_cursor, encode_cursor
from asterism.features.accounts.identity import Caller
from asterism.features.talk import checkpoints, conversations
from asterism.features.talk.checkpoints import Checkpoint
from asterism.features.talk.conversations import Conversation, Cut, Inside, events
from asterism.features.talk.rewinds import store
from asterism.features.talk.rewinds.errors import CannotUndo, TurnRunning, UnknownRewind
from asterism.features.talk.rewinds.models import Forked, Rewind, Rewound, Wanted
from asterism.features.talk.rewinds.places import Moment, find_moment
from asterism.features.versions import storage, workspaces
from asterism.features.versions.projects import Project
from asterism.features.versions.workcopies import FileChange, described
from asterism.features.versions.workspaces import NewWorkspace, Workspace
from asterism.kernel.db import Tx
from asterism.kernel.streams import Streams


def list_checkpoints(
    tx: Tx,
    caller: Caller,
    conversation_id: str,
    *,
    limit: int,
    cursor: str | None = None,
    message_id: str | None = None,
) -> Page[Checkpoint]:
    """Return checkpoints of a conversation (of a turn), oldest first. Raises UnknownConversation or Invalid."""
    conversation = conversations.get_conversation(tx, caller, conversation_id)
    scope = f"checkpoints:{conversation.id}:{message_id}"
    after = decode_cursor(scope, cursor, tuple[str])[0] if cursor else None
    found = checkpoints.page(tx, conversation.id, limit=limit + 1, after=after, message_id=message_id)
    more = len(found) > limit
    return Page(found[:limit], encode_cursor(scope, [found[limit - 1].id]) if more else None)


def rewind(tx: Tx, streams: Streams, caller: Caller, conversation_id: str, wanted: Wanted, *, preview: bool) -> Rewound:
    """Go back in a conversation: its files, its messages, or both. Nothing is deleted; `undo` brings both back.

    Raises UnknownConversation, UnknownMessage, UnknownCheckpoint, Invalid, TurnRunning, UnknownManifest or
    BlobsMissing.
    """
    conversation, workspace, project, moment = _place(
        tx, caller, conversation_id, wanted.checkpoint_id, wanted.message_id
    )
    shown = workspaces.working_manifest(tx, project, workspace)
    files = wanted.files and moment.tree is not None
    tree = moment.tree if files else shown
    changes = _files(tx, caller, shown, tree)
    if preview:
        hidden = conversations.count_from(tx, conversation.id, moment.position) if wanted.messages else 0
        inside = moment.inside if wanted.messages else None
        parts = conversations.count_cut(tx, inside) if inside is not None else 0
        return Rewound(None, tree, None, hidden, changes, parts)
    rewind_id = ids.ulid()
    streams.append_in(tx, conversation.stream, events.ConversationRewound(rewind_id=rewind_id, tree=tree))
    hidden, cut, parts = 0, None, 0
    if wanted.messages:
        hidden = conversations.hide_from(tx, conversation.id, moment.position, rewind_id)
        cut, parts = _cut(tx, streams, caller, conversation, moment.inside, rewind_id)
    safety = _show(tx, caller, project, workspace, tree) if files and tree is not None else None
    made = Rewind(
        id=rewind_id,
        conversation_id=conversation.id,
        workspace_id=workspace.id,
        files=files,
        from_tree=shown,
        tree=tree,
        next_position=conversation.next_position,
        created_at=tx.now(),
        cut=cut,
    )
    store.insert(tx, caller.user_id, made)
    return Rewound(rewind_id, tree, safety, hidden, changes, parts)


def _cut(
    tx: Tx, streams: Streams, caller: Caller, conversation: Conversation, inside: Inside | None, rewind_id: str
) -> tuple[Cut | None, int]:
    """Cut the turn that a moment is in the middle of; return what it was, and how many of its parts are hidden."""
    if inside is None:
        return None, 0
    files = _files(tx, caller, inside.start, inside.at.tree)
    found = conversations.cut_turn(tx, streams, conversation, inside, rewind_id, files)
    return found or (None, 0)


def undo(tx: Tx, streams: Streams, caller: Caller, conversation_id: str, rewind_id: str) -> Rewound:
    """Bring back what going back has hidden, and the tree that the workspace showed before.

    Raises UnknownConversation, UnknownRewind, TurnRunning, or CannotUndo once a later turn exists.
    """
    conversation, workspace, project = _open(tx, caller, conversation_id)
    done = store.one(tx, conversation.id, rewind_id)
    if done is None:
        raise UnknownRewind
    if done.undone_at is not None:
        raise CannotUndo("it was undone already")
    if conversation.next_position != done.next_position:
        raise CannotUndo("there is a later turn")
    if store.newest(tx, conversation.id) != done:
        raise CannotUndo("somebody went back once more since then; undo that first")
    conversations.show_again(tx, conversation.id, done.id)
    shown = workspaces.working_manifest(tx, project, workspace)
    back = done.files and done.from_tree is not None and workspace.id == done.workspace_id
    tree = done.from_tree if back else shown
    changes = _files(tx, caller, shown, tree)
    safety = _show(tx, caller, project, workspace, tree, unless=done.tree) if back and tree is not None else None
    store.set_undone(tx, done.id)
    streams.append_in(tx, conversation.stream, events.ConversationRewound(rewind_id=done.id, tree=tree, undone=True))
    if done.cut is not None:
        conversations.restore_turn(tx, streams, conversation, done.cut, done.id)
    return Rewound(done.id, tree, safety, 0, changes)


def fork(
    tx: Tx,
    streams: Streams,
    caller: Caller,
    conversation_id: str,
    wanted: Wanted,
    *,
    new_workspace: bool,
    name: str | None = None,
    title: str | None = None,
) -> Forked:
    """Branch from a moment of a conversation, into a workspace of its own that shows the tree of that moment, or here.

    Raises UnknownConversation, UnknownMessage, UnknownCheckpoint, Invalid, LimitReached, TooManyConversations,
    UnknownManifest or BlobsMissing.
    """
    source = conversations.get_conversation(tx, caller, conversation_id)
    moment = find_moment(tx, source, wanted.checkpoint_id, wanted.message_id)
    workspace, project = workspaces.workspace_and_project(tx, caller, source.workspace_id)
    if new_workspace:
        base = workspace.current_snapshot_id
        chosen = NewWorkspace(name=name or f"{workspace.name} fork", base_snapshot_id=base)
        workspace = workspaces.create_workspace(tx, caller, project.id, chosen)
        if moment.tree is not None:
            _show(tx, caller, project, workspace, moment.tree)
    made = conversations.create_conversation(tx, streams, caller, workspace.id, title=title or source.title)
    inside = moment.inside
    conversations.copy_before(tx, source.id, made, moment.position if inside is None else inside.turn.position)
    if inside is not None:
        files = _files(tx, caller, inside.start, inside.at.tree)
        conversations.copy_cut(tx, streams, source, inside, made, files)
    return Forked(
        conversations.get_conversation(tx, caller, made.id), workspaces.get_workspace(tx, caller, workspace.id)
    )


def _place(
    tx: Tx, caller: Caller, conversation_id: str, checkpoint_id: str | None, message_id: str | None
) -> tuple[Conversation, Workspace, Project, Moment]:
    conversation, workspace, project = _open(tx, caller, conversation_id)
    return conversation, workspace, project, find_moment(tx, conversation, checkpoint_id, message_id)


def _open(tx: Tx, caller: Caller, conversation_id: str) -> tuple[Conversation, Workspace, Project]:
    """Hold a conversation in which nothing runs, and its workspace. Raises UnknownConversation or TurnRunning."""
    conversation = conversations.get_conversation(tx, caller, conversation_id, lock=True)
    if conversations.has_active(tx, conversation.id):
        raise TurnRunning
    workspace, project = workspaces.workspace_and_project(tx, caller, conversation.workspace_id, lock=True)
    return conversation, workspace, project


def _show(
    tx: Tx, caller: Caller, project: Project, workspace: Workspace, tree: str, *, unless: str | None = None
) -> str | None:
    """Make a tree the working tree; return the safety snapshot of unsaved work, but for the tree `unless`."""
    storage.hold(tx, caller.user_id)
    storage.require_complete(tx, caller.user_id, tree)
    shown = workspaces.working_manifest(tx, project, workspace)
    safety = None
    if shown != unless:
        safety = workspaces.save_unsaved(tx, project, workspace, tree, cause="rewind", actor=caller.client)
    if shown != tree:
        workspaces.show_tree(tx, project, workspace, tree, cause="rewind", actor=caller.client)
    return safety.id if safety else None


def _files(tx: Tx, caller: Caller, old: str | None, new: str | None) -> tuple[FileChange, ...]:
    if old == new:
        return ()
    return tuple(described(storage.changes(tx, caller.user_id, old, new)))


def manifest_roots(tx: Tx, user_id: str) -> set[str]:
    """Return the trees of rewinds, which keeps them from being collected."""
    return store.trees(tx, user_id)


ROOTS = storage.Roots(maybe=manifest_roots, columns=("rewinds.from_tree", "rewinds.tree"))
