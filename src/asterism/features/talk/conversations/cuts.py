"""Going back into the middle of a turn: what it told after one of its tool calls is hidden (beyond 2).

Nothing is removed: the parts stay as rows, and `Cut` holds what the turn's own row said, for whoever comes back.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from asterism.base import ids
from asterism.features.talk.checkpoints import Checkpoint
from asterism.features.talk.conversations import branch_store, question_store, store
from asterism.features.talk.conversations.events import ConversationMessage, MessageUpdate
from asterism.features.talk.conversations.folds import text_of
from asterism.features.talk.conversations.models import Conversation, Message, Parts, Status, TimelineItem
from asterism.features.talk.conversations.service import running_parts
from asterism.features.versions.workcopies import FileChange, sentence
from asterism.kernel.agents import Said
from asterism.kernel.db import Tx
from asterism.kernel.streams import Streams

LONGEST_DONE, LONGEST_MEMORY = 2_000, 40_000
"""Characters of one call, and of a whole cut turn, as the next agent is told of them."""
CUT_HERE = "[The user went back to this moment: nothing that came after it has happened.]"


@dataclass(frozen=True, slots=True)
class Inside:
    """A place in a turn: the call that a checkpoint was taken after. `start` is the tree that the turn began with."""

    turn: Message
    at: Checkpoint
    start: str | None


class Cut(msgspec.Struct, frozen=True):
    """What the row of a turn said before it was cut."""

    message_id: str
    content: str
    status: Status
    error: str | None
    cancelled_by: str | None
    infos: tuple[dict[str, Any], ...]
    files_changed: tuple[str, ...] | None
    manifest_hash: str | None
    cut_after: str | None


CHANGED = Cut.__struct_fields__[1:]
"""The fields of a message that a cut changes."""


def head_of(told: Parts, at: Checkpoint) -> Parts | None:
    """Return what was told up to the call of a checkpoint, the call included; None when that is not among it. Pure."""
    last = next((n for n in reversed(range(len(told.parts))) if _is_call(told.parts[n], at)), None)
    if last is None:
        return None
    names = [info["id"] for info in told.infos]
    message = told.parts[last].get("messageID")
    infos = told.infos[: names.index(message) + 1] if message in names else told.infos
    return Parts(infos, told.parts[: last + 1])


def _is_call(part: dict[str, Any], at: Checkpoint) -> bool:
    """Providers may use the id of a call twice in a turn; the id of its part is known since checkpoints keep it."""
    if part["type"] != "tool":
        return False
    return bool(part["id"] == at.part_id if at.part_id is not None else part.get("callID") == at.call_id)


def count_cut(tx: Tx, inside: Inside) -> int:
    """Return how many parts of a turn come after a place in it."""
    told = store.parts_of(tx, inside.turn)
    kept = head_of(told, inside.at)
    return 0 if kept is None else len(told.parts) - len(kept.parts)


def cut_turn(
    tx: Tx, streams: Streams, conversation: Conversation, inside: Inside, name: str, files: Sequence[FileChange]
) -> tuple[Cut, int] | None:
    """Hide what an ended turn told after a place in it, under the name of a rewind.

    Returns what the turn was, and how many parts were hidden; None when there is nothing to hide. `files` are those
    that it had changed by then.
    """
    turn = inside.turn
    told = store.parts_of(tx, turn)
    kept = head_of(told, inside.at)
    if kept is None:
        return None
    branch_store.hide_parts(tx, turn.id, len(kept.parts), name)
    branch_store.hide_items(tx, turn.id, name)
    shorter = _shortened(inside, kept, files)
    _write(tx, shorter)
    if files:
        question_store.insert_item(tx, _item(conversation, inside, name, tuple(files)))
    streams.append_in(tx, conversation.stream, MessageUpdate(ConversationMessage.of(shorter)))
    return Cut(turn.id, **{one: getattr(turn, one) for one in CHANGED}), len(told.parts) - len(kept.parts)


def restore_turn(tx: Tx, streams: Streams, conversation: Conversation, cut: Cut, name: str) -> None:
    """Make a turn whole again that was cut under the name of a rewind; its parts are shown by `show_again`."""
    branch_store.remove_item(tx, conversation.id, name)
    turn = store.message(tx, cut.message_id, conversation.id)
    if turn is None:
        return  # cleared since
    whole = replace(turn, **{one: getattr(cut, one) for one in CHANGED})
    _write(tx, whole)
    streams.append_in(tx, conversation.stream, MessageUpdate(ConversationMessage.of(whole)))


def copy_cut(
    tx: Tx, streams: Streams, source: Conversation, inside: Inside, target: Conversation, files: Sequence[FileChange]
) -> None:
    """Copy a turn, which may still run, up to a place in it to the end of a new conversation."""
    turn = inside.turn
    told = running_parts(tx, streams, source, turn) if turn.active else store.parts_of(tx, turn)
    kept = head_of(told, inside.at)
    shown = turn if kept is None and not turn.active else _shortened(inside, kept or told, files)
    copied = replace(
        shown,
        id=ids.ulid(),
        conversation_id=target.id,
        completed_at=turn.completed_at or inside.at.created_at,
        tree=turn.tree or inside.start,
        log_start=0,
        parked=False,
        collecting=False,
        grants=(),
    )
    store.insert_message(tx, copied)
    store.put_parts(tx, copied.id, kept or told)
    values = {"next_position": copied.position + 1, "last_at": max(target.last_at, copied.created_at)}
    store.update(tx, target.id, values)


def _shortened(inside: Inside, kept: Parts, files: Sequence[FileChange]) -> Message:
    """Return a turn as it is once it ends at a call: not failed or cancelled, for that came later."""
    return replace(
        inside.turn,
        content=text_of(kept) or f"Went back to after the call of {inside.at.tool or 'a tool'}.",
        status="completed",
        error=None,
        cancelled_by=None,
        infos=kept.infos,
        files_changed=tuple(one.path for one in files) or None,
        manifest_hash=inside.at.tree,
        cut_after=inside.at.call_id,
    )


def _write(tx: Tx, turn: Message) -> None:
    store.update_message(tx, turn.id, {one: getattr(turn, one) for one in CHANGED})


def _item(conversation: Conversation, inside: Inside, name: str, files: tuple[FileChange, ...]) -> TimelineItem:
    return TimelineItem(
        id=name,
        conversation_id=conversation.id,
        message_id=inside.turn.id,
        timestamp=inside.at.created_at,
        summary=sentence(files),
        summary_status="completed",
        files=files,
        manifest_hash=inside.at.tree,
        previous_manifest_hash=inside.start,
    )


def said_before(tx: Tx, message: Message) -> Said:
    """Return a message as the agents of later turns are told of it: of one that was cut, its calls too."""
    if message.cut_after is None:
        return Said(message.role, message.content)
    return Said(message.role, memory_of(store.parts_of(tx, message)))


def memory_of(kept: Parts) -> str:
    """Return texts and calls of a turn that was cut, in order, at most `LONGEST_MEMORY` characters. Pure."""
    return "\n\n".join([*_done(kept), CUT_HERE])[-LONGEST_MEMORY:]


def _done(kept: Parts) -> Iterator[str]:
    for part in kept.parts:
        if part["type"] == "text" and part.get("text"):
            yield part["text"]
        elif part["type"] == "tool":
            state = part.get("state") or {}
            given = json.dumps(state.get("input") or {}, ensure_ascii=False)[:LONGEST_DONE]
            yield f"[{part['tool']} {given}: {state.get('status')}]\n{(state.get('output') or '')[:LONGEST_DONE]}"
