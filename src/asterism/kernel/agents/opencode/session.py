"""One turn of OpenCode: a session of its server, its events translated, its end decided by our rules (Fastest 8.5)."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any

import structlog

from asterism.base.libraries import later
from asterism.kernel.agents.events import AgentEvent, Ended, QuestionRejected, QuestionReplied
from asterism.kernel.agents.opencode.configuration import MODEL, PROVIDER
from asterism.kernel.agents.opencode.earlier import earlier
from asterism.kernel.agents.opencode.server import Server, why_ended
from asterism.kernel.agents.opencode.translation import Failed, Idle, Permission, Stuck, Translation, counted
from asterism.kernel.agents.outbox import Outbox
from asterism.kernel.agents.port import AgentJob, AnswerRefused, QuestionClosed
from asterism.kernel.llm import Usage, summed

if TYPE_CHECKING:
    import httpx
else:
    httpx = later("httpx")

log = structlog.get_logger(__name__)

ABORTS_WITHIN = 2.0
LARGEST_EVENT = 16 << 20
UNREADABLE = "The agent told something that cannot be read. Try again."


class OpenCodeSession:
    """See `port.AgentSession`. `run` does the work, as a task of whoever opened the session."""

    def __init__(self, server: Server, job: AgentJob) -> None:
        self._server, self._job = server, job
        self._outbox = Outbox()
        self._translation = Translation("", job.target, frozenset(one.tool.name for one in job.lookups))
        self._aborting = asyncio.Event()
        self._tokens: dict[str, Usage] = {}
        self._failure: Ended | None = None

    @property
    def usage(self) -> Usage:
        """See `port.AgentSession.usage`."""
        return summed(self._tokens.values())

    def events(self) -> AsyncGenerator[AgentEvent, None]:
        """See `port.AgentSession.events`."""
        return self._outbox.read()

    async def answer(self, question_id: str, answers: Sequence[Sequence[str]]) -> None:
        """See `port.AgentSession.answer`."""
        await self._close(question_id, "reply", {"answers": [list(texts) for texts in answers]})

    async def reject(self, question_id: str) -> None:
        """See `port.AgentSession.reject`."""
        await self._close(question_id, "reject", {})

    async def abort(self) -> None:
        """See `port.AgentSession.abort`."""
        self._aborting.set()

    async def run(self) -> None:
        """Ask OpenCode to do the job, and tell everything until its end."""
        try:
            ended = await self._work()
        except asyncio.CancelledError:
            ended = Ended("aborted")
        except (httpx.HTTPError, ValueError, KeyError, TypeError, RecursionError) as error:
            log.warning("opencode.broken", error=type(error).__name__)
            ended = Ended("failed", why_ended(self._server) if self._server.ended.done() else UNREADABLE)
        for question_id in list(self._translation.questions):
            self._outbox.put(QuestionRejected(self._translation.session_id, question_id))
        self._outbox.put(Ended(ended.reason, ended.error, self.usage))

    async def _close(self, question_id: str, how: str, body: dict[str, Any]) -> None:
        if question_id not in self._translation.questions:
            raise QuestionClosed
        try:
            answer = await self._server.post(f"/question/{question_id}/{how}", body)
        except httpx.HTTPError as error:
            raise AnswerRefused("The agent cannot be reached.") from error
        if answer.status_code == 404:
            raise QuestionClosed
        if answer.status_code != 200:
            raise AnswerRefused("The agent did not take the answer.")

    async def _work(self) -> Ended:
        """Do the turn, with an eye on aborts and on the process."""
        turn = asyncio.ensure_future(self._turn())
        aborted = asyncio.ensure_future(self._aborting.wait())
        try:
            await asyncio.wait({turn, aborted, self._server.ended}, return_when=asyncio.FIRST_COMPLETED)
            if self._aborting.is_set() and not turn.done():
                await self._stop_session()
                await asyncio.wait({turn}, timeout=ABORTS_WITHIN)
                return Ended("aborted")
            if not turn.done():
                return Ended("failed", why_ended(self._server))
            return Ended("aborted") if self._aborting.is_set() else turn.result()
        finally:
            for task in (turn, aborted):
                task.cancel()
            await asyncio.wait({turn, aborted})
            if not turn.cancelled():
                turn.exception()

    async def _turn(self) -> Ended:
        self._translation.session_id = await self._server.session()
        if (going_on := self._job.resumption) is not None and going_on.answers is not None:
            answers = [list(texts) for texts in going_on.answers]
            self._outbox.put(QuestionReplied(self._translation.session_id, going_on.question.id, answers))
        async with self._server.client.stream("GET", "/global/event", timeout=None) as stream:
            await self._prompt()
            async for payload in _payloads(stream):
                for heard in self._translation.hear(payload):
                    ended = await self._heard(heard)
                    if ended is not None:
                        return ended
                self._count(payload)
        return Ended("failed", why_ended(self._server))

    async def _prompt(self) -> None:
        """Give what was said before, which asks nobody, and then the prompt, word for word."""
        job, path = self._job, f"/session/{self._translation.session_id}"
        context, prompt = earlier(job)
        model = {"providerID": PROVIDER, "modelID": MODEL}
        if context:
            body = {"noReply": True, "model": model, "parts": [{"type": "text", "text": context}]}
            (await self._server.post(f"{path}/message", body)).raise_for_status()
        body = {"model": model, "parts": [{"type": "text", "text": prompt}]}
        if job.instructions:
            body["system"] = job.instructions
        (await self._server.post(f"{path}/prompt_async", body)).raise_for_status()

    async def _heard(self, heard: object) -> Ended | None:
        if isinstance(heard, Idle):
            return self._failure or Ended("done")
        if isinstance(heard, Stuck):  # it is not asked to stop: it would call the model again meanwhile
            return Ended("failed", heard.error)
        if isinstance(heard, Failed):
            self._failure = self._failure or Ended("failed", heard.error)
        elif isinstance(heard, Permission):
            await self._server.post(f"/permission/{heard.id}/reply", {"reply": "reject"})
        else:
            self._outbox.put(heard)  # type: ignore[arg-type]
        return None

    def _count(self, payload: dict[str, Any]) -> None:
        """Keep the tokens that a message says it took."""
        properties = payload.get("properties")
        info = properties.get("info") if isinstance(properties, dict) else None
        if not isinstance(info, dict) or info.get("sessionID") != self._translation.session_id:
            return
        if isinstance(tokens := info.get("tokens"), dict):
            self._tokens[str(info.get("id"))] = counted(tokens)

    async def _stop_session(self) -> None:
        if self._translation.session_id:
            try:
                await self._server.post(f"/session/{self._translation.session_id}/abort", {}, seconds=ABORTS_WITHIN)
            except httpx.HTTPError:
                log.info("opencode.abort_unanswered")


async def _payloads(stream: "httpx.Response") -> AsyncIterator[dict[str, Any]]:
    """Yield the payloads of a stream of server-sent events. Raises ValueError for one that is far too long."""
    data = b""
    async for chunk in stream.aiter_bytes():
        data += chunk
        *lines, data = data.split(b"\n")
        for line in lines:
            if line.startswith(b"data:"):
                event = json.loads(line[5:])
                payload = event.get("payload") if isinstance(event, dict) else None
                if isinstance(payload, dict):
                    yield payload
        if len(data) > LARGEST_EVENT:
            raise ValueError("an event without end")
