"""Google's generated content."""

import json
from collections.abc import Iterator
from typing import Any

from asterism.kernel.llm.conversation import ToolCall
from asterism.kernel.llm.fake_server.script import Call, Script
from asterism.kernel.llm.fake_server.writing.wire_text import as_json, data

_FINISH = {"stop": "STOP", "length": "MAX_TOKENS", "filtered": "SAFETY"}


def head(_call: Call) -> bytes:
    """Write what comes before the first piece: nothing."""
    return b""


def pieces(call: Call, script: Script) -> Iterator[bytes]:
    """Write the pieces. A call comes whole, without an id; the first of several carries a signature."""
    for thought in script.thoughts:
        yield data(_answer(call, [{"text": thought, "thought": True}]))
    for text in script.chunks:
        yield data(_answer(call, [{"text": text}]))
    for place, wanted in enumerate(script.calls):
        signed = {"thoughtSignature": "c2lnbmF0dXJl"} if place == 0 else {}
        yield data(_answer(call, [{**_call(wanted), **signed}]))


def end(call: Call, script: Script) -> bytes:
    """Write the end."""
    return data(_answer(call, [{"text": ""}], _FINISH[script.finish], script.usage))


def whole(call: Call, script: Script) -> bytes:
    """Write a whole answer."""
    parts: list[dict[str, Any]] = [{"text": "".join(script.chunks)}] if script.chunks else []
    parts += [_call(wanted) for wanted in script.calls]
    return as_json(_answer(call, parts, _FINISH[script.finish], script.usage or (0, 0)))


def error(status: int, message: str) -> bytes:
    """Write an error."""
    return as_json({"error": {"code": status, "message": message, "status": "FAKE"}})


def _call(wanted: ToolCall) -> dict[str, Any]:
    return {"functionCall": {"name": wanted.name, "args": json.loads(wanted.json)}}


def _answer(
    call: Call, parts: list[dict[str, Any]], reason: str | None = None, usage: tuple[int, int] | None = None
) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"parts": parts, "role": "model"}, "index": 0}
    if reason:
        candidate["finishReason"] = reason
    answer: dict[str, Any] = {"candidates": [candidate], "modelVersion": call.model, "responseId": "r1"}
    if usage:
        counts = {"promptTokenCount": usage[0], "candidatesTokenCount": usage[1], "totalTokenCount": sum(usage)}
        answer["usageMetadata"] = counts
    return answer
