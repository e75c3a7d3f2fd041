"""Use cases of chats and messages."""

from collections.abc import Mapping, Sequence
from typing import Any

from asterism.base import ids
from asterism.base.errors import Invalid, TooLarge
from asterism.features.accounts.identity import Caller
from asterism.features.talk import retrieval
from asterism.features.talk.chats import store
from asterism.features.talk.chats.errors import BadCursor, UnknownChat
from asterism.features.talk.chats.models import (
    ANSWERED,
    ANSWERS,
    MAX_CONTENT_BYTES,
    UNTITLED,
    Answer,
    Chat,
    Message,
    MessageCounts,
    Role,
    Said,
)
from asterism.features.talk.chats.titles import clean_title, title_from
from asterism.features.versions import projects, workspaces
from asterism.kernel.db import Tx

UNCHANGED: Any = object()


def create_chat(
    tx: Tx, caller: Caller, project_id: str, *, title: str | None = None, workspace_id: str | None = None
) -> Chat:
    """Make a chat. Raises UnknownProject, or Invalid for a long title or a workspace that is not of the project."""
    title = clean_title(title or "") or UNTITLED
    project = projects.get_project(tx, caller, project_id)
    if workspace_id is not None:
        _check_workspace(tx, caller, project, workspace_id)
    now = tx.now()
    source: Any = "default" if title == UNTITLED else "user"
    chat = Chat(ids.ulid(), project.id, workspace_id, caller.user_id, title, source, 1, None, now, now, None)
    store.insert_chat(tx, chat)
    return chat


def get_chat(tx: Tx, caller: Caller, chat_id: str, *, lock: bool = False) -> Chat:
    """Return a chat of the caller, of a project that is not deleted. Raises UnknownChat."""
    chat = store.chat_of_user(tx, caller.user_id, chat_id, lock=lock)
    if chat is None:
        raise UnknownChat
    try:
        projects.get_project(tx, caller, chat.project_id)
    except projects.UnknownProject:
        raise UnknownChat from None
    return chat


def list_chats(
    tx: Tx,
    caller: Caller,
    project_id: str,
    *,
    workspace_id: str | None = None,
    limit: int | None = None,
    before: str | None = None,
) -> Sequence[Chat]:
    """Return chats, most recently active first, from after the chat `before` on. Raises UnknownProject, BadCursor."""
    projects.get_project(tx, caller, project_id)
    start = store.chat_of_user(tx, caller.user_id, before) if before is not None else None
    if before is not None and (start is None or start.project_id != project_id):
        raise BadCursor("before")
    return store.page_of_chats(tx, project_id, workspace_id, limit, start)


def change_chat(
    tx: Tx, caller: Caller, chat_id: str, *, title: str | None = None, workspace_id: str | None = UNCHANGED
) -> Chat:
    """Rename a chat, or move it to another workspace (None: to project scope). Raises UnknownChat or Invalid."""
    chat = get_chat(tx, caller, chat_id, lock=True)
    values: dict[str, Any] = {}
    if title is not None:
        cleaned = clean_title(title)
        if not cleaned:
            raise Invalid.field("title", "must not be blank")
        values |= {"title": cleaned, "title_source": "user", "active_at": tx.now()}
    if workspace_id is not UNCHANGED:
        if workspace_id is not None:
            _check_workspace(tx, caller, projects.get_project(tx, caller, chat.project_id), workspace_id)
        values["workspace_id"] = workspace_id
        retrieval.move_chat(tx, chat.id, workspace_id)
    if not values:
        raise Invalid.field("", "needs title or workspace_id")
    store.update_chat(tx, chat.id, values)
    return get_chat(tx, caller, chat_id)


def delete_chat(tx: Tx, chat: Chat) -> None:
    """Remove a chat with its messages. `runs.delete_chat` is the whole use case."""
    store.delete_chat(tx, chat.id)


def touch_chat(tx: Tx, chat_id: str) -> None:
    """Note that something happened in a chat."""
    store.update_chat(tx, chat_id, {"active_at": tx.now()})


def titles_of(tx: Tx, chat_ids: Sequence[str]) -> Mapping[str, str]:
    """Return the titles of those chats that exist."""
    return store.titles(tx, chat_ids)


def message_counts(tx: Tx, chat_ids: Sequence[str]) -> Mapping[str, MessageCounts]:
    """Return how many messages each chat has, and when its newest was written."""
    return store.counts(tx, chat_ids)


def post_message(tx: Tx, caller: Caller, chat_id: str, *, role: Role, content: str) -> Message:
    """Store a message; starts nothing. Raises UnknownChat, Invalid when blank, TooLarge over 128 KiB."""
    if not content.strip():
        raise Invalid.field("content", "must not be blank")
    if len(content.encode()) > MAX_CONTENT_BYTES:
        raise TooLarge.bytes(MAX_CONTENT_BYTES, "The message")
    chat = get_chat(tx, caller, chat_id, lock=True)
    position, at = _next(tx, chat)
    parent = store.predecessor(tx, chat.id, position)
    message = Message(ids.ulid(), chat.id, position, role, content, "complete", parent, at)
    store.insert_message(tx, message)
    store.update_chat(tx, chat.id, {"active_at": at, "active_leaf_id": message.id})
    _index(tx, chat, message)
    return message


