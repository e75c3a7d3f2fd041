"""The contract of every agent, `ScriptedAgents` first: what it tells in which order, questions, ends."""

import asyncio
from pathlib import Path

import pytest

from asterism.kernel.agents import (
    AgentEvent,
    AgentSession,
    Inquiry,
    MessageUpdated,
    Option,
    PartUpdated,
    QuestionAsked,
    QuestionClosed,
    QuestionRejected,
    QuestionReplied,
    TextPart,
    inquiries,
    payload,
)
from asterism.kernel.llm.fake_server import Script
from tests.support.agents import ADAPTERS, AgentWorld, call, run_agents

every_agent = pytest.mark.parametrize("kind", ADAPTERS)
WHERE = {"question": "Where?", "header": "Path", "options": [{"label": "/health", "description": "At the root"}]}


@every_agent
def test_an_answer_is_told_in_parts_that_follow_their_message(kind: str, tmp_path: Path) -> None:
    async def body(w: AgentWorld) -> None:
        w.steps["Say hello"] = [Script(("Hel", "lo."))]
        told = await w.turn("Say hello")
        assert (told.end.reason, told.end.error, told.text) == ("done", None, "Hello.")
        known: set[str] = set()
        for event in told.events:
            if isinstance(event, MessageUpdated):
                known.add(event.info.id)
            elif isinstance(event, PartUpdated):
                assert event.part.message_id in known
        ended = [e.info for e in told.events if isinstance(e, MessageUpdated) and e.info.time.completed]
        assert ended[-1].finish == "stop"
        deltas = [e.delta for e in told.events if isinstance(e, PartUpdated) and isinstance(e.part, TextPart)]
        assert "".join(delta or "" for delta in deltas) == "Hello."

    run_agents(kind, tmp_path, body)


@every_agent
def test_a_call_has_written_its_file_when_its_end_is_told(kind: str, tmp_path: Path) -> None:
    seen: list[str] = []

    async def body(w: AgentWorld) -> None:
        w.steps["Write it"] = [
            Script(calls=(call("write", filePath="app/größe.py", content="x = 1\n"),)),
            Script(calls=(call("write", "c2", filePath="app/größe.py", content="x = 2\n"),)),
            Script(("Written.",)),
        ]

        async def on(_: AgentSession, event: AgentEvent) -> None:
            if isinstance(event, PartUpdated) and event.ended_call:
                seen.append((w.tree / "app/größe.py").read_text())

        told = await w.turn("Write it", on=on)
        assert told.end.reason == "done"
        assert [(part.tool, part.state.status) for part in told.calls] == [("write", "completed")] * 2
        assert told.calls[0].state.input is not None
        assert told.calls[0].state.input["filePath"] == "app/größe.py"

    run_agents(kind, tmp_path, body)
    assert seen == ["x = 1\n", "x = 2\n"]


@every_agent
def test_a_question_waits_for_its_answer(kind: str, tmp_path: Path) -> None:
    async def body(w: AgentWorld) -> None:
        w.steps["Ask me"] = [Script(calls=(call("question", questions=[WHERE]),)), Script(("Thanks.",))]

        async def on(session: AgentSession, event: AgentEvent) -> None:
            if isinstance(event, QuestionAsked):
                assert payload(event)["properties"]["id"] == event.question.id
                await session.answer(event.question.id, [["/health"]])
                with pytest.raises(QuestionClosed):
                    await session.answer(event.question.id, [["/other"]])
                with pytest.raises(QuestionClosed):
                    await session.reject(event.question.id)

        told = await w.turn("Ask me", on=on)
        assert (told.end.reason, told.text) == ("done", "Thanks.")
        assert told.questions[0].question.questions[0].options == [Option("/health", "At the root")]
        replied = [event for event in told.events if isinstance(event, QuestionReplied)]
        assert [(e.request_id, e.answers) for e in replied] == [(told.questions[0].question.id, [["/health"]])]
        assert "/health" in (told.calls[0].state.output or "")

    run_agents(kind, tmp_path, body)


@every_agent
def test_a_rejected_question_ends_the_turn(kind: str, tmp_path: Path) -> None:
    async def body(w: AgentWorld) -> None:
        w.steps["Ask me"] = [Script(calls=(call("question", questions=[WHERE]),)), Script(("Not reached.",))]

        async def on(session: AgentSession, event: AgentEvent) -> None:
            if isinstance(event, QuestionAsked):
                await session.reject(event.question.id)

        told = await w.turn("Ask me", on=on)
        assert (told.end.reason, told.text) == ("done", "")
        assert len([event for event in told.events if isinstance(event, QuestionRejected)]) == 1
        assert told.calls[0].state.status == "error"

    run_agents(kind, tmp_path, body)


@every_agent
def test_abort_ends_a_turn_that_waits_and_closes_its_question(kind: str, tmp_path: Path) -> None:
    async def body(w: AgentWorld) -> None:
        w.steps["Ask me"] = [Script(calls=(call("question", questions=[WHERE]),))]

        async def on(session: AgentSession, event: AgentEvent) -> None:
            if isinstance(event, QuestionAsked):
                await session.abort()
                await session.abort()

        told = await w.turn("Ask me", on=on)
        assert told.end.reason == "aborted"
        assert [e.request_id for e in told.events if isinstance(e, QuestionRejected)] == [told.questions[0].question.id]

    run_agents(kind, tmp_path, body)


@every_agent
def test_leaving_ends_the_agent(kind: str, tmp_path: Path) -> None:
    async def body(w: AgentWorld) -> None:
        w.steps["Ask me"] = [Script(calls=(call("question", questions=[WHERE]),))]
        async with w.agents.open(w.job("Ask me")) as session:
            async for event in session.events():
                if isinstance(event, QuestionAsked):
                    break
        await session.abort()

    run_agents(kind, tmp_path, body)


@every_agent
def test_turns_run_beside_each_other(kind: str, tmp_path: Path) -> None:
    async def body(w: AgentWorld) -> None:
        for number in range(3):
            w.steps[f"Number {number}."] = [Script((f"I am {number}.",))]
        told = await asyncio.gather(*(w.turn(f"Number {number}.") for number in range(3)))
        assert [one.text for one in told] == [f"I am {number}." for number in range(3)]

    run_agents(kind, tmp_path, body)


def test_options_are_made_ones_that_every_client_can_show() -> None:
    asked = [
        Inquiry("A?", "A", []),
        Inquiry("B?", "B", [Option("x"), Option("x"), Option(" "), Option("x 2")]),
    ]
    made = inquiries(asked)
    assert len(made[0].options) == 1
    assert [option.label for option in made[1].options] == ["x", "x 2", "Option 3", "x 2 2"]
