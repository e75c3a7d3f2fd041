"""What follows the end of a turn: its files are collected and brought into the workspace (Fastest 8.5, 8.6).

No failure here changes how the turn ended. The working copy is kept then, and tried again after the next turn or start.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog

from asterism.base import ids
from asterism.base.errors import DomainError
from asterism.features.accounts import identity
from asterism.features.talk.conversations import question_store, store
from asterism.features.talk.conversations.events import (
    ConversationMessage,
    ErrorFrame,
    FilesChanged,
    Frame,
    MessageUpdate,
    TimelineEntry,
    TimelineItemFrame,
    TimelineSummary,
    WarningFrame,
)
from asterism.features.talk.conversations.models import Conversation, Message, TimelineItem
from asterism.features.talk.conversations.sentences import LONGEST_SUMMARY, Writer
from asterism.features.talk.conversations.turn import TurnPorts
from asterism.features.versions import workcopies
from asterism.features.versions.workcopies import Collected, Settled, WorkingCopy, sentence
from asterism.kernel.db import Tx

log = structlog.get_logger("asterism.turns")
KEPT = "The files of this turn could not be taken over: {}. They are kept for 24 hours and tried again."
SUMMARY = f"Say in one sentence of at most {LONGEST_SUMMARY} characters what this change did. Only the sentence."


@dataclass(frozen=True, slots=True)
class Collector:
    """Takes over the files of turns that have ended."""

    ports: TurnPorts
    writer: Writer

    async def collect(self, turn_id: str) -> TimelineItem | None:
        """Take over the files of a turn; return what it changed, None for nothing. Repeating it is harmless."""
        found = await self.ports.db.run_read(_turn, turn_id)
        try:
            copy = self.ports.copies.find(turn_id)
        except workcopies.UnknownCopy:
            await self.ports.db.run(self._done, turn_id, ())
            return None
        owner = found[0] if found is not None else None
        try:
            collected, settled = await asyncio.to_thread(self._take_over, copy, owner)
        except workcopies.TooManyFiles as error:
            await self.ports.db.run(self._done, turn_id, (ErrorFrame(error.message),))
        except DomainError as error:
            await self._keep(copy, turn_id, error)
            return None
        else:
            item = await self.ports.db.run(self._record, turn_id, collected, settled)
            await asyncio.to_thread(self.ports.copies.close, copy)
            return item
        await asyncio.to_thread(self.ports.copies.close, copy)
        return None

    def _take_over(self, copy: WorkingCopy, owner: Conversation | None) -> tuple[Collected, Settled]:
        collected = self.ports.copies.collect(copy)
        caller = identity.acting_for(owner.owner_user_id if owner is not None else copy.about.user_id)
        return collected, self.ports.copies.settle(copy, collected, caller)

    async def _keep(self, copy: WorkingCopy, turn_id: str, error: DomainError) -> None:
        log.warning("turns.files_kept", turn=turn_id, code=error.code, error=error.message)
        await asyncio.to_thread(self.ports.copies.keep, copy)
        await self.ports.db.run(self._done, turn_id, (WarningFrame(KEPT.format(error.message.rstrip("."))),))

    def _done(self, tx: Tx, turn_id: str, frames: Sequence[Frame]) -> None:
        """Let the next turn begin, telling what there is to tell."""
        found = _turn(tx, turn_id, lock=True)
        if found is None:
            return
        conversation, turn = found
        if frames:
            self.ports.streams.append_in(tx, conversation.stream, *frames)
        store.update_message(tx, turn.id, {"collecting": False})

    def _record(self, tx: Tx, turn_id: str, collected: Collected, settled: Settled) -> TimelineItem | None:
        """Write down what a turn changed, and tell it; nothing of a turn whose message was cleared."""
        warnings = tuple(WarningFrame(text) for text in (*collected.warnings, *settled.warnings))
        found = _turn(tx, turn_id, lock=True)
        if found is None or not collected.changes or settled.tree is None:
            self._done(tx, turn_id, warnings)
            return None
        conversation, turn = found
        item = TimelineItem(
            id=ids.uuid4(),
            conversation_id=conversation.id,
            message_id=turn.id,
            timestamp=tx.now(),
            summary=None,
            summary_status="pending",
            files=collected.changes,
            manifest_hash=settled.tree,
            previous_manifest_hash=settled.previous_tree,
        )
        question_store.insert_item(tx, item)
        paths = [one.path for one in collected.changes]
        values: dict[str, Any] = {
            "files_changed": tuple(paths),
            "manifest_hash": settled.tree,
            "tree": settled.previous_tree,
        }
        store.update_message(tx, turn.id, values)
        store.update(tx, conversation.id, {"updated_at": tx.now()})
        changed = replace(turn, **values)
        frames: list[Frame] = [*warnings, TimelineItemFrame(TimelineEntry.of(item)), FilesChanged(paths)]
        self._done(tx, turn.id, [*frames, MessageUpdate(ConversationMessage.of(changed))])
        return item

    async def summarize(self, item: TimelineItem) -> None:
        """Say in one sentence what a turn changed, once; a model's words where one is there, else the rule's."""
        found = await self.ports.db.run_read(_turn, item.message_id)
        owner = found[0].owner_user_id if found is not None else None
        target = await self.ports.db.run_read(self.writer.target, owner) if owner is not None else None
        summary = None
        if target is not None and found is not None:
            about = f"{found[1].content}\n\n{sentence(item.files)}"
            summary = await self.writer.sentence(target, SUMMARY, about, LONGEST_SUMMARY)
        await self.ports.db.run(self._summarized, item, summary or sentence(item.files))

    def _summarized(self, tx: Tx, item: TimelineItem, summary: str) -> None:
        conversation = store.locked(tx, item.conversation_id)
        if conversation is not None and question_store.put_summary(tx, item.id, summary):
            self.ports.streams.append_in(tx, conversation.stream, TimelineSummary(item.id, summary))


def _turn(tx: Tx, turn_id: str, *, lock: bool = False) -> tuple[Conversation, Message] | None:
    """Return a turn with its conversation; with `lock` as it is once the conversation is held."""
    turn = store.message(tx, turn_id)
    if turn is None:
        return None
    conversation = store.locked(tx, turn.conversation_id) if lock else store.find(tx, turn.conversation_id)
    turn = store.message(tx, turn_id) if lock else turn
    return (conversation, turn) if conversation is not None and turn is not None else None
