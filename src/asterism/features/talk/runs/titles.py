"""Asking a model for a title during an answer (Starbot 4.6). If none is there in time, the rule of chats is used."""

from dataclasses import dataclass

from asterism.features.talk import catalogue, chats
from asterism.features.talk.runs.models import RunUsage
from asterism.kernel.db import Tx
from asterism.kernel.llm import Completion, Limits, Request, Turn
from asterism.kernel.secrets import Secrets

MAX_WORDS = 6
MAX_ASKED = 4_000  # characters of the first message


@dataclass(frozen=True, slots=True)
class TitleJob:
    """What to ask, and of which model the tokens are."""

    request: Request
    spec: catalogue.ModelSpec


def title_job(tx: Tx, secrets: Secrets, directory: catalogue.ModelDirectory, chat: chats.Chat) -> TitleJob | None:
    """Return what to ask for a title, None when nobody should be asked."""
    if directory.title_model is None or chat.title_source != "default":
        return None
    first = chats.first_user_message(tx, chat.id)
    provider, _, name = directory.title_model.partition(":")
    spec = directory.spec(provider, name)
    target = catalogue.target_of(tx, secrets, directory, chat.owner_user_id, spec)
    if target is None or first is None:
        return None
    asked = f"Write a title of at most {MAX_WORDS} words for a conversation that begins as follows. Only the title.\n\n"
    turns = (Turn("user", asked + first[:MAX_ASKED]),)
    return TitleJob(Request(target, turns, max_output_tokens=64, limits=Limits(30, 10, 30)), spec)


def title_of(answer: Completion) -> str | None:
    """Return the title that a model wrote, None when it wrote none that can be used."""
    words = (chats.title_from(answer.text) or "").strip("\"'“”.").split()
    return " ".join(words[:MAX_WORDS]) or None


def usage_of(answer: Completion) -> RunUsage:
    """Return the tokens of asking."""
    used = answer.usage
    return RunUsage(
        used.input_tokens, used.output_tokens, used.cached_input_tokens, used.reasoning_tokens, not used.reported
    )
