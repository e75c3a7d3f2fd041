"""Answers of `POST {base}/messages`: events, and whole messages of servers that do not stream."""

from collections.abc import Mapping
from typing import Any

from asterism.kernel.llm.models import Usage
from asterism.kernel.llm.reading.assembly import Assembly
from asterism.kernel.llm.reading.endings import ending_of
from asterism.kernel.llm.reading.lenient import items, mapping, number, text, written
from asterism.kernel.llm.reading.usage import Counts

_USAGE = {
    "input": ("input_tokens",),
    "cached": ("cache_read_input_tokens",),
    "written": ("cache_creation_input_tokens",),
    "output": ("output_tokens",),
    "reasoning": ("output_tokens_details.thinking_tokens", "thinking_tokens"),
}


class Reader:
    """Takes the events of one answer. An event without a `type` is what its name says."""

    def __init__(self, assembly: Assembly) -> None:
        self._answer = assembly
        self._counts = Counts(_USAGE)
        self._index = 0
        self._inputs: dict[int, str] = {}  # of calls whose start came with arguments: used unless pieces follow
        self._ignored: set[int] = set()

    def take(self, name: str, value: Mapping[str, Any]) -> None:
        """Take one event."""
        kind = text(value.get("type")) or name.strip()
        if kind == "message_start":
            self._message(mapping(value.get("message")))
        elif kind == "message":
            self._message(value)
            self._answer.complete = True
        elif kind == "content_block_start":
            self._block(self._index_of(value), mapping(value.get("content_block")))
        elif kind == "content_block_delta":
            self._delta(self._index_of(value), mapping(value.get("delta")))
        elif kind == "content_block_stop":
            self._stop(self._index_of(value))
        elif kind == "message_delta":
            self._counts.take(value.get("usage"))
            self._end(mapping(value.get("delta")))
        elif kind == "message_stop":
            self._answer.complete = True

    def close(self) -> None:
        """Take what had to wait for the end."""
        for index in list(self._inputs):
            self._stop(index)

    def usage(self) -> Usage:
        """Return the tokens counted so far; the input includes what was read from the cache and written to it."""
        fresh, read, written_ = (self._counts.get(name) for name in ("input", "cached", "written"))
        return self._counts.usage(fresh + read + written_, self._counts.get("output"))

    def _index_of(self, value: Mapping[str, Any]) -> int:
        """Return the block that an event is about; without an index the one before it was about."""
        found = number(value.get("index"))
        self._index = self._index if found is None else found
        return self._index

    def _message(self, message: Mapping[str, Any]) -> None:
        self._counts.take(message.get("usage"))
        for index, block in enumerate(items(message.get("content"))):
            self._block(index, mapping(block))
            self._stop(index)
        self._end(message)

    def _end(self, fields: Mapping[str, Any]) -> None:
        self._counts.take(fields.get("usage"))
        self._answer.ending = ending_of(fields.get("stop_reason")) or self._answer.ending

    def _block(self, index: int, block: Mapping[str, Any]) -> None:
        kind = text(block.get("type"))
        self._ignored.discard(index)
        if kind == "tool_use":
            self._stop(index)
            self._begin_call(index, block)
        elif kind == "thinking":
            self._answer.thought(text(block.get("thinking")), text(block.get("signature")) or None)
        elif kind == "redacted_thinking":
            self._answer.thought("", text(block.get("data")) or None, hidden=True)
        elif kind in {"text", ""}:
            self._answer.text(text(block.get("text")))
        else:
            self._ignored.add(index)

    def _delta(self, index: int, delta: Mapping[str, Any]) -> None:
        if index in self._ignored:
            return
        self._answer.text(text(delta.get("text")))
        self._answer.thought(text(delta.get("thinking")), text(delta.get("signature")) or None)
        piece = written(delta.get("partial_json"))
        if piece and self._answer.has_call(index):
            self._inputs[index] = ""
            self._answer.arguments(index, piece)

    def _begin_call(self, index: int, block: Mapping[str, Any]) -> None:
        self._answer.call(index, text(block.get("name")), text(block.get("id")))
        self._inputs[index] = written(block.get("input")) if block.get("input") else ""

    def _stop(self, index: int) -> None:
        if self._answer.has_call(index):
            self._answer.arguments(index, self._inputs.pop(index, ""))
            self._answer.end_call(index)
