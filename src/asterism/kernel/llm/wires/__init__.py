"""Asking through pydantic-ai, whatever the wire format; the modules below make its models, one for each format.

Importing any of this takes seconds, so it is done by `pydantic` in a worker thread, and only for formats in use.
"""

from collections.abc import AsyncGenerator, Callable
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import httpx2
import structlog
from pydantic_ai import messages as parts
from pydantic_ai.direct import model_request_stream
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.output import OutputObjectDefinition
from pydantic_ai.settings import ModelSettings

from asterism.kernel.llm.classify import failure_of
from asterism.kernel.llm.failures import FailureKind, ModelFailure
from asterism.kernel.llm.models import Delta, Finish, Part, Reasoning, Request, Turn, Usage
from asterism.kernel.llm.providers import Provider, is_loopback, provider

log = structlog.get_logger(__name__)

CONNECT_SECONDS = 10
THINKING: dict[Reasoning, Any] = {"lowest": "minimal", "high": "high"}


class Clients:
    """The HTTP connections: never redirected; proxies of the environment are used except towards this machine."""

    def __init__(self) -> None:
        timeout = httpx2.Timeout(None, connect=CONNECT_SECONDS)  # `timing` limits the rest
        limits = httpx2.Limits(max_connections=None, max_keepalive_connections=64)
        self._here = httpx2.AsyncClient(timeout=timeout, limits=limits, follow_redirects=False, trust_env=False)
        self._far = httpx2.AsyncClient(timeout=timeout, limits=limits, follow_redirects=False)

    def towards(self, base_url: str) -> httpx2.AsyncClient:
        """Return the client to reach an address with."""
        return self._here if is_loopback(urlsplit(base_url).hostname or "") else self._far

    async def close(self) -> None:
        """Close every connection."""
        await self._here.aclose()
        await self._far.aclose()


async def answer(model: Model, request: Request, *, plain: bool = False) -> AsyncGenerator[Part, None]:
    """Ask, and yield the answer as it comes. Raises ModelFailure; leaving closes the connection."""
    entry = provider(request.target.provider)
    name = entry.label if entry else request.target.provider
    began = False
    used: Callable[[], Usage] = Usage
    try:
        async with model_request_stream(
            model,
            history(request, entry),
            model_settings=settings(request, entry),
            model_request_parameters=parameters(request, model, plain=plain),
        ) as response:
            used = partial(usage_of, response)
            async for event in response:
                text = _text(event)
                if text:
                    began = True
                    yield Delta(text)
            yield _finish(response, name, request.target.model, began=began)
    except ModelFailure as failure:
        failure.usage = used()
        raise
    except Exception as error:
        found = failure_of(error, name=name, model=request.target.model, began=began)
        found.usage = used()
        log.warning("llm.failed", provider=request.target.provider, failure=found.failure, error=type(error).__name__)
        raise found from error


def _text(event: Any) -> str:
    if isinstance(event, parts.PartStartEvent) and isinstance(event.part, parts.TextPart):
        return event.part.content
    if isinstance(event, parts.PartDeltaEvent) and isinstance(event.delta, parts.TextPartDelta):
        return event.delta.content_delta
    return ""


def _finish(response: StreamedResponse, name: str, model: str, *, began: bool) -> Finish:
    reason = response.finish_reason
    if reason in {"content_filter", "error"} or (reason is None and began):
        kind = FailureKind.CONTENT_FILTERED if reason == "content_filter" else FailureKind.INTERRUPTED
        raise ModelFailure(kind, name=name, model=model)
    if not began:
        raise ModelFailure(FailureKind.EMPTY, name=name, model=model)
    return Finish("max_tokens" if reason == "length" else "end", usage_of(response))


def usage_of(response: StreamedResponse) -> Usage:
    """Return the tokens reported so far."""
    used = response.usage
    return Usage(
        input_tokens=used.input_tokens,
        output_tokens=used.output_tokens,
        cached_input_tokens=used.cache_read_tokens,
        reasoning_tokens=int(used.details.get("reasoning_tokens", 0) or used.details.get("thoughts_tokens", 0)),
        reported=bool(used.input_tokens or used.output_tokens),
    )


def history(request: Request, entry: Provider | None) -> list[parts.ModelMessage]:
    """Write the conversation as pydantic-ai's messages.

    Anthropic and Google want alternating turns that begin with the user's. In OpenAI's format the messages travel in
    the settings instead (`raw_messages`), and what is returned here is replaced by them.
    """
    if _is_openai(entry):
        return [parts.ModelRequest(parts=[parts.UserPromptPart(content="")])]
    found: list[parts.ModelMessage] = []
    if request.system:
        found.append(parts.ModelRequest(parts=[parts.SystemPromptPart(content=request.system)]))
    for turn in alternating(list(request.turns)):
        if turn.role == "user":
            found.append(parts.ModelRequest(parts=[parts.UserPromptPart(content=turn.text)]))
        else:
            found.append(parts.ModelResponse(parts=[parts.TextPart(content=turn.text)]))
    return found


def raw_messages(request: Request) -> list[dict[str, str]]:
    """Write the conversation in OpenAI's own format.

    The vendor's library inspects the type of every field of every message it is handed, at half a millisecond of
    processor time per message; what comes through `extra_body` it passes on as it is (ADR 0041).
    """
    system = [{"role": "system", "content": request.system}] if request.system else []
    return system + [{"role": turn.role, "content": turn.text} for turn in request.turns]


def _is_openai(entry: Provider | None) -> bool:
    return entry is None or entry.wire == "openai"


def alternating(turns: list[Turn]) -> list[Turn]:
    """Join neighbours of one role with a blank line, and let the user begin."""
    joined: list[Turn] = []
    for turn in turns:
        if joined and joined[-1].role == turn.role:
            joined[-1] = Turn(turn.role, f"{joined[-1].text}\n\n{turn.text}")
        else:
            joined.append(turn)
    if joined and joined[0].role == "assistant":
        joined.insert(0, Turn("user", "(The conversation so far starts with your answer.)"))
    return joined


def settings(request: Request, entry: Provider | None) -> ModelSettings:
    """Return pydantic-ai's settings of one request."""
    found = ModelSettings(max_tokens=request.max_output_tokens, framing_announcement="never")
    if request.reasoning in THINKING:
        found["thinking"] = THINKING[request.reasoning]
    if request.temperature is not None:
        found["temperature"] = request.temperature
    if _is_openai(entry):
        found["extra_body"] = {"messages": raw_messages(request)}
    return found


def parameters(request: Request, model: Model, *, plain: bool) -> ModelRequestParameters:
    """Return pydantic-ai's parameters of one request: structured output where it is wanted and offered."""
    if request.schema is None or plain or not model.profile.get("supports_json_schema_output", False):
        return ModelRequestParameters()
    wanted = OutputObjectDefinition(json_schema=dict(request.schema), name="answer", strict=False)
    return ModelRequestParameters(output_mode="native", output_object=wanted)