def reserve_answer(tx: Tx, chat: Chat) -> tuple[int, str]:
    """Reserve position and time for the answer of a run that begins (Starbot 4.3). `chat` must be locked."""
    return _next(tx, chat)


def add_answer(tx: Tx, chat: Chat, answer: Answer) -> Message:
    """Turn the text of an ended run into a message at its reserved place."""
    message = Message(
        id=answer.message_id,
        chat_id=chat.id,
        position=answer.position,
        role="assistant",
        content=answer.content,
        status="partial" if answer.partial else "complete",
        parent_id=store.predecessor(tx, chat.id, answer.position),
        created_at=answer.created_at,
        run_id=answer.run_id,
        model=answer.model,
        input_tokens=answer.input_tokens,
        output_tokens=answer.output_tokens,
        cost_micros=answer.cost_micros,
    )
    store.insert_message(tx, message)
    _index(tx, chat, message)
    if not answer.partial and store.count_answers(tx, chat.id) % ANSWERS == 0:
        tx.tell(ANSWERED, chat.id)
    return message


def find_chat(tx: Tx, chat_id: str) -> Chat | None:
    """Return a chat, whoever owns it."""
    return store.find(tx, chat_id)


def lock_chat(tx: Tx, chat_id: str) -> Chat | None:
    """Return a chat, whoever owns it, holding its row; None when it is gone."""
    return store.locked(tx, chat_id)


def set_auto_title(tx: Tx, chat_id: str, proposed: str | None = None) -> str | None:
    """Title a chat that nobody named, with `proposed` or after its first user message; return a changed title."""
    chat = store.locked(tx, chat_id)
    if chat is None or chat.title_source != "default":
        return None
    title = proposed or title_from(store.first_with_role(tx, chat_id, "user") or "")
    if title is None or title == chat.title:
        return None
    store.update_chat(tx, chat_id, {"title": title, "title_source": "auto"})
    return title


def list_messages(
    tx: Tx,
    caller: Caller,
    chat_id: str,
    *,
    after: str | None = None,
    before: str | None = None,
    limit: int | None = None,
) -> Sequence[Message]:
    """Return messages, oldest first: all of them, or a page (Starbot 4.2). Raises UnknownChat, BadCursor, Invalid."""
    if after is not None and before is not None:
        raise Invalid.field("query.after", "cannot be combined with before")
    chat = get_chat(tx, caller, chat_id)
    places: dict[str, int | None] = {"after": None, "before": None}
    for name, message_id in (("after", after), ("before", before)):
        if message_id is not None:
            found = store.message(tx, chat.id, message_id)
            if found is None:
                raise BadCursor(name)
            places[name] = found.position
    return store.messages_in_order(tx, chat.id, after=places["after"], before=places["before"], limit=limit)


def newest_turns(tx: Tx, chat_id: str, limit: int) -> Sequence[Said]:
    """Return the newest messages of user and assistant, oldest first."""
    return store.newest_said(tx, chat_id, ("user", "assistant"), limit)


def newest_instructions(tx: Tx, chat_id: str, limit: int) -> Sequence[Said]:
    """Return the newest instructions that the owner gave, oldest first."""
    return store.newest_said(tx, chat_id, ("system",), limit)


def first_user_message(tx: Tx, chat_id: str) -> str | None:
    """Return the oldest message of a chat that is a user's."""
    return store.first_with_role(tx, chat_id, "user")


def get_message(tx: Tx, chat_id: str, message_id: str) -> Message | None:
    """Return a message of a chat, None when it is not there."""
    return store.message(tx, chat_id, message_id)


def _index(tx: Tx, chat: Chat, message: Message) -> None:
    """Make a message findable; instructions are not."""
    if message.role != "system":
        of = retrieval.Source(
            "message", message.id, chat.owner_user_id, chat.project_id, chat.workspace_id, chat_id=chat.id
        )
        retrieval.index(tx, of, message.content, heading=chat.title, updated_at=message.created_at)


def _next(tx: Tx, chat: Chat) -> tuple[int, str]:
    """Hand out the next position and a time that is not before the last one. `chat` must be locked."""
    at = max(tx.now(), chat.last_message_at or "")
    store.advance(tx, chat.id, chat.next_position + 1, at)
    return chat.next_position, at


def _check_workspace(tx: Tx, caller: Caller, project: projects.Project, workspace_id: str) -> None:
    if workspaces.find_in_project(tx, caller, project, workspace_id) is None:
        raise Invalid.field("workspace_id", "is not a workspace of this project")
