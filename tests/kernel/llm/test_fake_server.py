"""The fake server as others drive it: over HTTP, and without streaming."""

from typing import Any

import httpx
import pytest

from asterism.kernel.llm import AnswerPart, ToolCall, TurnEnd
from asterism.kernel.llm.fake_server import FakeModelServer, Script, running_in_thread
from asterism.kernel.llm.providers import Wire
from asterism.kernel.llm.reading.answer import Answer

CALL = ToolCall("c1", "read_file", '{"path": "a"}')
PATHS: dict[Wire, str] = {
    "openai": "/v1/chat/completions",
    "anthropic": "/v1/messages",
    "google": "/v1beta/models/demo:generateContent",
}


def ask(fake: FakeModelServer, wire: Wire, prompt: str) -> TurnEnd:
    root = fake.url.removesuffix("/v1")
    messages = {"model": "demo", "messages": [{"role": "user", "content": prompt}]}
    body: Any = {"contents": [{"role": "user", "parts": [{"text": prompt}]}]} if wire == "google" else messages
    reply = httpx.post(root + PATHS[wire], json=body, trust_env=False)
    answer = Answer(wire, "p")
    parts: list[AnswerPart] = [*answer.feed(reply.content), *answer.close()]
    assert isinstance(parts[-1], TurnEnd)
    return parts[-1]


@pytest.mark.parametrize("wire", PATHS)
def test_an_answer_that_does_not_stream_holds_the_same(wire: Wire) -> None:
    with running_in_thread() as fake:
        fake.play(Script(("I ", "look."), calls=(CALL,), usage=(7, 3)), Script(("Cut",), finish="length"))
        end = ask(fake, wire, "Hello")
        assert (end.turn.text, end.reason) == ("I look.", "tool_calls")
        assert [(call.name, call.arguments) for call in end.turn.calls] == [("read_file", {"path": "a"})]
        assert (end.usage.input_tokens, end.usage.output_tokens) == (7, 3)
        assert ask(fake, wire, "Hello").reason == "max_tokens"


def test_it_is_told_what_to_answer_over_http() -> None:
    call = {"id": "c1", "name": "read_file", "json": '{"path": "a"}'}
    with running_in_thread() as fake:
        control = fake.url.removesuffix("/v1") + "/__fake__"
        scenario = {"fix": [{"calls": [call]}, {"chunks": ["Fixed."]}], "fix the test": [{"chunks": ["Longer."]}]}
        httpx.post(f"{control}/scenario", json=scenario, trust_env=False)
        assert ask(fake, "openai", "Please fix it").turn.calls == (CALL,)
        assert ask(fake, "openai", "Please fix the test").turn.text == "Longer."
        assert ask(fake, "openai", "Hello").turn.text.endswith("You wrote: Hello")
        httpx.post(f"{control}/script", json=[{"chunks": ["Once."]}], trust_env=False)
        assert ask(fake, "openai", "Please fix it").turn.text == "Once."
        calls = httpx.get(f"{control}/calls", trust_env=False).json()
        assert [entry["wire"] for entry in calls] == ["openai"] * 4
