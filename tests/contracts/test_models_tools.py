"""Tools in the suite of the port `Models`: calls as they are written, results on their way back, agents by prompt."""

import asyncio
from contextlib import aclosing
from dataclasses import replace

import pytest

from asterism.kernel.llm import (
    CallDelta,
    CallEnd,
    CallStart,
    Delta,
    FailureKind,
    ModelFailure,
    Models,
    PydanticModels,
    Request,
    Scenario,
    Scripted,
    ScriptedModels,
    Target,
    Text,
    Thought,
    ThoughtDelta,
    Tool,
    ToolCall,
    ToolResult,
    Turn,
    TurnEnd,
)
from asterism.kernel.llm.conversation import UNANSWERED
from asterism.kernel.llm.fake_server import FakeModelServer, Script
from tests.support.models import WIRES, World, every_adapter, is_closed, read, read_all, run

pytestmark = pytest.mark.xdist_group("llm")

READ = ToolCall("c1", "read_file", '{"path": "größe.py"}')
LIST = ToolCall("c2", "list_files", '{"under": "src"}')
PATH = {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}
TOOLS = (Tool("read_file", "Read a file.", PATH), Tool("list_files", "List files.", {"type": "object"}))


def end_of(parts: list[object]) -> TurnEnd:
    assert isinstance(parts[-1], TurnEnd)
    assert not any(isinstance(part, TurnEnd) for part in parts[:-1])
    return parts[-1]


@every_adapter
def test_a_call_is_told_as_it_is_written(kind: str) -> None:
    async def body(w: World) -> None:
        w.play(Script(calls=(READ,)))
        parts = await read_all(w, replace(w.request, tools=TOOLS))
        end = end_of([*parts])
        start, *pieces, last = parts[:-1]
        assert isinstance(start, CallStart)
        assert start.name == "read_file"
        assert isinstance(last, CallEnd)
        assert last.call.id == start.id != ""
        assert "".join(piece.json for piece in pieces if isinstance(piece, CallDelta)) == last.call.json
        assert {piece.id for piece in pieces if isinstance(piece, CallDelta)} == {start.id}
        assert last.call.arguments == {"path": "größe.py"}
        assert (end.reason, end.turn.calls, end.turn.text) == ("tool_calls", (last.call,), "")
        assert (end.usage.input_tokens, end.usage.output_tokens) == (10, 5)

    run(kind, body)


@every_adapter
def test_thoughts_text_and_parallel_calls_keep_their_order(kind: str) -> None:
    async def body(w: World) -> None:
        w.play(Script(("Let me ", "look."), thoughts=("Hm, ", "two files."), calls=(READ, LIST)))
        parts = await read_all(w, replace(w.request, tools=TOOLS))
        assert "".join(p.text for p in parts if isinstance(p, ThoughtDelta)) == "Hm, two files."
        assert "".join(p.text for p in parts if isinstance(p, Delta)) == "Let me look."
        turn = end_of([*parts]).turn
        assert [type(part) for part in turn.parts] == [Thought, Text, ToolCall, ToolCall]
        assert [(call.name, call.arguments) for call in turn.calls] == [
            ("read_file", READ.arguments),
            ("list_files", LIST.arguments),
        ]
        assert len({call.id for call in turn.calls}) == 2
        assert [p.call for p in parts if isinstance(p, CallEnd)] == list(turn.calls)

    run(kind, body)


@every_adapter
def test_results_go_back_with_their_calls_and_marks(kind: str) -> None:
    async def body(w: World) -> None:
        w.play(Script(("Look.",), thoughts=("Hm",), calls=(READ, LIST)))
        request = replace(w.request, tools=TOOLS)
        turn = end_of([*await read_all(w, request)]).turn
        first, second = turn.calls
        results = (ToolResult(first.id, "print('hé')\n"), ToolResult(second.id, "no such folder", error=True))
        w.play(Script(("Done.",)))
        again = replace(request, turns=(*request.turns, turn, Turn("user", parts=results)))
        assert end_of([*await read_all(w, again)]).turn.text == "Done."
        assert w.results() == list(results)

    run(kind, body)


