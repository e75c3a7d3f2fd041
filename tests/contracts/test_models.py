"""One suite for the port `Models`: `ScriptedModels`, and `PydanticModels` on each wire format over real sockets."""

import asyncio
from dataclasses import replace

import pytest

from asterism.kernel.llm import Completion, Delta, FailureKind, Finish, Limits, ModelFailure
from asterism.kernel.llm.fake_server import Script
from tests.support.models import World, every_adapter, is_closed, read, run

pytestmark = pytest.mark.xdist_group("llm")  # the vendors' libraries are loaded once

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


@every_adapter
def test_the_text_comes_as_it_was_sent_and_ends_once(kind: str) -> None:
    pieces = ("Hé", "llo\r\n", "👩‍👩‍👧", " e\u0301", "  ", "\n\n", "end")

    async def body(w: World) -> None:
        w.play(Script(pieces, usage=(10, 5)))
        *deltas, finish = await read(w)
        assert "".join(part.text for part in deltas if isinstance(part, Delta)) == "".join(pieces)
        assert isinstance(finish, Finish)
        assert finish.reason == "end"
        assert (finish.usage.input_tokens, finish.usage.output_tokens, finish.usage.reported) == (10, 5, True)

    run(kind, body)


@every_adapter
def test_a_length_limit_is_a_regular_end(kind: str) -> None:
    async def body(w: World) -> None:
        w.play(Script(("cut",), finish="length"))
        finish = (await read(w))[-1]
        assert isinstance(finish, Finish)
        assert finish.reason == "max_tokens"

    run(kind, body)


@every_adapter
@pytest.mark.parametrize(("status", "kind_of_failure"), [(401, FailureKind.AUTH), (429, FailureKind.RATE_LIMITED)])
def test_refusals_are_typed(kind: str, status: int, kind_of_failure: FailureKind) -> None:
    async def body(w: World) -> None:
        w.play(Script(status=status, retry_after=3))
        with pytest.raises(ModelFailure) as failed:
            await read(w)
        assert failed.value.failure is kind_of_failure
        assert failed.value.retry_after == 3

    run(kind, body)


@every_adapter
def test_an_answer_without_text_is_a_failure(kind: str) -> None:
    async def body(w: World) -> None:
        w.play(Script(()))
        with pytest.raises(ModelFailure) as failed:
            await read(w)
        assert failed.value.failure is FailureKind.EMPTY

    run(kind, body)


@every_adapter
def test_leaving_closes_the_connection_at_once(kind: str) -> None:
    async def body(w: World) -> None:
        w.play(Script(("a", "b"), delay=60))
        parts = w.models.stream(w.request)
        assert await anext(parts) == Delta("a")
        waiting = asyncio.ensure_future(anext(parts))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await parts.aclose()
        await is_closed(w)

    run(kind, body)


@every_adapter
def test_silence_ends_in_a_timeout(kind: str) -> None:
    async def body(w: World) -> None:
        w.play(Script(("a", "b"), delay=60))
        with pytest.raises(ModelFailure) as failed:
            await read(w, replace(w.request, limits=Limits(first_token=20, gap=0.2, total=30)))
        assert failed.value.failure is FailureKind.TIMEOUT

    run(kind, body)


@every_adapter
def test_json_is_found_in_the_answer(kind: str) -> None:
    async def body(w: World) -> None:
        w.play(Script(('Here:\n```json\n{"n"', ": 7}\n```\n")))
        found: Completion = await w.models.complete(replace(w.request, schema=SCHEMA))
        assert found.data == {"n": 7}
        w.play(Script(("no object here",)))
        with pytest.raises(ModelFailure) as failed:
            await w.models.complete(replace(w.request, schema=SCHEMA))
        assert failed.value.failure is FailureKind.OTHER

    run(kind, body)
