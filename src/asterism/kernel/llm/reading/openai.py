"""Answers of `POST {base}/chat/completions`: chunks, and whole completions of servers that do not stream."""

from collections.abc import Hashable, Mapping
from typing import Any

from asterism.kernel.llm.conversation import ToolCall
from asterism.kernel.llm.models import Usage
from asterism.kernel.llm.reading.assembly import Assembly, Broken
from asterism.kernel.llm.reading.endings import Ending, ending_of
from asterism.kernel.llm.reading.errors import error_in
from asterism.kernel.llm.reading.lenient import field, flat, items, mapping, number, text, written
from asterism.kernel.llm.reading.tags import ThoughtTags
from asterism.kernel.llm.reading.usage import Counts

_USAGE = {
    "input": ("prompt_tokens", "input_tokens"),
    "cached": ("prompt_tokens_details.cached_tokens", "input_tokens_details.cached_tokens", "prompt_cache_hit_tokens"),
    "output": ("completion_tokens", "output_tokens"),
    "reasoning": (
        "completion_tokens_details.reasoning_tokens",
        "output_tokens_details.reasoning_tokens",
        "reasoning_tokens",
    ),
}
_THOUGHTS = ("reasoning_content", "reasoning")


class Reader:
    """Takes the events of one answer. Of several choices the one with index 0 counts, else the first there is."""

    def __init__(self, assembly: Assembly) -> None:
        self._answer = assembly
        self._counts = Counts(_USAGE)
        self._tags = ThoughtTags()
        self._calls = _Calls(assembly)
        self._others: dict[Hashable, list[Mapping[str, Any]]] = {}
        self._first_seen = False
        self._messages = 0

    def take(self, _name: str, value: Mapping[str, Any]) -> None:
        """Take one event. Raises Broken for an error in a choice."""
        self._counts.take(value.get("usage"))
        self._counts.take(mapping(value.get("x_groq")).get("usage"))
        for choice in map(mapping, items(value.get("choices"))):
            if not (index := choice.get("index")) or number(index) == 0:
                self._first_seen = True
                self._choice(choice)
            else:
                self._others.setdefault(str(index), []).append(choice)

    def close(self) -> None:
        """Take what had to wait for the end."""
        if not self._first_seen and self._others:
            for choice in next(iter(self._others.values())):
                self._choice(choice)
        for thought, piece in self._tags.rest():
            self._words(thought, piece)
        if self._messages == 1:  # a whole answer, which needs no end marker
            self._answer.complete = True

    def usage(self) -> Usage:
        """Return the tokens counted so far; the input includes what was cached."""
        return self._counts.usage(self._counts.get("input"), self._counts.get("output"))

    def _choice(self, choice: Mapping[str, Any]) -> None:
        if (kind := error_in(choice)) is not None:
            raise Broken(kind)
        self._counts.take(choice.get("usage"))
        if isinstance(choice.get("delta"), dict):
            self._delta(choice["delta"])
        elif isinstance(choice.get("message"), dict):
            self._message(choice["message"])
        elif "text" in choice:
            self._delta({"content": choice["text"]})
        if (
            ending := ending_of(choice.get("finish_reason"))
        ) is not None and self._answer.ending is not Ending.FILTERED:
            self._answer.ending = ending

    def _message(self, message: Mapping[str, Any]) -> None:
        """Take a whole message. One at the end of a stream repeats what came in pieces."""
        said = self._answer.said()
        whole = flat(message.get("content"))
        if said and whole.startswith(said):
            message = {**message, "content": whole[len(said) :]}
        self._messages += 1
        self._delta(message)

    def _delta(self, delta: Mapping[str, Any]) -> None:
        self._thought(delta)
        content = delta.get("content")
        for part in (content,) if isinstance(content, str) else items(content):
            inner = mapping(part).get("thinking")
            if inner is not None:
                self._words(thought=True, piece=flat(inner))
            else:
                for thought, piece in self._tags.take(flat(part)):
                    self._words(thought, piece)
        if text(delta.get("refusal")):
            self._answer.ending = Ending.FILTERED
        for call in map(mapping, items(delta.get("tool_calls"))):
            self._calls.take(call)
        if isinstance(delta.get("function_call"), dict):
            self._calls.take({"index": "the only one", "function": delta["function_call"]})

    def _thought(self, delta: Mapping[str, Any]) -> None:
        """Take a thought. Its signature is the name of its field, for servers that want it back there."""
        name = next((name for name in _THOUGHTS if text(delta.get(name))), None)
        if name is not None:
            self._answer.thought(text(delta[name]), name)

    def _words(self, thought: bool, piece: str) -> None:
        if thought:
            self._answer.thought(piece)
        else:
            self._answer.text(piece)


class _Calls:
    """Tells the pieces of parallel calls apart: by index, by id, and where both are missing or wrong by what fits."""

    def __init__(self, assembly: Assembly) -> None:
        self._answer = assembly
        self._open: list[_Open] = []

    def take(self, delta: Mapping[str, Any]) -> None:
        function = mapping(delta.get("function"))
        name, arguments = text(function.get("name")), written(function.get("arguments"))
        call = self._belonging(delta.get("index"), text(delta.get("id")), name)
        call.id = call.id or text(delta.get("id"))
        call.waiting += arguments
        call.json += arguments
        if name and not call.name:
            call.name = name
            self._answer.call(call.key, name, call.id, _signature(delta))
        if call.name:
            self._answer.arguments(call.key, call.waiting)
            call.waiting = ""

    def _belonging(self, index: Any, call_id: str, name: str) -> "_Open":
        same = [call for call in self._open if index is not None and call.index == index]
        if index is None:
            same = [call for call in self._open if call_id and call.id == call_id] or (
                self._open[-1:] if not call_id else []
            )
        if same and not same[-1].is_followed_by(call_id, name):
            return same[-1]
        self._open.append(_Open(len(self._open), index))
        return self._open[-1]


class _Open:
    """A call of which pieces may follow. Text waits until its name is known."""

    def __init__(self, key: int, index: Any) -> None:
        self.key, self.index = key, index
        self.id = self.name = self.waiting = self.json = ""

    def is_followed_by(self, call_id: str, name: str) -> bool:
        """Say whether a piece of the same index begins another call: it has a name, and another id or a full one."""
        if not name or not self.name:
            return False
        if call_id and self.id:
            return call_id != self.id
        return name != self.name or (bool(self.json) and ToolCall("", "", self.json).arguments is not None)


def _signature(delta: Mapping[str, Any]) -> str | None:
    """Return Google's signature of a call, which its OpenAI-shaped service puts into `extra_content`."""
    google = mapping(mapping(delta.get("extra_content")).get("google"))
    return text(field(google, "thought_signature")) or None
