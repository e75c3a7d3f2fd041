"""What turns cost: kept with the turn, and reported with what else models cost (ADR 0174, Starbot 7.3)."""

from asterism.features.accounts import usage
from asterism.features.talk.catalogue import ModelSpec
from asterism.features.talk.conversations.models import Conversation, Message, TurnUsage
from asterism.kernel.db import Tx
from asterism.kernel.llm import Usage


def spent(spec: ModelSpec, counted: Usage) -> TurnUsage | None:
    """Return what an agent took, at the price of now; None where the provider counted nothing."""
    if not counted.reported:
        return None
    return TurnUsage(
        spec.id,
        counted.input_tokens,
        counted.output_tokens,
        counted.cached_input_tokens,
        counted.reasoning_tokens,
        spec.cost_micros(counted.input_tokens, counted.cached_input_tokens, counted.output_tokens),
    )


def together(earlier: TurnUsage | None, later: TurnUsage | None) -> TurnUsage | None:
    """Add up what two attempts of a turn took; it is unpriced when one of them is."""
    if earlier is None or later is None:
        return earlier or later
    unpriced = earlier.cost_micros is None or later.cost_micros is None
    return TurnUsage(
        later.model,
        earlier.input_tokens + later.input_tokens,
        earlier.output_tokens + later.output_tokens,
        earlier.cached_input_tokens + later.cached_input_tokens,
        earlier.reasoning_tokens + later.reasoning_tokens,
        None if unpriced else (earlier.cost_micros or 0) + (later.cost_micros or 0),
    )


def record(tx: Tx, conversation: Conversation, turn: Message, ended_at: str) -> None:
    """Note what a turn took beside what runs of chats took, in the transaction that ends it."""
    used = turn.usage
    if used is None:
        return
    usage.record(
        tx,
        usage.RunUsage(
            run_id=turn.id,
            user_id=conversation.owner_user_id,
            project_id=conversation.project_id,
            chat_id=conversation.id,
            model=used.model,
            ended_at=ended_at,
            input_tokens=used.input_tokens,
            output_tokens=used.output_tokens,
            cached_input_tokens=used.cached_input_tokens,
            reasoning_tokens=used.reasoning_tokens,
            cost_micros=used.cost_micros,
        ),
    )