@every_adapter
def test_leaving_in_the_middle_of_a_call_closes_the_connection(kind: str) -> None:
    async def body(w: World) -> None:
        w.play(Script(("a",), calls=(READ,), delay=60))
        async with aclosing(w.models.parts(replace(w.request, tools=TOOLS))) as parts:
            assert await anext(parts) == Delta("a")
        await is_closed(w)

    run(kind, body)


@every_adapter
def test_calls_alone_are_no_text(kind: str) -> None:
    async def body(w: World) -> None:
        w.play(Script(calls=(READ,)))
        with pytest.raises(ModelFailure) as failed:
            await read(w)
        assert failed.value.failure is FailureKind.EMPTY
        w.play(Script(("text",), calls=(READ,)))
        assert (await w.models.complete(replace(w.request, tools=TOOLS))).turn.calls[0].name == "read_file"

    run(kind, body)


@pytest.mark.parametrize("kind", WIRES)
def test_a_call_that_was_broken_off_does_not_stop_the_conversation(kind: str) -> None:
    async def body(w: World) -> None:
        turn = Turn("assistant", parts=(Text("Look."), READ, LIST))
        answers = (Turn("user", parts=(ToolResult("c2", "a.py"), Text("Go on"))), Turn("user", "Stop that."))
        for following in answers:
            w.play(Script(("Done.",)))
            await read_all(w, replace(w.request, turns=(Turn("user", "Hi"), turn, following)))
            assert ToolResult("c1", UNANSWERED, error=True) in w.results()
            assert len(w.results()) == 2

    run(kind, body)


FIX = "fix the bug"
STEPS = ((("I look.",), (READ, LIST)), ((), (ToolCall("c9", "write_file", '{"path": "a"}'),)), (("Fixed.",), ()))


async def agent(models: Models, target: Target, prompt: str) -> list[str]:
    """Work on a prompt as an agent does, to the first turn without calls; returns what was called and said."""
    done: list[str] = []
    request = Request(target, (Turn("user", prompt),), tools=TOOLS)
    while True:
        turn = end_of([part async for part in models.parts(request)]).turn
        done += [turn.text] * bool(turn.text) + [call.name for call in turn.calls]
        if not turn.calls:
            return done
        results = tuple(ToolResult(call.id, f"result of {call.name}") for call in turn.calls)
        request = replace(request, turns=(*request.turns, turn, Turn("user", parts=results)))


@pytest.mark.parametrize("kind", ["scripted", *WIRES])
def test_a_scenario_plays_an_agents_model_by_prompt(kind: str) -> None:
    wanted = ["I look.", "read_file", "list_files", "write_file", "Fixed."]

    async def main() -> None:
        if kind == "scripted":
            steps = [Scripted((*chunks, *calls)) for chunks, calls in STEPS]
            models: Models = ScriptedModels(Scenario({FIX: steps}, Scripted(("Hello.",))))
            found = await several(models, Target("local", "demo", "http://127.0.0.1:1"))
        else:
            models = PydanticModels()
            async with FakeModelServer() as fake:
                scripts = [Script(chunks, calls=calls) for chunks, calls in STEPS]
                fake.act(Scenario({FIX: scripts, "greet": [Script(("Hello.",))]}, None))
                base = fake.google_url if kind == "gemini" else fake.url
                found = await several(models, Target(kind, "demo", base, "k"))
                assert fake.calls[0].tools == ["read_file", "list_files"]
                await models.stop()
        assert found == [wanted, ["Hello."], wanted]

    async def several(models: Models, target: Target) -> list[list[str]]:
        prompts = (f"Please {FIX} in a.py", "greet me", f"{FIX}!")
        return await asyncio.gather(*(agent(models, target, prompt) for prompt in prompts))

    asyncio.run(main())
