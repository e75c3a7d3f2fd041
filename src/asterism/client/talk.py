"""Conversations from the command line: prompts, the log of frames as it grows, answers, cancelling (Fastest 8).

The log is read by requests, a few times a second: the same frames as over the WebSocket, through whatever lets HTTP
through.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from asterism.client.http import Http

PAUSE_SECONDS = 0.2
QUIET_ROUNDS = 10  # without news after a turn's end, nothing more of it is coming
PAGE = 1000

Frame = dict[str, Any]


class Sent(msgspec.Struct, rename="camel"):
    """What became of a prompt; `position` counts those that wait."""

    message_id: str
    status: Literal["running", "pending"]
    position: int


class _Log(msgspec.Struct):
    events: list[Frame]
    last_seq: int


class Talk:
    """One conversation of a server. `sleep` is how it waits for news."""

    def __init__(self, http: Http, conversation_id: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.id, self._http, self._sleep = conversation_id, http, sleep
        self._seq = self._page(0, 1).last_seq

    @classmethod
    def begin(cls, http: Http, workspace_id: str, *, sleep: Callable[[float], None] = time.sleep) -> "Talk":
        """Begin a conversation in a workspace."""
        body = {"workspace_id": workspace_id}
        made = http.json("POST", "/v1/conversations", dict[str, Any], body=body, safe=False)
        return cls(http, str(made["conversation"]["id"]), sleep=sleep)

    def send(self, prompt: str) -> Sent:
        """Hand the agent a prompt."""
        return self._http.json("POST", f"{self._path}/messages", Sent, body={"prompt": prompt}, safe=False)

    def follow(self, message_id: str) -> Iterator[Frame]:
        """Yield the frames of the log from where it was left, until a message has ended and its files are told."""
        ended, quiet = False, 0
        while not (ended and quiet >= QUIET_ROUNDS):
            page = self._page(self._seq, PAGE)
            for frame in page.events:
                self._seq = int(frame["seq"])
                yield frame
                if frame["type"] == "message_complete" and frame["message"]["id"] == message_id:
                    ended = True
                if ended and frame["type"] == "timeline_summary":
                    return
            quiet = 0 if page.events else quiet + 1
            if not page.events:
                self._sleep(PAUSE_SECONDS)

    def answer(self, question_id: str, answers: list[list[str]]) -> None:
        """Answer a question."""
        path = f"{self._path}/opencode-questions/{question_id}/reply"
        self._http.json("POST", path, dict[str, Any], body={"answers": answers}, safe=True)

    def reject(self, question_id: str) -> None:
        """Close a question without an answer."""
        path = f"{self._path}/opencode-questions/{question_id}/reject"
        self._http.json("POST", path, dict[str, Any], body={}, safe=True)

    def cancel(self, message_id: str) -> None:
        """End a turn."""
        body = {"message_id": message_id}
        self._http.json("POST", f"{self._path}/cancel", dict[str, Any], body=body, safe=True)

    @property
    def _path(self) -> str:
        return f"/v1/conversations/{self.id}"

    def _page(self, after: int, limit: int) -> _Log:
        return self._http.json("GET", f"{self._path}/events", _Log, query={"after": after, "limit": limit})


def taken(message: dict[str, Any]) -> str | None:
    """Return a line about what a turn took of its model, None where nothing was counted."""
    used = message.get("usage")
    if used is None:
        return None
    counts = f"{used['inputTokens']:,} tokens in, {used['outputTokens']:,} out"
    cost = f", ${used['costUsd']:.4f}" if used["costUsd"] is not None else ""
    return f"{counts}{cost} ({used['model']})"


@dataclass(slots=True)
class Shown:
    """What a person has seen of a turn, so that each piece of text and each call is shown once."""

    message_id: str
    _lengths: dict[str, int] = field(default_factory=dict)
    _calls: set[str] = field(default_factory=set)

    def text(self, frame: Frame) -> str:
        """Return the text that a frame adds to the answer."""
        part = self._part(frame)
        if part is None or part["type"] != "text":
            return ""
        seen, whole = self._lengths.get(part["id"], 0), str(part.get("text") or "")
        added = whole[seen:] if whole else str(self._told(frame).get("delta") or "")
        self._lengths[part["id"]] = seen + len(added)
        return added

    def call(self, frame: Frame) -> str | None:
        """Return a line about a call of a tool once it has ended, None for every other frame."""
        part = self._part(frame)
        if part is None or part["type"] != "tool" or part["id"] in self._calls:
            return None
        state = part.get("state") or {}
        if state.get("status") not in ("completed", "error"):
            return None
        self._calls.add(part["id"])
        given = state.get("input") or {}
        about = next((str(given[name]) for name in ("filePath", "command", "pattern", "path") if name in given), "")
        failed = " failed" if state["status"] == "error" else ""
        return f"{part['tool']} {about.splitlines()[0] if about else ''}".rstrip() + failed

    def question(self, frame: Frame) -> dict[str, Any] | None:
        """Return the question that a frame asks."""
        if self._kind(frame) != "question.asked" or frame["messageId"] != self.message_id:
            return None
        return dict(self._told(frame))

    def _part(self, frame: Frame) -> dict[str, Any] | None:
        if self._kind(frame) != "message.part.updated" or frame["messageId"] != self.message_id:
            return None
        return dict(self._told(frame)["part"])

    @staticmethod
    def _kind(frame: Frame) -> str:
        return str(frame["event"]["payload"]["type"]) if frame["type"] == "opencode_event" else ""

    @staticmethod
    def _told(frame: Frame) -> dict[str, Any]:
        return dict(frame["event"]["payload"]["properties"])
