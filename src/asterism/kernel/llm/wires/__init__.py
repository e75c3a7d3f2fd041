"""Asking through pydantic-ai, whatever the wire format; the modules below make its models, one for each format.

Importing any of this takes seconds, so it is done by `loader` in a worker thread, and only for formats in use.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from urllib.parse import urlsplit

import httpx2
import structlog
from pydantic_ai.direct import model_request_stream
from pydantic_ai.models import Model

from asterism.base.hosts import is_loopback
from asterism.kernel.llm.classify import failure_of
from asterism.kernel.llm.failures import ModelFailure, seen_from
from asterism.kernel.llm.models import AnswerPart, Request
from asterism.kernel.llm.providers import Wire, provider
from asterism.kernel.llm.reading.answer import Answer
from asterism.kernel.llm.reading.assembly import Broken
from asterism.kernel.llm.wires.exchange import exchange, take_body
from asterism.kernel.llm.wires.requests import history, parameters, settings

log = structlog.get_logger(__name__)

CONNECT_SECONDS = 10


class Clients:
    """The HTTP connections: never redirected; proxies of the environment are used except towards this machine."""

    def __init__(self) -> None:
        self._here, self._far = self._client(trust_env=False), self._client(trust_env=True)

    def _client(self, *, trust_env: bool) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(
            timeout=httpx2.Timeout(None, connect=CONNECT_SECONDS),  # `timing` limits the rest
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=64),
            follow_redirects=False,
            trust_env=trust_env,
            event_hooks={"response": [take_body]},
        )

    def towards(self, base_url: str) -> httpx2.AsyncClient:
        """Return the client to reach an address with."""
        return self._here if is_loopback(urlsplit(base_url).hostname or "") else self._far

    async def close(self) -> None:
        """Close every connection."""
        await self._here.aclose()
        await self._far.aclose()


async def answer(
    model: Model, wire: Wire, request: Request, *, plain: bool = False
) -> AsyncGenerator[AnswerPart, None]:
    """Ask, and yield the answer as it comes. Raises ModelFailure; leaving closes the connection."""
    found = Answer(wire, request.target.provider)
    asking = model_request_stream(
        model,
        history(request, wire, model),
        model_settings=settings(request, wire),
        model_request_parameters=parameters(request, wire, model, plain=plain),
    )
    try:
        async with aclosing(exchange(asking, found)) as parts:
            async for part in parts:
                yield part
    except Exception as error:
        failure = _failure(error, request, began=found.began)
        failure.usage = found.usage
        log.warning("llm.failed", provider=request.target.provider, failure=failure.failure, error=type(error).__name__)
        raise failure from error


def _failure(error: Exception, request: Request, *, began: bool) -> ModelFailure:
    entry = provider(request.target.provider)
    name, model = entry.label if entry else request.target.provider, request.target.model
    if isinstance(error, Broken):
        return ModelFailure(seen_from(error.kind, began=began), name=name, model=model)
    return failure_of(error, name=name, model=model, began=began)
