"""Odd streams: read from bytes in every way they can be split, and through a real connection."""

import asyncio
import itertools
from collections.abc import Iterable

import pytest

from asterism.kernel.llm import (
    AnswerPart,
    CallDelta,
    CallEnd,
    CallStart,
    Delta,
    Limits,
    ModelFailure,
    PydanticModels,
    Request,
    Target,
    ThoughtDelta,
    Turn,
    TurnEnd,
    Usage,
)
from asterism.kernel.llm.failures import seen_from
from asterism.kernel.llm.fake_server import FakeModelServer, Script
from asterism.kernel.llm.providers import Wire
from asterism.kernel.llm.reading.answer import Answer
from asterism.kernel.llm.reading.assembly import Broken
from tests.kernel.llm.streams import anthropic, google, openai
from tests.kernel.llm.streams.row import Odd

TABLES: dict[Wire, list[Odd]] = {"openai": openai.ROWS, "anthropic": anthropic.ROWS, "google": google.ROWS}
PROVIDERS = {"openai": "local", "anthropic": "anthropic", "google": "gemini"}
EVERY = [pytest.param(wire, row, id=f"{wire}: {row.name}") for wire, rows in TABLES.items() for row in rows]


def outcome(parts: Iterable[AnswerPart], end: str, usage: Usage) -> Odd:
    """Return what came of a row, in the words of the tables; checks that the parts fit together."""
    parts = list(parts)
    started = {part.id: part.name for part in parts if isinstance(part, CallStart)}
    calls = [part.call for part in parts if isinstance(part, CallEnd)]
    assert len({call.id for call in calls} - {""}) == len(calls)
    for call in calls:
        pieces = [part.json for part in parts if isinstance(part, CallDelta) and part.id == call.id]
        assert (started[call.id], "".join(pieces) or "{}") == (call.name, call.json)
    text = "".join(part.text for part in parts if isinstance(part, Delta))
    for last in parts[-1:]:
        if isinstance(last, TurnEnd):
            end, usage = last.reason, last.usage
            assert last.turn.text == text
            assert sorted(last.turn.calls, key=lambda c: c.id) == sorted(calls, key=lambda c: c.id)
    assert not any(isinstance(part, TurnEnd) for part in parts[:-1])
    assert all(part.text for part in parts if isinstance(part, Delta | ThoughtDelta))
    return Odd(
        "",
        b"",
        text,
        end,
        (usage.input_tokens, usage.output_tokens) if usage.reported else None,
        tuple((call.name, call.json) for call in calls),
        "".join(part.text for part in parts if isinstance(part, ThoughtDelta)),
    )


def wanted(row: Odd) -> Odd:
    return Odd("", b"", row.text, row.end, row.usage, row.calls, row.thought)


def read(wire: Wire, body: bytes, cuts: Iterable[int]) -> Odd:
    answer = Answer(wire, "p")
    parts: list[AnswerPart] = []
    places = [0, *cuts, len(body)]
    try:
        for start, end in itertools.pairwise(places):
            parts.extend(answer.feed(body[start:end]))
        parts.extend(answer.close())
    except Broken as error:
        return outcome(parts, seen_from(error.kind, began=answer.began), answer.usage)
    return outcome(parts, "", answer.usage)


@pytest.mark.parametrize(("wire", "row"), EVERY)
def test_an_odd_stream_has_the_same_outcome_however_it_is_split(wire: Wire, row: Odd) -> None:
    size = len(row.body)
    for cuts in ((), range(1, size), range(7, size, 7), range(13, size, 101), (size // 2,), (size - 1,)):
        assert read(wire, row.body, cuts) == wanted(row), list(cuts)[:3]


@pytest.mark.xdist_group("llm")
@pytest.mark.parametrize("wire", TABLES)
@pytest.mark.parametrize("split", [0, 1, 17])
def test_odd_streams_over_a_connection(wire: Wire, split: int) -> None:
    found = asyncio.run(asked(wire, split))
    assert found == {row.name: wanted(row) for row in TABLES[wire]}


async def asked(wire: Wire, split: int) -> dict[str, Odd]:
    found: dict[str, Odd] = {}
    models = PydanticModels()
    async with FakeModelServer() as fake, asyncio.timeout(300):
        base = fake.google_url if wire == "google" else fake.url
        request = Request(Target(PROVIDERS[wire], "demo", base, "k"), (Turn("user", "Hi"),), limits=Limits(60, 60, 120))
        for row in TABLES[wire]:
            fake.play(Script(raw=row.body, split=split, cut=row.cut))
            parts: list[AnswerPart] = []
            keep = parts.append
            try:
                async for part in models.parts(request):
                    keep(part)
                found[row.name] = outcome(parts, "", Usage())
            except ModelFailure as failure:
                found[row.name] = outcome(parts, failure.failure, failure.usage or Usage())
        await models.stop()
    return found


def test_the_tables_are_as_long_as_promised_and_name_each_row_once() -> None:
    for rows in TABLES.values():
        assert len(rows) >= 60
        assert len({row.name for row in rows}) == len(rows)
