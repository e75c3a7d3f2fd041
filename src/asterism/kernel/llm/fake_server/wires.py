"""The three wire formats as bytes: reading requests, writing streamed and whole answers and errors."""

import json
import re
from collections.abc import Iterator
from typing import Any

from asterism.kernel.llm.fake_server.script import Call, Script

_GOOGLE = re.compile(r"/models/(?P<model>[^/]+):(?P<verb>generateContent|streamGenerateContent)$")
_FINISH = {
    "openai": {"stop": "stop", "length": "length", "filtered": "content_filter"},
    "anthropic": {"stop": "end_turn", "length": "max_tokens", "filtered": "refusal"},
    "google": {"stop": "STOP", "length": "MAX_TOKENS", "filtered": "SAFETY"},
}


GARBAGE = b"event: content_block_delta\ndata: {not json\n\n"


def read_call(path: str, headers: dict[str, str], body: Any) -> Call | None:
    """Recognise a call by its path, None when it is none of ours."""
    bare = path.partition("?")[0]
    google = _GOOGLE.search(bare)
    if google:
        stream = google["verb"] == "streamGenerateContent"
        return Call(path, headers, body, "google", google["model"], stream, texts=_google_texts(body))
    for suffix, wire in (("/chat/completions", "openai"), ("/messages", "anthropic")):
        if bare.endswith(suffix):
            call = Call(path, headers, body, wire, body.get("model", ""), bool(body.get("stream")))  # type: ignore[arg-type]
            call.texts = _texts(body)
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


def stream_head(call: Call) -> bytes:
    """Write what comes before the first piece."""
    if call.wire == "openai":
        return _data(_openai_chunk(call, {"role": "assistant", "content": ""}))
    if call.wire == "anthropic":
        message = {"id": "msg_1", "type": "message", "role": "assistant", "content": [], "model": call.model}
        usage = {"input_tokens": 10, "output_tokens": 1}
        start = {"type": "message_start", "message": {**message, "stop_reason": None, "usage": usage}}
        block = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
        return _event(start) + _event(block)
    return b""


def stream_piece(call: Call, text: str) -> bytes:
    """Write one piece of text."""
    if call.wire == "openai":
        return _data(_openai_chunk(call, {"content": text}))
    if call.wire == "anthropic":
        return _event({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}})
    return _data(_google_answer(call, text, None, None))


def stream_end(call: Call, script: Script) -> bytes:
    """Write the end: why it ended, the usage, and the end marker."""
    reason = _FINISH[call.wire][script.finish]
    if call.wire == "openai":
        return b"".join(_openai_end(call, script, reason))
    if call.wire == "anthropic":
        used = {"input_tokens": script.usage[0], "output_tokens": script.usage[1]} if script.usage else {}
        delta = {"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": None}}
        end = {**delta, "usage": used or {"output_tokens": 0}}
        return _event({"type": "content_block_stop", "index": 0}) + _event(end) + _event({"type": "message_stop"})
    return _data(_google_answer(call, "", reason, script.usage))


def _openai_end(call: Call, script: Script, reason: str) -> Iterator[bytes]:
    yield _data(_openai_chunk(call, {}, reason))
    if script.usage and (call.body.get("stream_options") or {}).get("include_usage"):
        yield _data({**_openai_chunk(call, {}), "choices": [], "usage": _openai_usage(script.usage)})
    yield b"data: [DONE]\n\n"


def whole(call: Call, script: Script, text: str) -> bytes:
    """Write the whole answer of a call that does not stream."""
    reason = _FINISH[call.wire][script.finish]
    used = script.usage or (0, 0)
    if call.wire == "openai":
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": reason}
        head = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1_770_000_000, "model": call.model}
        return _json({**head, "choices": [choice], "usage": _openai_usage(used)})
    if call.wire == "anthropic":
        content = [{"type": "text", "text": text}]
        head = {"id": "msg_1", "type": "message", "role": "assistant", "model": call.model, "stop_reason": reason}
        return _json({**head, "content": content, "usage": {"input_tokens": used[0], "output_tokens": used[1]}})
    return _json(_google_answer(call, text, reason, used))


def error(call: Call, status: int) -> bytes:
    """Write the wire's error body for a status. Its text names other causes on purpose: nobody should read it."""
    message = "This text says API key, rate limit, quota, timeout and context length, whatever happened."
    if call.wire == "openai":
        return _json({"error": {"message": message, "type": "fake_error", "code": None}})
    if call.wire == "anthropic":
        return _json({"type": "error", "error": {"type": "api_error", "message": message}})
    return _json({"error": {"code": status, "message": message, "status": "FAKE"}})


def _openai_chunk(call: Call, delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_770_000_000, "model": call.model}
    return {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}


def _openai_usage(usage: tuple[int, int]) -> dict[str, int]:
    return {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)}


def _google_answer(call: Call, text: str, reason: str | None, usage: tuple[int, int] | None) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"parts": [{"text": text}], "role": "model"}, "index": 0}
    if reason:
        candidate["finishReason"] = reason
    answer: dict[str, Any] = {"candidates": [candidate], "modelVersion": call.model, "responseId": "r1"}
    if usage:
        counts = {"promptTokenCount": usage[0], "candidatesTokenCount": usage[1], "totalTokenCount": sum(usage)}
        answer["usageMetadata"] = counts
    return answer


def _data(value: Any) -> bytes:
    return b"data: " + _json(value) + b"\n\n"


def _event(value: dict[str, Any]) -> bytes:
    return b"event: %s\n" % value["type"].encode() + _data(value)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
