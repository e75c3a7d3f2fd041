"""One prompt of an editor: sent, told as it is answered, its questions asked in the editor, and ended."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import acp
from acp import schema

from asterism.base.errors import Conflict, DomainError, NotFound, Unavailable
from asterism.client.acp.carrying import Carrier
from asterism.client.acp.updates import Teller
from asterism.client.talk import Frame, Shown, Talk, kind, told

_LEFT = "leave"
_REFUSALS = ("deny", "no", "reject", "refuse", "cancel")


class TurnFailed(Unavailable):
    """The turn ended without an answer; the message is the agent's."""

    code = "TURN_FAILED"


@dataclass(slots=True)
class Turn:
    """A turn of a session. `editor` is who is told and asked; `cancel` may come at any time, from the same loop.

    With a `carrier` the folder is carried to the workspace before the turn, and back after it.
    """

    editor: acp.Client
    session_id: str
    talk: Talk
    top: str
    carrier: Carrier | None = None
    _message_id: str | None = None
    _cancelled: bool = False
    _asking: dict[str, "asyncio.Task[None]"] = field(default_factory=dict)

    async def run(self, prompt: str) -> schema.PromptResponse:
        """Send the prompt and tell the answer until the turn has ended. Raises TurnFailed, and what the server says."""
        if self.carrier is not None:
            await asyncio.to_thread(self.carrier.before, self.talk)
        sent = await asyncio.to_thread(self.talk.send, prompt)
        self._message_id = sent.message_id
        if self._cancelled:
            await self._cancel()
        try:
            ended = await self._follow(sent.message_id)
        finally:
            for task in self._asking.values():
                task.cancel()
        return _ending(ended)

    async def _follow(self, message_id: str) -> dict[str, Any]:
        """Tell the answer; return the message as it has ended, its files included where they are carried back."""
        teller, ended = Teller(self.top, Shown(message_id)), None
        frames = self.talk.follow(message_id)
        while (frame := await asyncio.to_thread(next, frames, None)) is not None:
            if frame["type"] == "message_complete" and frame["message"]["id"] == message_id:
                ended = dict(frame["message"])
                if self.carrier is None:
                    break
            await self._tell(teller, frame)
        if ended is None:
            raise TurnFailed("The turn's end was not told.")
        if self.carrier is not None:
            await self._carry_back(self.carrier)
        return ended

    async def _carry_back(self, carrier: Carrier) -> None:
        try:
            await asyncio.to_thread(carrier.after, self.talk)
        except (DomainError, OSError) as error:
            hint = f" {error.hint}" if isinstance(error, DomainError) and error.hint else ""
            said = f"\n\nThe folder could not be brought up to date: {error}{hint} Use `asterism pull`."
            await self._update(acp.update_agent_message_text(said))

    async def cancel(self) -> None:
        """End the turn; one that is not known to the server yet ends as soon as it is."""
        self._cancelled = True
        if self._message_id is not None:
            await self._cancel()

    async def _cancel(self) -> None:
        try:
            await asyncio.to_thread(self.talk.cancel, self._message_id)
        except (Conflict, NotFound):
            return  # it has ended by itself

    async def _tell(self, teller: Teller, frame: Frame) -> None:
        part, question = teller.shown.part(frame), teller.shown.question(frame)
        if part is not None:
            folder = str(frame["event"].get("directory") or "")
            for update in teller.part(part, told(frame).get("delta"), folder):
                await self._update(update)
        elif question is not None:
            self._asking[question["id"]] = asyncio.create_task(self._ask(question))
        elif kind(frame) in ("question.replied", "question.rejected"):
            if asking := self._asking.pop(told(frame)["requestID"], None):  # answered elsewhere
                asking.cancel()
        elif frame["type"] == "conversation_update" and frame["conversation"]["title"]:
            title = schema.SessionInfoUpdate(session_update="session_info_update", title=frame["conversation"]["title"])
            await self._update(title)
        elif frame["type"] == "warning":
            await self._update(acp.update_agent_thought_text(f"{frame['warning']}\n"))

    async def _update(self, update: Any) -> None:
        await self.editor.session_update(session_id=self.session_id, update=update)

    async def _ask(self, question: dict[str, Any]) -> None:
        """Have a person choose; the answers go to the server, where somebody else may have been faster."""
        answers: list[list[str]] = []
        try:
            for number, one in enumerate(question["questions"]):
                chosen = await self._choose(f"{question['id']}:{number}", one)
                if chosen is None:
                    await asyncio.to_thread(self.talk.reject, question["id"])
                    return
                answers.append([chosen])
            await asyncio.to_thread(self.talk.answer, question["id"], answers)
        except (Conflict, NotFound):
            return
        except (DomainError, acp.RequestError) as error:
            await self._update(acp.update_agent_message_text(f"The question could not be answered: {error}\n"))

    async def _choose(self, call_id: str, one: dict[str, Any]) -> str | None:
        """Return the label that is chosen for one question, None to leave it."""
        labels = [str(option["label"]) for option in one["options"]]
        options = [_option(str(number), option) for number, option in enumerate(one["options"])]
        leave = schema.PermissionOption(option_id=_LEFT, name="Leave it unanswered", kind="reject_once")
        asked: list[Any] = [acp.tool_content(acp.text_block(str(one["question"])))]
        call = schema.ToolCallUpdate(
            tool_call_id=call_id,
            title=str(one["header"] or one["question"]),
            kind="other",
            status="pending",
            content=asked,
        )
        answer = await self.editor.request_permission(
            session_id=self.session_id, tool_call=call, options=[*options, leave]
        )
        outcome = answer.outcome
        chosen = None
        if isinstance(outcome, schema.AllowedOutcome) and outcome.option_id != _LEFT:
            chosen = labels[int(outcome.option_id)]
        status: schema.ToolCallStatus = "failed" if chosen is None else "completed"
        said = [*asked, acp.tool_content(acp.text_block(chosen or "Left unanswered."))]
        await self._update(acp.update_tool_call(call_id, status=status, content=said))
        return chosen


def _option(option_id: str, option: dict[str, Any]) -> schema.PermissionOption:
    label, about = str(option["label"]), str(option.get("description") or "")
    refuses = label.casefold() in _REFUSALS
    name = f"{label}: {about}" if about else label
    return schema.PermissionOption(option_id=option_id, name=name, kind="reject_once" if refuses else "allow_once")


def _ending(message: dict[str, Any]) -> schema.PromptResponse:
    if message["status"] == "failed":
        raise TurnFailed(str(message.get("error") or "The turn failed."))
    used, usage = message.get("usage"), None
    if used is not None:
        counts = used["inputTokens"], used["outputTokens"]
        usage = schema.Usage(total_tokens=sum(counts), input_tokens=counts[0], output_tokens=counts[1])
    return schema.PromptResponse(
        stop_reason="cancelled" if message["status"] == "cancelled" else "end_turn", usage=usage
    )
