"""The way to a model: whom to ask is said by a wing above, so it is handed in. A failure is no answer, and no error."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from asterism.base.errors import DomainError
from asterism.kernel.db import Database, Tx
from asterism.kernel.llm import Limits, Models, Request, RetryPolicy, Target, Turn, asked

log = structlog.get_logger("asterism.sync")

ANSWER_SECONDS = 60.0
AGAIN = RetryPolicy((1.0,), jitter=0.2)


@dataclass(frozen=True, slots=True)
class Adviser:
    """A model that a user can ask, and how much it writes at most."""

    target: Target
    max_output_tokens: int

    @property
    def name(self) -> str:
        """`provider:model`."""
        return f"{self.target.provider}:{self.target.model}"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: rules, then `data`, which is other people's text and never followed; and the answer's schema."""

    rules: str
    data: str
    schema: Mapping[str, Any]
    max_output_tokens: int


@dataclass(frozen=True, slots=True)
class Advisor:
    """Asks a user's model. `choose` names it, None where none is configured; each question takes `seconds` at most."""

    models: Models
    choose: Callable[[Tx, str], Adviser | None]
    seconds: float = ANSWER_SECONDS

    async def find(self, db: Database, user_id: str) -> Adviser | None:
        """Return whom the user can ask, None where that is nobody, or the configuration of models is unusable."""
        try:
            return await db.run_read(self.choose, user_id)
        except DomainError as error:
            log.warning("no model can be asked", reason=error.message)
            return None

    async def ask(self, adviser: Adviser, question: Question) -> Mapping[str, Any] | None:
        """Return the JSON object that the model answers, None when there is none in time. Never raises a failure."""
        request = Request(
            adviser.target,
            (Turn("user", question.data),),
            system=question.rules,
            max_output_tokens=min(question.max_output_tokens, adviser.max_output_tokens),
            schema=question.schema,
            limits=Limits(self.seconds, self.seconds, self.seconds),
        )
        try:
            async with asyncio.timeout(self.seconds):
                answer = await asked(lambda: self.models.complete(request), AGAIN)
        except TimeoutError:
            log.warning("a model took too long", model=adviser.name)
            return None
        except DomainError as error:
            log.warning("a model failed", model=adviser.name, reason=error.message)
            return None
        except Exception:
            log.exception("asking a model failed", model=adviser.name)
            return None
        return answer.data if answer.reason == "end" else None


def schema_of(texts: tuple[str, ...], required: tuple[str, ...], flags: tuple[str, ...] = ()) -> Mapping[str, Any]:
    """Return the schema of an object of texts and flags."""
    properties = {name: {"type": "boolean" if name in flags else "string"} for name in (*flags, *texts)}
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def usable_text(value: object, most: int) -> str | None:
    """Return a text that a model wrote for people, None when it is none, too long, or holds what no text holds."""
    if not isinstance(value, str) or not value.strip() or len(value) > most:
        return None
    text = " ".join(value.split())
    return text if text.isprintable() else None
