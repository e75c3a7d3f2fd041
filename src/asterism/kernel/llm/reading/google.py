"""Answers of `POST {base}/models/{model}:streamGenerateContent`: chunks, as events or as one array."""

from collections.abc import Mapping
from typing import Any

from asterism.kernel.llm.models import Usage
from asterism.kernel.llm.reading.assembly import Assembly
from asterism.kernel.llm.reading.endings import Ending, ending_of
from asterism.kernel.llm.reading.lenient import field, items, mapping, number, text, written
from asterism.kernel.llm.reading.usage import Counts

_USAGE = {
    "input": ("promptTokenCount", "prompt_token_count"),
    "written": ("toolUsePromptTokenCount", "tool_use_prompt_token_count"),
    "cached": ("cachedContentTokenCount", "cached_content_token_count"),
    "output": ("candidatesTokenCount", "candidates_token_count"),
    "reasoning": ("thoughtsTokenCount", "thoughts_token_count"),
}


class Reader:
    """Takes the events of one answer, named in camelCase or snake_case. Of several candidates the first counts."""

    def __init__(self, assembly: Assembly) -> None:
        self._answer = assembly
        self._counts = Counts(_USAGE)
        self._calls = 0
        self._others: dict[str, list[Mapping[str, Any]]] = {}
        self._first_seen = False

    def take(self, _name: str, value: Mapping[str, Any]) -> None:
        """Take one event."""
        value = mapping(value.get("response")) or value  # some gateways wrap each chunk
        self._counts.take(field(value, "usageMetadata", "usage_metadata"))
        feedback = mapping(field(value, "promptFeedback", "prompt_feedback"))
        if ending_of(field(feedback, "blockReason", "block_reason")) is not None:
            self._answer.ending = Ending.FILTERED
        for candidate in map(mapping, items(value.get("candidates"))):
            if not (index := candidate.get("index")) or number(index) == 0:
                self._first_seen = True
                self._candidate(candidate)
            else:
                self._others.setdefault(str(index), []).append(candidate)

    def close(self) -> None:
        """Take what had to wait for the end."""
        if not self._first_seen and self._others:
            for candidate in next(iter(self._others.values())):
                self._candidate(candidate)

    def usage(self) -> Usage:
        """Return the tokens counted so far; thoughts are output."""
        fresh, tools, said, thought = (self._counts.get(name) for name in ("input", "written", "output", "reasoning"))
        return self._counts.usage(fresh + tools, said + thought)

    def _candidate(self, candidate: Mapping[str, Any]) -> None:
        content = candidate.get("content")
        for part in items(content if isinstance(content, list) else mapping(content).get("parts")):
            self._part(mapping(part))
        ending = ending_of(field(candidate, "finishReason", "finish_reason"))
        if ending is not None and self._answer.ending is not Ending.FILTERED:
            self._answer.ending = ending

    def _part(self, part: Mapping[str, Any]) -> None:
        signature = text(field(part, "thoughtSignature", "thought_signature")) or None
        call = field(part, "functionCall", "function_call")
        if isinstance(call, dict):
            self._call(call, signature)
        elif part.get("thought") is True:
            self._answer.thought(text(part.get("text")), signature)
        else:
            self._answer.text(text(part.get("text")), signature)

    def _call(self, call: Mapping[str, Any], signature: str | None) -> None:
        self._calls += 1
        self._answer.call(self._calls, text(call.get("name")), text(call.get("id")), signature)
        self._answer.arguments(self._calls, written(field(call, "args", "arguments")))
        self._answer.end_call(self._calls)
