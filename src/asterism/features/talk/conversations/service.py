"""Use cases of conversations that need the database only; what works on prompts is `turns`."""

from collections.abc import Sequence
from typing import Any

from asterism.base import ids
from asterism.base.clock import parse, shift, stamp
from asterism.base.errors import Invalid
from asterism.features.accounts import identity
from asterism.features.accounts.identity import Caller
from asterism.features.talk.conversations import question_store, store
from asterism.features.talk.conversations.errors import OtherProject, TooManyConversations, UnknownConversation
from asterism.features.talk.conversations.events import ConversationFields, ConversationUpdate
from asterism.features.talk.conversations.folds import fold, of_message
from asterism.features.talk.conversations.models import (
    LOG_DAYS,
    LOG_FRAMES,
    MAX_CONVERSATIONS,
    STREAM,
    TIMELINE,
    Conversation,
    ConversationView,
    Message,
    Parts,
    Question,
    TimelineItem,
)
from asterism.features.talk.conversations.titles import clean_title
from asterism.features.versions import storage, workspaces
from asterism.kernel.db import Tx
from asterism.kernel.streams import Event, Head, Streams

TICKET = "conversation:"


def create_conversation(
    tx: Tx, streams: Streams, caller: Caller, workspace_id: str, *, title: str | None = None
) -> Conversation:
    """Make a conversation in a workspace; a blank title is none. Raises UnknownWorkspace, Invalid, LIMIT_REACHED."""
    workspace, project = workspaces.workspace_and_project(tx, caller, workspace_id)
    named = clean_title(title) if title is not None and title.strip() else None
    tx.take_turns("conversations", workspace.id)
    if store.count_in(tx, workspace.id) >= MAX_CONVERSATIONS:
        raise TooManyConversations
    now = tx.now()
    made = Conversation(
        id=ids.uuid4(),
        workspace_id=workspace.id,
        project_id=project.id,
        owner_user_id=project.owner_user_id,
        title=named,
        title_source="user" if named else "none",
        next_position=1,
        last_at=now,
        created_at=now,
        updated_at=now,
    )
    store.insert(tx, made)
    streams.create(tx, made.stream, shared=True)
    return made


def list_conversations(
    tx: Tx, caller: Caller, *, limit: int, offset: int, workspace_id: str | None = None
) -> list[ConversationView]:
    """Return conversations of the caller over all projects, the one that changed last first."""
    caller.scope.reach_all()
    return store.views(tx, caller.user_id, limit=limit, offset=offset, workspace_id=workspace_id)


def view_conversation(tx: Tx, caller: Caller, conversation_id: str) -> ConversationView:
    """Return a conversation of the caller with its surroundings. Raises UnknownConversation."""
    found = store.views(tx, caller.user_id, conversation_id=conversation_id)
    if not found:
        raise UnknownConversation
    caller.scope.reach(found[0].conversation.project_id, found[0].conversation.workspace_id)
    return found[0]


def get_conversation(tx: Tx, caller: Caller, conversation_id: str, *, lock: bool = False) -> Conversation:
    """Return a conversation of the caller; `lock` holds its row. Raises UnknownConversation."""
    found = store.of_user(tx, caller.user_id, conversation_id, lock=lock)
    if found is None:
        raise UnknownConversation
    caller.scope.reach(found.project_id, found.workspace_id)
    return found


def change_conversation(
    tx: Tx,
    streams: Streams,
    caller: Caller,
    conversation_id: str,
    *,
    title: str | None = None,
    workspace_id: str | None = None,
) -> None:
    """Rename a conversation or move it to another workspace of its project, which later turns then run in.

    Raises UnknownConversation, Invalid, UnknownWorkspace, OtherProject.
    """
    conversation = get_conversation(tx, caller, conversation_id, lock=True)
    values: dict[str, Any] = {"updated_at": tx.now()}
    if title is not None:
        values |= {"title": clean_title(title), "title_source": "user"}
    if workspace_id is not None:
        workspace, _ = workspaces.workspace_and_project(tx, caller, workspace_id)
        if workspace.project_id != conversation.project_id:
            raise OtherProject
        values["workspace_id"] = workspace.id
    if len(values) == 1:
        raise Invalid.field("", "needs title or workspace_id")
    store.update(tx, conversation.id, values)
    tell_changed(tx, streams, conversation.id)


def tell_changed(tx: Tx, streams: Streams, conversation_id: str) -> None:
    """Tell everybody who follows a conversation what it is now."""
    changed = store.locked(tx, conversation_id)
    if changed is not None:
        streams.append_in(tx, changed.stream, ConversationUpdate(ConversationFields.of(changed)))


