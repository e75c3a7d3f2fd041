"""A whole answer out of a streamed one; shared by every adapter."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from asterism.kernel.llm.answers import json_object
from asterism.kernel.llm.failures import FailureKind, ModelFailure
from asterism.kernel.llm.models import Completion, Delta, Finish, Part, Request


async def collect(parts: AsyncGenerator[Part, None], request: Request, name: str) -> Completion:
    """Read `parts` to the end. Raises ModelFailure of kind `other` when a wanted JSON object is not there."""
    texts: list[str] = []
    finish: Finish | None = None
    async with aclosing(parts):
        async for part in parts:
            if isinstance(part, Delta):
                texts.append(part.text)
            else:
                finish = part
    if finish is None:
        raise ModelFailure(FailureKind.INTERRUPTED, name=name)
    text = "".join(texts)
    data = json_object(text) if request.schema is not None else None
    if request.schema is not None and data is None:
        raise ModelFailure(FailureKind.OTHER, name=name)
    return Completion(text, finish.reason, finish.usage, data)
