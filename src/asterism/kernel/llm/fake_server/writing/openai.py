"""OpenAI's chat completions."""

from collections.abc import Iterator
from typing import Any

from asterism.kernel.llm.conversation import ToolCall
from asterism.kernel.llm.fake_server.script import Call, Script
from asterism.kernel.llm.fake_server.writing.wire_text import as_json, data, halves

_FINISH = {"stop": "stop", "length": "length", "filtered": "content_filter"}
_HEAD = {"id": "chatcmpl-1", "created": 1_770_000_000}


def head(call: Call) -> bytes:
    """Write what comes before the first piece."""
    return data(_chunk(call, {"role": "assistant", "content": ""}))


def pieces(call: Call, script: Script) -> Iterator[bytes]:
    """Write the pieces; the arguments of parallel calls take turns."""
    for thought in script.thoughts:
        yield data(_chunk(call, {"reasoning_content": thought}))
    for text in script.chunks:
        yield data(_chunk(call, {"content": text}))
    for index, wanted in enumerate(script.calls):
        function = {"name": wanted.name, "arguments": ""}
        delta = {"index": index, "id": wanted.id, "type": "function", "function": function}
        yield data(_chunk(call, {"tool_calls": [delta]}))
    for half in (0, 1):
        for index, wanted in enumerate(script.calls):
            delta = {"index": index, "function": {"arguments": halves(wanted.json)[half]}}
            yield data(_chunk(call, {"tool_calls": [delta]}))


def end(call: Call, script: Script) -> bytes:
    """Write the end."""
    found = data(_chunk(call, {}, _reason(script)))
    if script.usage and (call.body.get("stream_options") or {}).get("include_usage"):
        found += data({**_chunk(call, {}), "choices": [], "usage": _usage(script.usage)})
    return found + b"data: [DONE]\n\n"


def whole(call: Call, script: Script) -> bytes:
    """Write a whole answer."""
    message: dict[str, Any] = {"role": "assistant", "content": "".join(script.chunks)}
    if script.calls:
        message["tool_calls"] = [_call(wanted) for wanted in script.calls]
    choice = {"index": 0, "message": message, "finish_reason": _reason(script)}
    found = {**_HEAD, "object": "chat.completion", "model": call.model, "choices": [choice]}
    return as_json({**found, "usage": _usage(script.usage or (0, 0))})


def error(_status: int, message: str) -> bytes:
    """Write an error."""
    return as_json({"error": {"message": message, "type": "fake_error", "code": None}})


def _chunk(call: Call, delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    return {**_HEAD, "object": "chat.completion.chunk", "model": call.model, "choices": [choice]}


def _call(wanted: ToolCall) -> dict[str, Any]:
    return {"id": wanted.id, "type": "function", "function": {"name": wanted.name, "arguments": wanted.json}}


def _reason(script: Script) -> str:
    return "tool_calls" if script.calls and script.finish == "stop" else _FINISH[script.finish]


def _usage(usage: tuple[int, int]) -> dict[str, int]:
    return {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)}