def list_messages(
    tx: Tx, caller: Caller, conversation_id: str, *, limit: int, before: str | None = None
) -> tuple[list[Message], bool]:
    """Return the newest messages, oldest first, and whether there are more before them.

    `before` is the id of a message of this conversation, or a time. Raises UnknownConversation, Invalid.
    """
    conversation = get_conversation(tx, caller, conversation_id)
    position = moment = None
    if before is not None:
        named = store.message(tx, before, conversation.id)
        position = named.position if named else None
        moment = None if named else _moment(before)
    found = store.newest(tx, conversation.id, limit=limit + 1, before_position=position, before_time=moment)
    return found[-limit:], len(found) > limit


def _moment(text: str) -> str:
    try:
        return stamp(parse(text))
    except (ValueError, OverflowError):
        problem = "must be the id of a message of this conversation, or a time with an offset"
        raise Invalid.field("query.before", problem) from None


def all_parts(tx: Tx, streams: Streams, caller: Caller, conversation_id: str) -> dict[str, Parts]:
    """Return what the agent told, by assistant message, those that run included. Raises UnknownConversation."""
    conversation = get_conversation(tx, caller, conversation_id)
    found = store.parts_of_conversation(tx, conversation.id)
    for turn in store.active(tx, conversation.id):
        if turn.status == "running":
            found[turn.id] = running_parts(tx, streams, conversation, turn)
    return {message_id: parts for message_id, parts in found.items() if parts.infos or parts.parts}


def running_parts(tx: Tx, streams: Streams, conversation: Conversation, turn: Message) -> Parts:
    """Return what the log tells of a turn so far."""
    return fold(of_message(streams.read_after(tx, conversation.stream, turn.log_start), turn.id)).whole


def list_questions(tx: Tx, caller: Caller, conversation_id: str, *, only_open: bool) -> list[Question]:
    """Return questions in the order they were asked. Raises UnknownConversation."""
    conversation = get_conversation(tx, caller, conversation_id)
    return question_store.questions(tx, conversation.id, only_open=only_open)


def list_timeline(tx: Tx, caller: Caller, conversation_id: str) -> list[TimelineItem]:
    """Return the newest items of the timeline, oldest first. Raises UnknownConversation."""
    conversation = get_conversation(tx, caller, conversation_id)
    return question_store.timeline(tx, conversation.id, TIMELINE)


def read_log(
    tx: Tx, streams: Streams, caller: Caller, conversation_id: str, *, after: int, limit: int
) -> tuple[Sequence[Event], Head, bool]:
    """Return logged frames above a seq, the end of the log, and whether some in between are not kept any more.

    Raises UnknownConversation.
    """
    conversation = get_conversation(tx, caller, conversation_id)
    head = streams.head(tx, conversation.stream) or Head(0, closed=True)
    return streams.read_after(tx, conversation.stream, after, limit), head, has_gap(head, after)


def has_gap(head: Head, after: int) -> bool:
    """Tell whether a log cannot tell everything after a seq: what follows was dropped, or was never there."""
    return after < head.floor or after > head.last_seq


def find_conversation(tx: Tx, conversation_id: str) -> Conversation | None:
    """Return a conversation, whoever owns it and wherever it is."""
    return store.find(tx, conversation_id)


def make_stream_ticket(tx: Tx, caller: Caller, conversation_id: str) -> identity.IssuedToken:
    """Make a ticket that opens the stream of this conversation once. Raises UnknownConversation."""
    conversation = get_conversation(tx, caller, conversation_id)
    return identity.create_ticket(tx, caller, TICKET + conversation.id)


def prune_logs(tx: Tx, streams: Streams) -> None:
    """Drop frames that are older than 30 days, except for the last 1,000 of a conversation (Fastest 8.7)."""
    before = shift(tx.now(), seconds=-LOG_DAYS * 24 * 3600)
    for conversation_id in store.quiet(tx):
        streams.retain(tx, STREAM + conversation_id, before, keep=LOG_FRAMES)


def manifest_roots(tx: Tx, user_id: str) -> set[str]:
    """Return the manifests of turns and timelines, which keeps them from being collected."""
    return store.manifest_hashes(tx, user_id) | question_store.timeline_manifests(tx, user_id)


ROOTS = storage.Roots(
    maybe=manifest_roots,
    columns=(
        "conversation_messages.tree",
        "conversation_messages.manifest_hash",
        "conversation_timeline.manifest_hash",
        "conversation_timeline.previous_manifest_hash",
    ),
)
