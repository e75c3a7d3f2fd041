"""Deployments as frames of the conversation that they belong to (Fastest 8.7)."""

from collections.abc import Sequence
from typing import Final

from msgspec import UNSET

from asterism.features.operations.deployments import store
from asterism.features.operations.deployments.models import Deployment, LogEntry, Status
from asterism.features.talk import conversations
from asterism.features.talk.conversations import events
from asterism.kernel.db import Tx
from asterism.kernel.streams import Streams

MOST_LINES: Final = 5_000  # of one deployment that are told as frames; the log has all of them


def shown(found: Deployment) -> events.ConversationDeployment:
    """Return a deployment as conversations show it."""
    return events.ConversationDeployment(
        id=found.id,
        url=found.url or "",
        status=found.status.value,
        error=UNSET if found.error is None else found.error,
        created_at=found.started_at,
        completed_at=UNSET if found.completed_at is None else found.completed_at,
    )


def running_frames(tx: Tx, conversation_id: str) -> list[events.Frame]:
    """Return what somebody who has just come is told of deployments under way."""
    found = store.of_conversation(tx, conversation_id)
    return [events.DeploymentStarted(deployment=shown(one)) for one in found if one.status is Status.DEPLOYING]


def tell_started(tx: Tx, streams: Streams, found: Deployment) -> None:
    """Tell the conversation of a deployment, if it has one, that it was begun."""
    _tell(tx, streams, found, events.DeploymentStarted(deployment=shown(found)))


def tell_ended(tx: Tx, streams: Streams, deployment_id: str) -> None:
    """Tell the conversation of a deployment, if it has one, how it ended."""
    found = store.find(tx, deployment_id)
    if found is not None:
        _tell(tx, streams, found, events.DeploymentComplete(deployment=shown(found)))


def _tell(tx: Tx, streams: Streams, found: Deployment, frame: events.Frame) -> None:
    stream = _stream(found)
    if stream is not None and streams.head(tx, stream) is not None:  # conversations may be deleted meanwhile
        streams.append_in(tx, stream, frame)


def _stream(found: Deployment) -> str | None:
    return None if found.conversation_id is None else conversations.STREAM + found.conversation_id


class LineTeller:
    """Tells lines of a deployment while it is under way, as many as a conversation can bear, and the last ones."""

    def __init__(self, streams: Streams, found: Deployment) -> None:
        self._streams, self._id, self._stream = streams, found.id, _stream(found)
        self._left = MOST_LINES
        self._ended = False

    async def told(self, entries: Sequence[LogEntry]) -> None:
        """Tell lines that were stored."""
        if self._stream is None or self._ended:
            return
        kept = entries if len(entries) <= self._left else [*entries[: self._left], *entries[-1:]]
        self._left = max(0, self._left - len(entries))
        await self._streams.tell(self._stream, *(self._frame(one) for one in kept))

    def end(self) -> None:
        """Tell no more: what an app says once it runs is in its log."""
        self._ended = True

    def _frame(self, one: LogEntry) -> events.DeploymentSaid:
        entry = events.DeploymentLogEntry(
            one.timestamp, one.step.value, "stderr" if one.stream == "stderr" else "stdout", one.content
        )
        return events.DeploymentSaid(deployment_id=self._id, entry=entry)
