"""The built-in agent and its loop: what it makes of models that err, fail, loop and stop."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from asterism.kernel.agents import (
    AgentJob,
    BuiltinAgents,
    Ground,
    Inquiry,
    Lookup,
    Option,
    Question,
    QuestionRejected,
    QuestionReplied,
    Resumption,
    Said,
    TextPart,
    ToolPart,
    ToolState,
)
from asterism.kernel.agents.builtin.loop import BAD_ROUNDS, CUT, LOOPING_CALLS
from asterism.kernel.agents.builtin.toolbox import SPECS
from asterism.kernel.llm import (
    FailureKind,
    Request,
    Scripted,
    ScriptedModels,
    Target,
    Tool,
    ToolCall,
    ToolResult,
    Turn,
)
from tests.support.agents import Told, at_once, call, turn_of

TARGET = Target("local", "demo", "http://127.0.0.1:1/v1")


class Bench:
    """A built-in agent on a working copy, with a model from a script."""

    def __init__(self, tree: Path, *, room: int = 100_000) -> None:
        self.tree = tree
        self.models = ScriptedModels()
        self.agents = BuiltinAgents(self.models, Ground("plain"), room=room, sleep=at_once)

    def play(self, *answers: Scripted | str | ToolCall | Sequence[ToolCall]) -> None:
        for answer in answers:
            if isinstance(answer, str | Scripted):
                self.models.play(answer)
            else:
                self.models.play(Scripted((answer,) if isinstance(answer, ToolCall) else tuple(answer)))

    async def turn(self, prompt: str = "Do it", **options: Any) -> Told:
        return await turn_of(self.agents, AgentJob(self.tree, prompt, TARGET, **options))

    def results(self, number: int = -1) -> list[ToolResult]:
        """What the model was told of its last calls, in a request."""
        last = self.models.requests[number].turns[-1]
        return [part for part in last.content if isinstance(part, ToolResult)]


def bench(tmp_path: Path, body: Callable[[Bench], Awaitable[None]], **options: Any) -> None:
    async def main() -> None:
        async with asyncio.timeout(120):
            await body(Bench(tmp_path, **options))

    asyncio.run(main())


def test_the_model_is_told_who_it_is_what_there_is_and_what_the_project_says(tmp_path: Path) -> None:
    (tmp_path / "AGENTS.md").write_text("Use tabs.")

    async def body(b: Bench) -> None:
        b.play("Done.")
        await b.turn("Say: größe", history=(Said("user", "Before"), Said("assistant", "Yes")), instructions="Be kind.")
        request = b.models.requests[0]
        assert request.max_output_tokens == 16_000
        assert "Use tabs." in request.system
        assert "Be kind." in request.system
        assert [(turn.role, turn.text) for turn in request.turns] == [
            ("user", "Before"),
            ("assistant", "Yes"),
            ("user", "Say: größe"),
        ]
        assert {tool.name for tool in request.tools} == set(SPECS)
        assert all(tool.description for tool in request.tools)
        assert "$ref" not in str([tool.schema for tool in request.tools])

    bench(tmp_path, body)


def test_calls_of_one_answer_are_run_in_order_and_answered_in_order(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one\n")

    async def body(b: Bench) -> None:
        calls = (
            call("read", "c1", filePath="a.txt"),
            call("edit", "c2", filePath="a.txt", oldString="one", newString="two"),
            call("grep", "c3", pattern="t[w]o"),
            call("glob", "c4", pattern="*.{txt,md}"),
            call("list", "c5"),
        )
        b.play(calls, "Done.")
        told = await b.turn()
        texts = [result.text for result in b.results()]
        assert [result.call_id for result in b.results()] == ["c1", "c2", "c3", "c4", "c5"]
        assert "00001| one" in texts[0]
        assert texts[2] == "Found 1 matches\na.txt:\n  Line 1: two"
        assert texts[3] == "a.txt"
        assert [part.state.status for part in told.calls] == ["completed"] * 5

    bench(tmp_path, body)


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (ToolCall("c1", "fly", "{}"), "There is no tool 'fly'. The tools are: bash"),
        (ToolCall("c1", "read", '{"filePath": "a'), "no JSON object, or were cut off"),
        (ToolCall("c1", "read", "[]"), "no JSON object"),
        (ToolCall("c1", "read", "{}"), "missing required field `filePath`"),
        (ToolCall("c1", "read", '{"filePath": {"x": 1}}'), "Expected `str`"),
        (ToolCall("c1", "read", '{"filePath": "../../etc/passwd"}'), "outside"),
        (ToolCall("c1", "write", '{"filePath": "/etc/passwd", "content": "x"}'), "outside the working copy"),
        (ToolCall("c1", "write", '{"filePath": "a", "content": "\\ud800"}'), "surrogate"),
        (ToolCall("c1", "grep", '{"pattern": "("}'), "cannot be read"),
        (ToolCall("c1", "glob", '{"pattern": "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}"}'), "too many"),
        (ToolCall("c1", "bash", '{"command": "true", "workdir": "/etc"}'), "outside"),
        (ToolCall("c1", "question", '{"questions": []}'), "length >= 1"),
    ],
)
def test_a_call_that_is_wrong_is_told_to_the_model(wanted: ToolCall, why: str, tmp_path: Path) -> None:
    async def body(b: Bench) -> None:
        b.play(wanted, "Sorry.")
        told = await b.turn()
        assert (told.end.reason, told.text) == ("done", "Sorry.")
        assert why in b.results()[0].text
        assert b.results()[0].error
        assert told.calls[0].state.error == told.calls[0].state.output == b.results()[0].text

    bench(tmp_path, body)


def test_a_model_that_only_errs_is_stopped(tmp_path: Path) -> None:
    async def body(b: Bench) -> None:
        b.play(*[call("fly", n=number) for number in range(50)])
        told = await b.turn()
        assert told.end.reason == "failed"
        assert "cannot be run" in (told.end.error or "")
        assert len(b.models.requests) == BAD_ROUNDS

    bench(tmp_path, body)


def test_a_model_that_loops_is_told_and_then_stopped(tmp_path: Path) -> None:
    async def body(b: Bench) -> None:
        b.play(*[call("list") for _ in range(50)])
        told = await b.turn()
        assert (told.end.reason, len(b.models.requests)) == ("failed", LOOPING_CALLS)
        assert "repeated one call" in (told.end.error or "")
        assert "for the 3. time" in b.results(3)[0].text

    bench(tmp_path, body)


def test_the_same_command_after_a_change_is_no_loop(tmp_path: Path) -> None:
    async def body(b: Bench) -> None:
        for number in range(LOOPING_CALLS + 2):
            b.play(call("bash", command="echo same"), call("write", filePath="a", content=str(number)))
        b.play("Done.")
        assert (await b.turn()).end.reason == "done"

    bench(tmp_path, body)


def test_a_provider_that_keeps_failing_is_asked_eight_times(tmp_path: Path) -> None:
    async def body(b: Bench) -> None:
        b.play(*[Scripted(failure=FailureKind.UNAVAILABLE) for _ in range(20)])
        told = await b.turn()
        assert (told.end.reason, len(b.models.requests)) == ("failed", 8)
        assert "cannot be reached" in (told.end.error or "")

    bench(tmp_path, body)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Scripted(failure=FailureKind.AUTH), "rejected the API key"),
        (Scripted(("Half",), failure=FailureKind.UNAVAILABLE), ""),
        (Scripted((call("read", filePath="a"),), failure=FailureKind.INTERRUPTED), "broke in the middle"),
        (Scripted(failure=FailureKind.MODEL_UNKNOWN), "does not know the model"),
    ],
)
def test_a_failure_that_waiting_does_not_mend_ends_the_turn(answer: Scripted, why: str, tmp_path: Path) -> None:
    async def body(b: Bench) -> None:
        b.play(answer, "Not reached.")
        told = await b.turn()
        assert (told.end.reason, len(b.models.requests)) == ("failed", 1)
        assert why in (told.end.error or "")
        assert all(part.state.status == "error" for part in told.calls)

    bench(tmp_path, body)


def test_a_failure_before_the_answer_is_waited_out(tmp_path: Path) -> None:
    async def body(b: Bench) -> None:
        b.play(Scripted(failure=FailureKind.RATE_LIMITED), Scripted(failure=FailureKind.UNAVAILABLE), "There.")
        assert (await b.turn()).text == "There."

    bench(tmp_path, body)


def test_an_answer_that_was_cut_goes_on(tmp_path: Path) -> None:
    async def body(b: Bench) -> None:
        b.play(Scripted(("Long ",), reason="max_tokens"), "answer.")
        told = await b.turn()
        assert (told.end.reason, told.text) == ("done", "Long answer.")
        assert b.models.requests[1].turns[-1] == Turn("user", CUT)
        b.play(*[Scripted(("more ",), reason="max_tokens") for _ in range(10)])
        told = await b.turn()
        assert (told.end.reason, told.text) == ("failed", "more " * 4)

    bench(tmp_path, body)


def test_tokens_of_all_answers_are_counted(tmp_path: Path) -> None:
    async def body(b: Bench) -> None:
        b.play(call("list"), "Done.")
        usage = (await b.turn()).end.usage
        assert (usage.input_tokens, usage.output_tokens, usage.reported) == (20, 10, True)

    bench(tmp_path, body)


def test_a_long_conversation_becomes_a_cited_summary(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("word " * 3000)

    async def body(b: Bench) -> None:
        summaries: list[Request] = []

        def answer(request: Request) -> Scripted:
            if not request.tools:
                summaries.append(request)
                return Scripted(("The user wants a.txt read [1]. Nonsense [77].",))
            done = len([r for r in b.models.requests if r.tools])
            return Scripted((call("read", filePath="a.txt", offset=0, limit=done),) if done < 12 else ("Done.",))

        b.models = ScriptedModels(answer)
        b.agents = BuiltinAgents(b.models, Ground("plain"), room=1500, sleep=at_once)
        told = await b.turn("Read a.txt. " + "Carefully. " * 400)
        assert told.end.reason == "done"
        assert summaries
        assert "[1] user: Read a.txt." in summaries[0].turns[0].text
        first = b.models.requests[-1].turns[0].text
        assert first.startswith("Summary of the conversation so far:")
        assert "[77]" not in first
        assert "Sources:\n[1] user: " in first

    bench(tmp_path, body)


def test_a_conversation_that_the_model_refuses_is_made_shorter(tmp_path: Path) -> None:
    async def body(b: Bench) -> None:
        b.play(Scripted(failure=FailureKind.CONTEXT_TOO_LONG), "A summary [1].", "Done.")
        told = await b.turn("Do it", history=tuple(Said("user", "word " * 500) for _ in range(9)))
        assert (told.end.reason, told.text) == ("done", "Done.")
        b.play(Scripted(failure=FailureKind.CONTEXT_TOO_LONG), Scripted(failure=FailureKind.CONTEXT_TOO_LONG))
        assert (await b.turn("Do it")).end.reason == "failed"

    bench(tmp_path, body)


ASKED = Question("que_1", "ses_old", [Inquiry("Where?", "Path", [Option("/health")])])
PARTS = (
    TextPart("p1", "ses_old", "m1", "I look."),
    ToolPart("p2", "ses_old", "m1", "read", "c1", ToolState("completed", {"filePath": "a"}, "00001| x")),
    TextPart("p3", "ses_old", "m2", "I ask."),
    ToolPart("p4", "ses_old", "m2", "question", "c1", ToolState("running", {"questions": []})),
    ToolPart("p5", "ses_old", "m2", "bash", "c2", ToolState("running", {"command": "make"})),
)


def test_an_interrupted_turn_goes_on_with_its_parts_and_the_answer(tmp_path: Path) -> None:
    async def body(b: Bench) -> None:
        b.play("Thanks.")
        told = await b.turn("Do it", resumption=Resumption(PARTS, ASKED, (("/health",),)))
        assert (told.end.reason, told.text) == ("done", "Thanks.")
        assert [e.request_id for e in told.events if isinstance(e, QuestionReplied)] == ["que_1"]
        turns = b.models.requests[0].turns
        assert [turn.role for turn in turns] == ["user", "assistant", "user", "assistant", "user", "assistant", "user"]
        assert [call.name for turn in turns for call in turn.calls] == ["read", "bash", "question"]
        assert "broken off" in str(turns[4])
        assert "/health" in str(turns[-1])

    bench(tmp_path, body)


def test_an_interrupted_turn_whose_question_was_rejected_just_ends(tmp_path: Path) -> None:
    async def body(b: Bench) -> None:
        told = await b.turn("Do it", resumption=Resumption(PARTS, ASKED, None))
        assert (told.end.reason, b.models.requests) == ("done", [])
        assert [e.request_id for e in told.events if isinstance(e, QuestionRejected)] == ["que_1"]

    bench(tmp_path, body)


def test_the_server_may_add_lookups(tmp_path: Path) -> None:
    async def look(given: Any) -> str:
        return f"The map of {given['path']}."

    async def body(b: Bench) -> None:
        b.play(call("map", path="src"), "Done.")
        await b.turn(lookups=(Lookup(Tool("map", "Shows the map.", {"type": "object"}), look),))
        assert b.results()[0].text == "The map of src."

    bench(tmp_path, body)


def test_an_abort_closes_the_call_of_the_model(tmp_path: Path) -> None:
    async def body(b: Bench) -> None:
        b.play(Scripted(("Half",), hold=asyncio.Event()))
        told = Told()
        async with b.agents.open(AgentJob(b.tree, "Do it", TARGET)) as session:
            async for event in session.events():
                told.events.append(event)
                if told.text:
                    await session.abort()
        assert told.end.reason == "aborted"
        assert len(b.models.closed) == 1

    bench(tmp_path, body)
