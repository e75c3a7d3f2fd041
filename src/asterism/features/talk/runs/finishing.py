"""Ending a run: message, usage, status and terminal event in one transaction (Starbot 5.4)."""

from dataclasses import replace

from asterism.features.accounts import usage
from asterism.features.talk import chats
from asterism.features.talk.catalogue import ModelSpec
from asterism.features.talk.runs import store
from asterism.features.talk.runs.answering import LENGTH_REACHED
from asterism.features.talk.runs.errors import CANCELLED, RESTARTED
from asterism.features.talk.runs.models import ContextItem, Outcome, Run, RunUsage
from asterism.kernel.db import Tx
from asterism.kernel.streams import Event, Fact, Streams


def finish(
    tx: Tx,
    streams: Streams,
    run_id: str,
    outcome: Outcome,
    spec: ModelSpec | None,
    context: tuple[ContextItem, ...] | None = None,
) -> Run | None:
    """End a run; return it, or None when it had ended or is gone. A run that is being cancelled ends as cancelled.

    `context` is what the last attempt sent, where it is not what the run began with.
    """
    run = store.locked(tx, run_id)
    if run is None or not run.active:
        return None
    if run.status == "cancelling" and outcome.status != "cancelled":
        outcome = replace(outcome, status="cancelled", stop_reason="cancelled", error=CANCELLED, title=None)
    chat = chats.lock_chat(tx, run.chat_id)
    if chat is None:
        return None
    used = outcome.usage
    cost = spec.cost_micros(used.input_tokens, used.cached_input_tokens, used.output_tokens) if spec else None
    ended = replace(
        run,
        status=outcome.status,
        stop_reason=outcome.stop_reason,
        error=outcome.error,
        usage=used,
        cost_micros=cost,
        context=run.context if context is None else context,
        finished_at=tx.now(),
    )
    _store(tx, ended)
    if outcome.text:
        chats.add_answer(tx, chat, _answer(ended, outcome))
    chats.touch_chat(tx, chat.id)
    title = chats.set_auto_title(tx, chat.id, outcome.title) if outcome.status == "completed" else None
    streams.append_in(tx, run.stream, *_facts(ended, outcome, title), close=True)
    return ended


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


def _facts(run: Run, outcome: Outcome, title: str | None) -> list[Fact]:
    if outcome.status != "completed":
        error = outcome.error or RESTARTED
        return [("run.error", {"code": error.code, "message": error.message})]
    counts = {"input_tokens": outcome.usage.input_tokens, "output_tokens": outcome.usage.output_tokens}
    final = {"message_id": run.message_id, "content": outcome.text, "usage": counts}
    facts: list[Fact] = [("message.final", final)]
    if outcome.stop_reason == "max_tokens":
        facts.insert(0, ("status", {"message": LENGTH_REACHED}))
    if title is not None:
        facts.append(("chat.updated", {"chat_id": run.chat_id, "title": title}))
    return facts


def text_of(events: list[Event]) -> str:
    """Return the text that a log holds."""
    return "".join(event.data["delta"] for event in events if event.type == "token.delta")


def abandon(tx: Tx, streams: Streams, run_id: str, *, cancelled: bool = False) -> Run | None:
    """End a run whose process is gone, keeping the text that its log holds; usage is not known any more."""
    run = store.locked(tx, run_id)
    if run is None or not run.active:
        return None
    text = text_of(streams.read_after(tx, run.stream, 0))
    tokens = run.budget.fixed + run.budget.memory + run.budget.retrieval + run.budget.conversation
    used = RunUsage(tokens, -(-len(text.encode()) // 4), estimated=True) if text else RunUsage()
    if cancelled or run.status == "cancelling":
        return finish(tx, streams, run_id, Outcome("cancelled", "cancelled", text, used, CANCELLED), None)
    return finish(tx, streams, run_id, Outcome("failed", "error", text, used, RESTARTED), None)
