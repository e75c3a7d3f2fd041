"""Answering messages: one run per session at a time, which goes on when its reader leaves (Stargazer 4.1)."""

from collections.abc import AsyncGenerator

from asterism.base.errors import ShuttingDown
from asterism.base.ids import uuid4
from asterism.features.review.local_chats import answer, store
from asterism.features.review.local_chats.answer import Question, SessionAnswer
from asterism.features.review.local_chats.errors import MessageNotSaved, SessionBusy, UnknownSession
from asterism.features.review.local_chats.service import add_message
from asterism.kernel.db import Database, Tx
from asterism.kernel.llm import Models, RetryPolicy, Target
from asterism.kernel.runs import Lane, LaneFull, Place, RunHost, RunKind
from asterism.kernel.streams import Event, Streams

RETRIES = RetryPolicy(pauses=(1.0, 2.0), jitter=0.2, patience=30.0)
DELETED = "deleted"


class SessionRuns:
    """Begins the answers of sessions; the host performs them."""

    def __init__(
        self, db: Database, streams: Streams, models: Models, host: RunHost, *, retries: RetryPolicy = RETRIES
    ) -> None:
        self._db, self._streams, self._models, self._host, self._retries = db, streams, models, host, retries
        self._kind = host.add(RunKind("session answer", Lane(None, per_key=1), answer.settle))

    async def require_session(self, session_id: str) -> None:
        """Raise UnknownSession (code `SESSION_NOT_FOUND`) unless the session exists."""
        if await self._db.run_read(store.session, session_id) is None:
            raise UnknownSession(code="SESSION_NOT_FOUND")

    async def begin(self, session_id: str, message: str, target: Target) -> AsyncGenerator[Event, None]:
        """Store the user's message, begin to answer it, and return the answer's events.

        Raises SessionBusy, UnknownSession, or MessageNotSaved when the message could not be stored.
        """

        def write(tx: Tx, _queued: bool) -> SessionAnswer:
            history = store.messages(tx, session_id)
            add_message(tx, session_id, role="user", content=message)  # holds the session
            if self._host.in_progress(tx, answer.streams_of(session_id)):  # another process answers in it
                raise SessionBusy
            question = Question(session_id, message, history, target)
            return SessionAnswer(uuid4(), question, self._streams, self._models, self._retries)

        with self._enter(session_id) as place:
            try:
                run = await self._host.launch(place, self._kind, write)
            except UnknownSession as error:
                raise UnknownSession(code="SESSION_NOT_FOUND") from error
            except (SessionBusy, ShuttingDown):
                raise
            except Exception as error:
                raise MessageNotSaved("The message could not be stored.") from error
        return self._streams.subscribe(run.stream)

    def _enter(self, session_id: str) -> Place:
        try:
            return self._host.enter(self._kind, session_id)
        except LaneFull:
            raise SessionBusy from None

    async def stop(self, session_id: str) -> None:
        """End the answer of a session that was deleted, whichever process writes it."""
        await self._host.cancel_all(answer.streams_of(session_id), DELETED)
