"""Ending a run: message, usage, status and the last events, written in one transaction (Starbot 5.4)."""

from collections.abc import Sequence
from dataclasses import replace

from asterism.features.accounts import usage
from asterism.features.talk import chats
from asterism.features.talk.catalogue import ModelSpec
from asterism.features.talk.runs import store
from asterism.features.talk.runs.errors import CANCELLED, RESTARTED
from asterism.features.talk.runs.events import (
    ChatUpdated,
    MessageFinal,
    RunEvent,
    RunFailed,
    Status,
    TokenDelta,
    Tokens,
)
from asterism.features.talk.runs.models import STREAM, ContextItem, Outcome, Run, RunUsage
from asterism.features.talk.runs.project_events import run_ended
from asterism.features.talk.runs.tokens import estimate
from asterism.kernel.db import Tx
from asterism.kernel.runs import BrokenOff, Stopped
from asterism.kernel.streams import Event, Streams

LENGTH_REACHED = "The answer reached the length limit"


def end_run(
    tx: Tx, run_id: str, outcome: Outcome, spec: ModelSpec | None, context: tuple[ContextItem, ...] | None = None
) -> Sequence[RunEvent]:
    """Write how a run ended and return its last events; none when the run, or its chat, is gone.

    `context` is what the last attempt sent, where it is not what the run began with.
    """
    run = store.locked(tx, run_id)
    chat = chats.lock_chat(tx, run.chat_id) if run is not None and run.active else None
    if run is None or chat is None:
        return []
    used = outcome.usage
    ended = replace(
        run,
        status=outcome.status,
        stop_reason=outcome.stop_reason,
        error=outcome.error,
        usage=used,
        cost_micros=spec.cost_micros(used.input_tokens, used.cached_input_tokens, used.output_tokens) if spec else None,
        context=run.context if context is None else context,
        finished_at=tx.now(),
    )
    _store(tx, ended)
    if outcome.text:
        chats.add_answer(tx, chat, _answer(ended, outcome))
    chats.touch_chat(tx, chat.id)
    run_ended(tx, chat, ended)
    title = chats.set_auto_title(tx, chat.id, outcome.title) if outcome.status == "completed" else None
    return _last_events(ended, outcome, title)


def _store(tx: Tx, ended: Run) -> None:
    names = ("status", "stop_reason", "error", "usage", "cost_micros", "context", "finished_at")
    store.update(tx, ended.id, {name: getattr(ended, name) for name in names})
    used = ended.usage
    usage.record(
        tx,
        usage.RunUsage(
            run_id=ended.id,
            user_id=ended.user_id,
            project_id=ended.project_id,
            chat_id=ended.chat_id,
            model=ended.model,
            ended_at=ended.finished_at or tx.now(),
            input_tokens=used.input_tokens,
            output_tokens=used.output_tokens,
            cached_input_tokens=used.cached_input_tokens,
            reasoning_tokens=used.reasoning_tokens,
            cost_micros=ended.cost_micros,
        ),
    )


def _answer(run: Run, outcome: Outcome) -> chats.Answer:
    return chats.Answer(
        message_id=run.message_id,
        run_id=run.id,
        position=run.position,
        content=outcome.text,
        partial=outcome.status != "completed",
        model=run.model,
        input_tokens=run.usage.input_tokens,
        output_tokens=run.usage.output_tokens,
        cost_micros=run.cost_micros,
        created_at=run.created_at,
    )


def _last_events(run: Run, outcome: Outcome, title: str | None) -> list[RunEvent]:
    if outcome.status != "completed":
        error = outcome.error or RESTARTED
        return [RunFailed(error.code, error.message)]
    used = Tokens(outcome.usage.input_tokens, outcome.usage.output_tokens)
    events: list[RunEvent] = [MessageFinal(run.message_id, outcome.text, used)]
    if outcome.stop_reason == "max_tokens":
        events.insert(0, Status(LENGTH_REACHED))
    if title is not None:
        events.append(ChatUpdated(run.chat_id, title))
    return events


def text_of(events: Sequence[Event]) -> str:
    """Return the text that a log holds."""
    return "".join(told.delta for event in events if (told := event.fact(TokenDelta)) is not None)


def broken_off(text: str, used: RunUsage) -> Outcome:
    """Return the outcome of a run that somebody cancelled."""
    return Outcome("cancelled", "cancelled", text, used, CANCELLED)


def stopped(text: str, used: RunUsage) -> Outcome:
    """Return the outcome of a run whose server stops, or is gone."""
    return Outcome("failed", "error", text, used, RESTARTED)


def settle(tx: Tx, streams: Streams, stream: str, ending: BrokenOff | Stopped) -> Sequence[RunEvent]:
    """End a run whose process is gone, keeping the text that its log holds; its usage can only be estimated."""
    run = store.locked(tx, stream.removeprefix(STREAM))
    if run is None:
        return []
    text = text_of(streams.read_after(tx, stream, 0))
    tokens = run.budget.fixed + run.budget.memory + run.budget.retrieval + run.budget.conversation
    used = RunUsage(tokens, estimate(text), estimated=True) if text else RunUsage()
    outcome = broken_off(text, used) if isinstance(ending, BrokenOff) else stopped(text, used)
    return end_run(tx, run.id, outcome, None)
