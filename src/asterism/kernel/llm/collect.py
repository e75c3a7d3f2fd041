"""What every adapter makes of a streamed answer: its text alone, or a whole answer."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from asterism.kernel.llm.answers import json_object
from asterism.kernel.llm.failures import FailureKind, ModelFailure
from asterism.kernel.llm.models import AnswerPart, Completion, Delta, Finish, Part, Request, TurnEnd


async def text_alone(parts: AsyncGenerator[AnswerPart, None], name: str) -> AsyncGenerator[Part, None]:
    """Yield the text of `parts`. Raises ModelFailure of kind `empty` when the answer has none."""
    async with aclosing(parts):
        async for part in parts:
            if isinstance(part, Delta):
                yield part
            elif isinstance(part, TurnEnd):
                if not part.turn.text:
                    failure = ModelFailure(FailureKind.EMPTY, name=name)
                    failure.usage = part.usage
                    raise failure
                yield Finish("max_tokens" if part.reason == "max_tokens" else "end", part.usage)


async def collect(parts: AsyncGenerator[AnswerPart, None], request: Request, name: str) -> Completion:
    """Read `parts` to the end. Raises ModelFailure of kind `other` when a wanted JSON object is not there."""
    end: TurnEnd | None = None
    async with aclosing(parts):
        async for part in parts:
            if isinstance(part, TurnEnd):
                end = part
    if end is None:
        raise ModelFailure(FailureKind.INTERRUPTED, name=name)
    if not request.tools and not end.turn.text:
        raise ModelFailure(FailureKind.EMPTY, name=name)
    data = json_object(end.turn.text) if request.schema is not None else None
    if request.schema is not None and data is None and not end.turn.calls:
        raise ModelFailure(FailureKind.OTHER, name=name)
    return Completion(end.turn.text, end.reason, end.usage, data, end.turn)
