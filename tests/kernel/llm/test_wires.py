"""What the real adapter sends and how it reads failures, on each wire format."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from asterism.kernel.llm import (
    FailureKind,
    Limits,
    ModelFailure,
    PydanticModels,
    Request,
    Target,
    Tool,
    ToolCall,
    ToolResult,
    Turn,
)
from asterism.kernel.llm.fake_server import FakeModelServer, Script

pytestmark = pytest.mark.xdist_group("llm")

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": False}
TURNS = (Turn("assistant", "Z"), Turn("user", "a"), Turn("user", "b"), Turn("assistant", "C"), Turn("user", "d"))


def talk(
    provider: str, body: Callable[[PydanticModels, FakeModelServer, Request], Awaitable[None]], key: str | None = "k"
) -> None:
    async def main() -> None:
        models = PydanticModels()
        async with FakeModelServer() as fake, asyncio.timeout(60):
            base = fake.google_url if provider == "gemini" else fake.url
            target = Target(provider, "demo", base, key)
            await body(models, fake, Request(target, TURNS, system="sys", limits=Limits(10, 2, 20)))
            await models.stop()

    asyncio.run(main())


async def failure(models: PydanticModels, request: Request) -> ModelFailure:
    with pytest.raises(ModelFailure) as failed:
        await models.complete(request)
    return failed.value


@pytest.mark.parametrize("provider", ["openai", "anthropic", "gemini", "local"])
def test_the_request_goes_to_the_documented_path_with_the_documented_key(provider: str) -> None:
    paths = {
        "openai": "/v1/chat/completions",
        "local": "/v1/chat/completions",
        "anthropic": "/v1/messages",
        "gemini": "/v1beta/models/demo:streamGenerateContent?alt=sse",
    }
    headers = {"openai": "authorization", "local": "authorization", "anthropic": "x-api-key"}

    async def body(models: PydanticModels, fake: FakeModelServer, request: Request) -> None:
        await models.complete(request)
        (call,) = fake.calls
        assert call.path == paths[provider]
        assert call.headers[headers.get(provider, "x-goog-api-key")] in {"k", "Bearer k"}
        assert [name for name, value in call.headers.items() if value in {"k", "Bearer k"}] == [
            headers.get(provider, "x-goog-api-key")
        ]
        if provider in {"openai", "local"}:
            assert call.texts == [("system", "sys"), *((turn.role, turn.text) for turn in TURNS)]
            assert call.body["max_tokens"] == 4096
        else:
            assert [role for role, _ in call.texts] == ["system", "user", "assistant", "user", "assistant", "user"]
            assert call.texts[3:] == [("user", "a\n\nb"), ("assistant", "C"), ("user", "d")]

    talk(provider, body)


@pytest.mark.parametrize("provider", ["local", "anthropic", "gemini"])
@pytest.mark.parametrize("temperature", [None, 0.2])
def test_the_temperature_is_sent_where_one_is_asked_for(provider: str, temperature: float | None) -> None:
    async def body(models: PydanticModels, fake: FakeModelServer, request: Request) -> None:
        await models.complete(replace(request, temperature=temperature))
        sent = fake.calls[0].body
        assert sent.get("generationConfig", sent).get("temperature") == temperature

    talk(provider, body)


def test_a_local_server_gets_no_authorization_without_a_key() -> None:
    async def body(models: PydanticModels, fake: FakeModelServer, request: Request) -> None:
        await models.complete(request)
        assert "authorization" not in fake.calls[0].headers

    talk("local", body, key=None)


def test_any_version_path_is_kept() -> None:
    async def body(models: PydanticModels, fake: FakeModelServer, request: Request) -> None:
        for provider, base in (("anthropic", "/x/y"), ("zai", "/api/paas/v4"), ("openai", "/v1")):
            root = fake.url.removesuffix("/v1")
            await models.complete(replace(request, target=Target(provider, "demo", root + base, "k")))
        assert [call.path for call in fake.calls] == [
            "/x/y/messages",
            "/api/paas/v4/chat/completions",
            "/v1/chat/completions",
        ]

    talk("openai", body)


FAILURES = [
    (Script(status=400), FailureKind.OTHER),
    (Script(status=403), FailureKind.AUTH),
    (Script(status=404), FailureKind.MODEL_UNKNOWN),
    (Script(status=413), FailureKind.CONTEXT_TOO_LONG),
    (Script(status=422), FailureKind.OTHER),
    (Script(status=500), FailureKind.UNAVAILABLE),
    (Script(status=529), FailureKind.UNAVAILABLE),
    (Script(("a", "b"), cut_after=0), FailureKind.UNAVAILABLE),
    (Script(("a", "b"), garbage_after=0), FailureKind.OTHER),
    (Script(("a", "b"), cut_after=1), FailureKind.INTERRUPTED),
    (Script(("a", "b"), end_after=1), FailureKind.INTERRUPTED),
    (Script(("a", "b"), garbage_after=1), FailureKind.INTERRUPTED),
    (Script(("a",), finish="filtered"), FailureKind.CONTENT_FILTERED),
]


@pytest.mark.parametrize("provider", ["openai", "anthropic", "gemini"])
def test_failures_are_told_apart_without_reading_texts(provider: str) -> None:
    async def body(models: PydanticModels, fake: FakeModelServer, request: Request) -> None:
        for number, (script, kind) in enumerate(FAILURES, 1):
            fake.play(script)
            found = await failure(models, request)
            assert (script, found.failure) == (script, kind)
            assert "fake" not in found.message
            assert fake.url not in found.message
            assert len(fake.calls) == number

    talk(provider, body)


@pytest.mark.parametrize("provider", ["openai", "anthropic", "gemini"])
def test_redirects_are_not_followed_and_nobody_listening_is_unavailable(provider: str) -> None:
    async def body(models: PydanticModels, fake: FakeModelServer, request: Request) -> None:
        fake.play(Script(status=302, location=f"{fake.url}/elsewhere"))
        await failure(models, request)
        assert len(fake.calls) == 1
        nowhere = replace(request.target, base_url="http://127.0.0.1:9/v1")
        assert (await failure(models, replace(request, target=nowhere))).failure is FailureKind.UNAVAILABLE

    talk(provider, body)


@pytest.mark.parametrize("provider", ["openai", "gemini", "anthropic"])
def test_json_is_asked_for_in_the_providers_own_way_or_found_in_text(provider: str) -> None:
    async def body(models: PydanticModels, fake: FakeModelServer, request: Request) -> None:
        fake.play('{"n": 3}')
        assert (await models.complete(replace(request, schema=SCHEMA))).data == {"n": 3}
        fake.play(Script(status=400), 'I would say {"n": 4}.')
        assert (await models.complete(replace(request, schema=SCHEMA))).data == {"n": 4}
        sent: list[Any] = [str(call.body) for call in fake.calls]
        assert ("additionalProperties" in sent[1]) == (provider != "anthropic")
        assert "additionalProperties" not in sent[2]

    talk(provider, body)


def test_a_key_is_never_shown() -> None:
    target = Target("openai", "demo", "http://127.0.0.1:1/v1", "sk-very-secret")
    assert "sk-very-secret" not in repr(target)
    assert "sk-very-secret" not in repr(Request(target, TURNS))


OBJECT = {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}
SCHEMA_FIELDS = {"parameters", "input_schema", "parameters_json_schema", "parametersJsonSchema"}
TOOL = Tool("read_file", "Read a file.", OBJECT)


@pytest.mark.parametrize("provider", ["openai", "anthropic", "gemini", "local"])
def test_a_tool_is_offered_with_its_description_and_schema(provider: str) -> None:
    async def body(models: PydanticModels, fake: FakeModelServer, request: Request) -> None:
        await models.complete(replace(request, tools=(TOOL,)))
        (entry,) = fake.calls[0].body["tools"]
        if provider == "gemini":
            (entry,) = entry["functionDeclarations"]
        entry = entry.get("function", entry)
        assert (entry["name"], entry["description"]) == ("read_file", "Read a file.")
        (schema,) = (value for name, value in entry.items() if name in SCHEMA_FIELDS)
        assert (schema["type"], schema["required"]) == ("object", ["path"])
        assert schema["properties"]["path"]["type"] == "string"

    talk(provider, body)


@pytest.mark.parametrize("provider", ["local", "anthropic", "gemini"])
def test_signatures_and_thoughts_go_back_to_their_provider_alone(provider: str) -> None:
    async def body(models: PydanticModels, fake: FakeModelServer, request: Request) -> None:
        call = ToolCall("c1", "read_file", "{}")
        fake.play(Script(("I see.",), thoughts=("Hm.",), calls=(call,)))
        said = await models.complete(replace(request, tools=(TOOL,)))
        own = said.turn
        results = Turn("user", parts=(ToolResult(own.calls[0].id, "x"),))
        for turn, is_back in ((own, True), (replace(own, provider="somebody"), False)):
            await models.complete(replace(request, turns=(Turn("user", "a"), turn, results), tools=(TOOL,)))
            sent = str(fake.calls[-1].body)
            signed = "'reasoning_content': 'Hm.'" if provider == "local" else "c2lnbmF0dXJl"
            assert (signed in sent) == is_back
            assert ("Hm." in sent) == (is_back and provider != "gemini")
            assert "I see." in sent

    talk(provider, body)


@pytest.mark.parametrize("provider", ["local", "anthropic", "gemini"])
def test_arguments_that_are_no_object_go_back_as_an_empty_one(provider: str) -> None:
    async def body(models: PydanticModels, fake: FakeModelServer, request: Request) -> None:
        turn = Turn("assistant", parts=(ToolCall("c1", "read_file", '{"path": '),))
        results = Turn("user", parts=(ToolResult("c1", "The arguments are no JSON.", error=True),))
        await models.complete(replace(request, turns=(Turn("user", "a"), turn, results), tools=(TOOL,)))
        sent = fake.calls[0].body
        conversation = json.dumps(sent.get("messages") or sent["contents"])
        assert "read_file" in conversation
        assert "path" not in conversation
        assert fake.calls[0].results == [ToolResult("c1", "The arguments are no JSON.", error=True)]

    talk(provider, body)
