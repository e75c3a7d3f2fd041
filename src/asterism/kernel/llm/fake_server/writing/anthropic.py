"""Anthropic's messages."""

import json
from collections.abc import Iterator
from typing import Any

from asterism.kernel.llm.conversation import ToolCall
from asterism.kernel.llm.fake_server.script import Call, Script
from asterism.kernel.llm.fake_server.writing.wire_text import as_json, event, halves

_FINISH = {"stop": "end_turn", "length": "max_tokens", "filtered": "refusal"}
_HEAD = {"id": "msg_1", "type": "message", "role": "assistant"}


def head(call: Call) -> bytes:
    """Write what comes before the first piece."""
    usage = {"input_tokens": 10, "output_tokens": 1}
    message: dict[str, Any] = {**_HEAD, "content": [], "model": call.model, "stop_reason": None, "usage": usage}
    return event({"type": "message_start", "message": message})


def pieces(_: Call, script: Script) -> Iterator[bytes]:
    """Write the pieces: a block of thoughts, which ends with a signature, one of text, and one for each call."""
    index = 0
    if script.thoughts:
        deltas: list[dict[str, Any]] = [{"type": "thinking_delta", "thinking": thought} for thought in script.thoughts]
        signature = {"type": "signature_delta", "signature": "c2lnbmF0dXJl"}
        yield from _block(index, {"type": "thinking", "thinking": "", "signature": ""}, [*deltas, signature])
        index += 1
    if script.chunks or not script.calls:
        deltas = [{"type": "text_delta", "text": text} for text in script.chunks]
        yield from _block(index, {"type": "text", "text": ""}, deltas)
        index += 1
    for number, wanted in enumerate(script.calls, index):
        deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in ("", *halves(wanted.json))]
        yield from _block(number, _use(wanted), deltas)


def _use(wanted: ToolCall) -> dict[str, Any]:
    return {"type": "tool_use", "id": wanted.id, "name": wanted.name, "input": {}}


def _block(index: int, start: dict[str, Any], deltas: list[dict[str, Any]]) -> Iterator[bytes]:
    """Write a block, its start with the first delta and its stop with the last, so that a text is one piece each."""
    before = event({"type": "content_block_start", "index": index, "content_block": start})
    after = event({"type": "content_block_stop", "index": index})
    if not deltas:
        yield before + after
    for place, delta in enumerate(deltas):
        written = event({"type": "content_block_delta", "index": index, "delta": delta})
        yield (before if place == 0 else b"") + written + (after if place == len(deltas) - 1 else b"")


def end(_: Call, script: Script) -> bytes:
    """Write the end."""
    used = {"input_tokens": script.usage[0], "output_tokens": script.usage[1]} if script.usage else {"output_tokens": 0}
    delta = {"stop_reason": _reason(script), "stop_sequence": None}
    return event({"type": "message_delta", "delta": delta, "usage": used}) + event({"type": "message_stop"})


def whole(call: Call, script: Script) -> bytes:
    """Write a whole answer."""
    content: list[dict[str, Any]] = [{"type": "text", "text": "".join(script.chunks)}] if script.chunks else []
    content += [{**_use(wanted), "input": json.loads(wanted.json)} for wanted in script.calls]
    used = script.usage or (0, 0)
    usage = {"input_tokens": used[0], "output_tokens": used[1]}
    return as_json({**_HEAD, "model": call.model, "stop_reason": _reason(script), "content": content, "usage": usage})


def error(_status: int, message: str) -> bytes:
    """Write an error."""
    return as_json({"type": "error", "error": {"type": "api_error", "message": message}})


def _reason(script: Script) -> str:
    return "tool_use" if script.calls and script.finish == "stop" else _FINISH[script.finish]
