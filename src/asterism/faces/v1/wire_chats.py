"""The objects of chats, messages, runs and models as `/v1` answers them (Starbot 0.3, 4.5, 5.6, 7.2)."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any

from asterism.asgi.legacy_query import Query
from asterism.asgi.sse import frame
from asterism.features.accounts import usage
from asterism.features.talk import chats, runs
from asterism.features.talk.catalogue import ListedModel
from asterism.features.talk.chats import Chat, Message
from asterism.features.talk.memory import Document, Version
from asterism.features.talk.runs import RunView
from asterism.kernel.db import Tx
from asterism.kernel.streams import Streams


def wants_meta(query: Query) -> bool:
    """Say whether `?include=meta` was given. Raises Invalid for any other value."""
    return query.choice("include", ("meta",)) is not None


def chat(found: Chat) -> dict[str, Any]:
    """Write a chat: exactly the contract's keys."""
    return {
        "id": found.id,
        "project_id": found.project_id,
        "workspace_id": found.workspace_id,
        "title": found.title,
        "created_at": found.created_at,
    }


def chats_with_meta(tx: Tx, found: Sequence[Chat]) -> list[dict[str, Any]]:
    """Write chats with what `?include=meta` adds."""
    ids = [one.id for one in found]
    counts, active, spent = chats.message_counts(tx, ids), runs.active_runs(tx, ids), usage.spent_on_chats(tx, ids)
    nothing, none = chats.MessageCounts(), usage.Spent()
    return [
        {
            **chat(one),
            "meta": {
                "updated_at": one.active_at,
                "title_source": one.title_source,
                "message_count": counts.get(one.id, nothing).count,
                "last_message_at": counts.get(one.id, nothing).last_message_at,
                "active_run_id": active.get(one.id),
                "input_tokens": spent.get(one.id, none).input_tokens,
                "output_tokens": spent.get(one.id, none).output_tokens,
                "cost_usd": dollars(spent.get(one.id, none).cost_micros),
            },
        }
        for one in found
    ]


def message(found: Message, *, meta: bool = False) -> dict[str, Any]:
    """Write a message: exactly the contract's keys, and `meta` when it was asked for."""
    body: dict[str, Any] = {
        "id": found.id,
        "chat_id": found.chat_id,
        "role": found.role,
        "content": found.content,
        "created_at": found.created_at,
    }
    if meta:
        used = None
        if found.run_id is not None:
            used = {"input_tokens": found.input_tokens, "output_tokens": found.output_tokens}
        body["meta"] = {
            "position": found.position,
            "status": found.status,
            "run_id": found.run_id,
            "model": found.model,
            "usage": used,
            "cost_usd": dollars(found.cost_micros),
        }
    return body


def run(view: RunView, *, whole: bool = True) -> dict[str, Any]:
    """Write a run; in lists without content and context."""
    found = view.run
    body = {
        "id": found.id,
        "chat_id": found.chat_id,
        "status": found.status,
        "mode": found.mode,
        "include_project_memory": found.include_project_memory,
        "workspace_scope": found.workspace_scope,
        "model": found.model,
        "message_id": found.message_id if view.answering else None,
        "last_seq": view.last_seq,
        "stop_reason": found.stop_reason,
        "error": found.error,
        "content": view.content,
        "usage": found.usage,
        "cost_usd": dollars(found.cost_micros),
        "tree": found.tree,
        "budget": found.budget,
        "window": found.window,
        "context": found.context,
        "created_at": found.created_at,
        "started_at": found.started_at,
        "finished_at": found.finished_at,
    }
    return body if whole else {name: value for name, value in body.items() if name not in {"content", "context"}}


def model(found: ListedModel) -> dict[str, Any]:
    """Write a model."""
    spec = found.spec
    return {
        "id": spec.id,
        "provider": spec.provider,
        "model": spec.model,
        "label": spec.label,
        "tier": spec.tier,
        "available": found.source is not None,
        "source": found.source,
        "context_window": spec.context_window,
        "max_output_tokens": spec.max_output_tokens,
        "tools": spec.tools,
        "reasoning": spec.reasoning,
        "input_usd_per_mtok": spec.input_usd_per_mtok,
        "output_usd_per_mtok": spec.output_usd_per_mtok,
    }


def document(found: Document) -> dict[str, str]:
    """Write a memory document: exactly the contract's keys."""
    return {"content": found.content, "updated_at": found.updated_at}


def version(found: Version) -> dict[str, Any]:
    """Write a version of a memory document; with its content where it was read."""
    body: dict[str, Any] = {"version": found.version, "updated_at": found.updated_at}
    body |= {"bytes": found.bytes} if found.content is None else {"content": found.content}
    return body | {"source": found.source, "run_id": found.run_id, "proposal_id": found.proposal_id}


def spent(found: usage.Spent) -> dict[str, Any]:
    """Write a sum of usage."""
    return {
        "runs": found.runs,
        "input_tokens": found.input_tokens,
        "output_tokens": found.output_tokens,
        "cached_input_tokens": found.cached_input_tokens,
        "reasoning_tokens": found.reasoning_tokens,
        "cost_usd": dollars(found.cost_micros),
        "unpriced_runs": found.unpriced_runs,
    }


def usage_items(groups: Sequence[usage.Group], labels: Mapping[str, str] | None) -> list[dict[str, Any]]:
    """Write groups of usage; without `labels` the key is the label, with them an unknown key has none."""
    return [
        {"key": one.key, "label": one.key if labels is None else labels.get(one.key), **spent(one.spent)}
        for one in groups
    ]


def dollars(micros: int | None) -> float | None:
    """Write millionths of a dollar as dollars."""
    return None if micros is None else micros / 1_000_000


async def frames(streams: Streams, stream: str, after: int = 0) -> AsyncGenerator[bytes, None]:
    """Encode a stream as server-sent events, from after a seq on."""
    async with aclosing(streams.subscribe(stream, after)) as events:
        async for event in events:
            yield frame(event.type, event.data, event.seq)
