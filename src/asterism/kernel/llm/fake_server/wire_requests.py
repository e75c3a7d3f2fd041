"""Reading requests in the three wire formats."""

import json
import re
from collections.abc import Iterator
from typing import Any

from asterism.kernel.llm.conversation import ToolResult
from asterism.kernel.llm.fake_server.script import Call

_GOOGLE = re.compile(r"/models/(?P<model>[^/]+):(?P<verb>generateContent|streamGenerateContent)$")


def read_call(path: str, headers: dict[str, str], body: Any) -> Call | None:
    """Recognise a call by its path, None when it is none of ours."""
    bare = path.partition("?")[0]
    google = _GOOGLE.search(bare)
    if google:
        stream = google["verb"] == "streamGenerateContent"
        call = Call(path, headers, body, "google", google["model"], stream, texts=_google_texts(body))
        call.tools = [f["name"] for tool in body.get("tools") or () for f in tool.get("functionDeclarations") or ()]
        call.results = list(_google_results(body))
        return call
    for suffix, wire in (("/chat/completions", "openai"), ("/messages", "anthropic")):
        if bare.endswith(suffix):
            call = Call(path, headers, body, wire, body.get("model", ""), bool(body.get("stream")))  # type: ignore[arg-type]
            call.texts = _texts(body)
            call.tools = [(tool.get("function") or tool).get("name", "") for tool in body.get("tools") or ()]
            call.results = list(_openai_results(body) if wire == "openai" else _anthropic_results(body))
            return call
    return None


def _texts(body: Any) -> list[tuple[str, str]]:
    system = [("system", _flat(body["system"]))] if body.get("system") else []
    return system + [(message["role"], _flat(message.get("content"))) for message in body.get("messages", [])]


def _google_texts(body: Any) -> list[tuple[str, str]]:
    system = body.get("systemInstruction") or body.get("system_instruction")
    found = [("system", _flat(system.get("parts")))] if system else []
    for content in body.get("contents", []):
        role = "assistant" if content.get("role") == "model" else "user"
        found.append((role, _flat(content.get("parts"))))
    return found


def _openai_results(body: Any) -> Iterator[ToolResult]:
    for message in body.get("messages", ()):
        if message["role"] == "tool":
            yield _result(message.get("tool_call_id", ""), _flat(message.get("content")))


def _anthropic_results(body: Any) -> Iterator[ToolResult]:
    for message in body.get("messages", ()):
        for block in message["content"] if isinstance(message.get("content"), list) else ():
            if block.get("type") == "tool_result":
                yield ToolResult(block["tool_use_id"], _flat(block.get("content")), bool(block.get("is_error")))


def _google_results(body: Any) -> Iterator[ToolResult]:
    for content in body.get("contents", ()):
        for part in content.get("parts") or ():
            if given := part.get("functionResponse"):
                yield _result(given.get("id", ""), json.dumps(given.get("response"), ensure_ascii=False))


def _result(call_id: str, text: str) -> ToolResult:
    """Read a result of a format that has no mark for errors: an object with an `error` is one, by convention."""
    try:
        value = json.loads(text)
    except ValueError:
        return ToolResult(call_id, text)
    if not isinstance(value, dict):
        return ToolResult(call_id, text)
    if "error" in value:
        return ToolResult(call_id, str(value["error"]), error=True)
    only = next(iter(value.values())) if len(value) == 1 else None
    return ToolResult(call_id, only if isinstance(only, str) else text)


def _flat(content: Any) -> str:
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def wanted_schema(call: Call) -> Any:
    """Return the JSON schema that the call asks its answer to follow, None without one."""
    body = call.body
    if call.wire == "openai":
        return ((body.get("response_format") or {}).get("json_schema") or {}).get("schema")
    if call.wire == "anthropic":
        wanted = (body.get("output_config") or {}).get("format") or body.get("output_format") or {}
        return wanted.get("schema")
    config = body.get("generationConfig") or {}
    return config.get("responseJsonSchema") or config.get("responseSchema")


def sample(schema: Any) -> Any:
    """Return the emptiest value that follows a schema."""
    if not isinstance(schema, dict):
        return None
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        wanted = schema.get("required", ())
        return {name: sample(child) for name, child in schema.get("properties", {}).items() if name in wanted}
    empty: dict[Any, Any] = {"array": [], "string": "", "integer": 0, "number": 0, "boolean": False}
    return empty.get(kind)
