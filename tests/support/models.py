"""Every adapter of the port `Models`, told what to answer in the same words."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass

import pytest

from asterism.kernel.llm import (
    AnswerPart,
    FailureKind,
    FinishReason,
    Models,
    Part,
    PydanticModels,
    Request,
    Scripted,
    ScriptedModels,
    Target,
    Thought,
    ToolResult,
    Turn,
)
from asterism.kernel.llm.fake_server import FakeModelServer, Script

WIRES = ["openai", "anthropic", "gemini"]
every_adapter = pytest.mark.parametrize("kind", ["scripted", *WIRES])


@dataclass
class World:
    """An adapter, a request it can answer, and how to say what it shall answer.

    `closed` says whether a reader's leaving was noticed, `results` what the last request told of calls.
    """

    models: Models
    request: Request
    play: Callable[[Script], None]
    closed: Callable[[], bool]
    results: Callable[[], list[ToolResult]]


@asynccontextmanager
async def world(kind: str) -> AsyncIterator[World]:
    """Yield the world of an adapter."""
    turns = (Turn("user", "Hello"),)
    if kind == "scripted":
        scripted = ScriptedModels()
        request = Request(Target("local", "demo", "http://127.0.0.1:1"), turns)
        yield World(
            scripted,
            request,
            lambda s: scripted.play(as_scripted(s)),
            lambda: bool(scripted.closed),
            lambda: results_of(scripted.requests[-1]),
        )
        return
    models = PydanticModels()
    async with FakeModelServer(key="secret") as fake:
        base = fake.google_url if kind == "gemini" else fake.url
        request = Request(Target(kind, "demo", base, "secret"), turns, system="Be brief.")
        yield World(
            models,
            request,
            fake.play,
            lambda: any(call.closed_early for call in fake.calls),
            lambda: fake.calls[-1].results,
        )
        await models.stop()


def as_scripted(script: Script) -> Scripted:
    """Return what the memory fake has to do for a script of the server."""
    reason: FinishReason = "max_tokens" if script.finish == "length" else "end"
    hold = asyncio.Event() if script.delay > 10 else None
    failure = {429: FailureKind.RATE_LIMITED, 401: FailureKind.AUTH}.get(script.status)
    thoughts = tuple(Thought(text) for text in script.thoughts)
    pieces = (*thoughts, *script.chunks, *script.calls)
    return Scripted(pieces, reason=reason, failure=failure, retry_after=script.retry_after, hold=hold)


def results_of(request: Request) -> list[ToolResult]:
    """Return the results that a request holds."""
    return [part for turn in request.turns for part in turn.content if isinstance(part, ToolResult)]


def run(kind: str, body: Callable[[World], Awaitable[None]]) -> None:
    """Run the body of a test in the world of an adapter."""

    async def main() -> None:
        async with world(kind) as w, asyncio.timeout(60):
            await body(w)

    asyncio.run(main())


async def read(w: World, request: Request | None = None) -> list[Part]:
    """Read the text of an answer to its end."""
    async with aclosing(w.models.stream(request or w.request)) as parts:
        return [part async for part in parts]


async def read_all(w: World, request: Request | None = None) -> list[AnswerPart]:
    """Read all of an answer to its end."""
    async with aclosing(w.models.parts(request or w.request)) as parts:
        return [part async for part in parts]


async def is_closed(w: World) -> None:
    """Wait until the provider has noticed that its reader left."""
    while not w.closed():
        await asyncio.sleep(0)
