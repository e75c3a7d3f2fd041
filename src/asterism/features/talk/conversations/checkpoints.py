"""The checkpoints of a turn: what its working copy holds where it starts, after each tool call, and at its end."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from asterism.base.errors import DomainError
from asterism.features.talk import checkpoints
from asterism.features.talk.checkpoints import Called
from asterism.features.talk.conversations import project_events
from asterism.features.talk.conversations.events import CheckpointFields, CheckpointTaken, Frame, WarningFrame
from asterism.features.talk.conversations.models import Conversation
from asterism.features.versions import workcopies
from asterism.features.versions.workcopies import Checked, WorkingCopy
from asterism.kernel.agents import ToolPart
from asterism.kernel.db import Database, Tx

log = structlog.get_logger("asterism.turns")
FAILED = "No checkpoint could be taken here; the turn goes on without it."


@dataclass(frozen=True, slots=True)
class Checker:
    """Takes the checkpoints of one turn; one that cannot be taken is a warning, never the end of a turn."""

    db: Database
    copies: workcopies.WorkingCopies
    conversation: Conversation
    message_id: str
    copy: WorkingCopy
    tell: Callable[[Frame], Awaitable[object]]
    flush: Callable[[], Awaitable[object]]

    async def start(self) -> None:
        """Note the tree that the turn begins with, once for a conversation and tree."""
        await self._told(await self.db.run(self._record_start))

    async def take(self, call: ToolPart | None = None) -> None:
        """Take one after a call, or at the end of the turn, if a file has changed since the last."""
        try:
            checked = await asyncio.to_thread(self.copies.checkpoint, self.copy)
            if checked is None:
                return
            await self.flush()  # whoever forks from it finds the call in the log
            made = await self.db.run(self._record, checked, call)
        except (DomainError, OSError) as error:
            log.warning("turns.no_checkpoint", turn=self.message_id, error=type(error).__name__)
            await self.tell(WarningFrame(warning=FAILED))
            return
        await self._told(made)

    def _record_start(self, tx: Tx) -> checkpoints.Checkpoint | None:
        talk = self.conversation
        made = checkpoints.record_start(tx, talk.owner_user_id, talk.id, self.message_id, self.copy.about.start)
        if made is not None:
            project_events.checked(tx, talk, made)
        return made

    def _record(self, tx: Tx, checked: Checked, call: ToolPart | None) -> checkpoints.Checkpoint:
        made = checkpoints.record(
            tx,
            self.conversation.owner_user_id,
            self.conversation.id,
            self.message_id,
            checked,
            call=None if call is None else Called(call.call_id, call.tool, call.id),
        )
        project_events.checked(tx, self.conversation, made)
        return made

    async def _told(self, made: checkpoints.Checkpoint | None) -> None:
        if made is not None:
            await self.tell(CheckpointTaken(item=CheckpointFields.of(made)))
