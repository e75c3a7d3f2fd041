"""The objects of chats, messages and runs as `/v1` answers them (Starbot 0.3, 4.5, 5.6)."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Literal, Self

import msgspec
from msgspec import UNSET, UnsetType

from asterism.asgi.sse import frame
from asterism.faces.shapes import copied
from asterism.faces.v1.usage import dollars
from asterism.features.accounts import usage
from asterism.features.talk import chats, runs
from asterism.kernel.db import Tx
from asterism.kernel.streams import Streams


class ChatMeta(msgspec.Struct):
    """What `?include=meta` adds to a chat."""

    updated_at: str
    title_source: Literal["default", "auto", "user"]
    message_count: int
    last_message_at: str | None
    active_run_id: str | None
    input_tokens: int
    output_tokens: int
    cost_usd: float | None


class Chat(msgspec.Struct):
    """A chat: exactly the contract's keys, and `meta` when it was asked for."""

    id: str
    project_id: str
    workspace_id: str | None
    title: str
    created_at: str
    meta: ChatMeta | UnsetType = UNSET

    @classmethod
    def of(cls, found: chats.Chat) -> Self:
        """Write a chat."""
        return copied(cls, found)


class ChatAnswer(msgspec.Struct):
    """A chat."""

    chat: Chat


class MessageUsage(msgspec.Struct):
    """Tokens of the run that wrote a message."""

    input_tokens: int | None
    output_tokens: int | None


class MessageMeta(msgspec.Struct):
    """What `?include=meta` adds to a message; the last four are null on messages that no run wrote."""

    position: int
    status: Literal["complete", "partial"]
    run_id: str | None
    model: str | None
    usage: MessageUsage | None
    cost_usd: float | None


class Message(msgspec.Struct):
    """A message: exactly the contract's keys, and `meta` when it was asked for."""

    id: str
    chat_id: str
    role: Literal["user", "assistant", "system"]
    content: str
    created_at: str
    meta: MessageMeta | UnsetType = UNSET

    @classmethod
    def of(cls, found: chats.Message, *, meta: bool = False) -> Self:
        """Write a message."""
        written = cls(found.id, found.chat_id, found.role, found.content, found.created_at)
        if meta:
            used = None if found.run_id is None else MessageUsage(found.input_tokens, found.output_tokens)
            cost = dollars(found.cost_micros)
            written.meta = MessageMeta(found.position, found.status, found.run_id, found.model, used, cost)
        return written


class Run(msgspec.Struct, kw_only=True):
    """A run; in lists without `content` and `context`, what was given to the model besides the conversation."""

    id: str
    chat_id: str
    status: Literal["queued", "running", "cancelling", "completed", "failed", "cancelled"]
    mode: Literal["quick", "standard", "deep"]
    include_project_memory: bool
    workspace_scope: Literal["workspace", "project"]
    model: str
    message_id: str | None
    last_seq: int
    stop_reason: Literal["end", "max_tokens", "tool_limit", "cancelled", "error"] | None
    error: runs.RunError | None
    content: str | UnsetType = UNSET
    usage: runs.RunUsage
    cost_usd: float | None
    tree: runs.Tree | None
    budget: runs.Budget
    window: runs.Window
    context: Sequence[runs.ContextItem] | UnsetType = UNSET
    created_at: str
    started_at: str | None
    finished_at: str | None

    @classmethod
    def of(cls, view: runs.RunView, *, whole: bool) -> Self:
        """Write a run."""
        found = view.run
        return copied(
            cls,
            found,
            message_id=found.message_id if view.answering else None,
            last_seq=view.last_seq,
            content=view.content if whole else UNSET,
            cost_usd=dollars(found.cost_micros),
            context=found.context if whole else UNSET,
        )


def chats_with_meta(tx: Tx, found: Sequence[chats.Chat]) -> list[Chat]:
    """Write chats with what `?include=meta` adds."""
    ids = [one.id for one in found]
    counts, active, spent = chats.message_counts(tx, ids), runs.active_runs(tx, ids), usage.spent_on_chats(tx, ids)
    nothing, none = chats.MessageCounts(), usage.Spent()
    written = []
    for one in found:
        count, sums, chat = counts.get(one.id, nothing), spent.get(one.id, none), Chat.of(one)
        chat.meta = ChatMeta(
            updated_at=one.active_at,
            title_source=one.title_source,
            message_count=count.count,
            last_message_at=count.last_message_at,
            active_run_id=active.get(one.id),
            input_tokens=sums.input_tokens,
            output_tokens=sums.output_tokens,
            cost_usd=dollars(sums.cost_micros),
        )
        written.append(chat)
    return written


async def frames(streams: Streams, stream: str, after: int = 0) -> AsyncGenerator[bytes, None]:
    """Encode a stream as server-sent events, from after a seq on."""
    async with aclosing(streams.subscribe(stream, after)) as events:
        async for event in events:
            yield frame(event.type, event.data, event.seq)
