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
FILES_ROUNDS = 150  # when it is known to have changed files, of which nothing was told yet
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

    def history(self) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
        """Yield the messages, oldest first, each with the parts that its agent told; the newest thousand."""
        outputs = self._http.json("GET", f"{self._path}/opencode-messages", dict[str, Any])["messages"]
        for message in self._http.json("GET", f"{self._path}/messages", dict[str, Any])["messages"]:
            yield message, outputs.get(message["id"], {}).get("parts", [])

    def send(self, prompt: str) -> Sent:
        """Hand the agent a prompt."""
        return self._http.json("POST", f"{self._path}/messages", Sent, body={"prompt": prompt}, safe=False)

    def follow(self, message_id: str) -> Iterator[Frame]:
        """Yield the frames of the log from where it was left, until a message has ended and its files are told."""
        ended, changed, quiet = False, False, 0
        while not (ended and quiet >= (FILES_ROUNDS if changed else QUIET_ROUNDS)):
            page = self._page(self._seq, PAGE)
            for frame in page.events:
                self._seq = int(frame["seq"])
                yield frame
                if frame["type"] == "message_complete" and frame["message"]["id"] == message_id:
                    ended = True
                elif frame["type"] == "checkpoint" and frame["item"]["message_id"] == message_id:
                    changed = changed or bool(frame["item"]["files"])
                elif ended and frame["type"] in ("files_changed", "warning", "error"):
                    changed = False
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

    def save(self) -> str | None:
        """Register what the workspace shows; return the snapshot that is its head then, None while it is empty."""
        found = self._http.json("POST", f"{self._path}/snapshot", dict[str, Any], body={}, safe=True)["snapshot_id"]
        return None if found is None else str(found)

    def cancel(self, message_id: str | None) -> None:
        """End a turn, None for the one that runs."""
        body = {} if message_id is None else {"message_id": message_id}
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
        part = self.part(frame)
        return "" if part is None or part["type"] != "text" else self.added(part, told(frame).get("delta"))

    def added(self, part: dict[str, Any], delta: str | None = None) -> str:
        """Return what a part of text adds to what was shown of it; `delta` where it tells only that."""
        seen, whole = self._lengths.get(part["id"], 0), str(part.get("text") or "")
        more = whole[seen:] if whole else delta or ""
        self._lengths[part["id"]] = seen + len(more)
        return more

    def call(self, frame: Frame) -> str | None:
        """Return a line about a call of a tool once it has ended, None for every other frame."""
        part = self.part(frame)
        if part is None or part["type"] != "tool" or part["id"] in self._calls:
            return None
        state = part.get("state") or {}
        if state.get("status") not in ("completed", "error"):
            return None
        self._calls.add(part["id"])
        return call_title(part) + (" failed" if state["status"] == "error" else "")

    def question(self, frame: Frame) -> dict[str, Any] | None:
        """Return the question that a frame asks."""
        if kind(frame) != "question.asked" or frame["messageId"] != self.message_id:
            return None
        return told(frame)

    def part(self, frame: Frame) -> dict[str, Any] | None:
        """Return the part of the answer that a frame tells."""
        if kind(frame) != "message.part.updated" or frame["messageId"] != self.message_id:
            return None
        return dict(told(frame)["part"])


def kind(frame: Frame) -> str:
    """Return what an agent tells by a frame, nothing where it is not the agent who tells."""
    return str(frame["event"]["payload"]["type"]) if frame["type"] == "opencode_event" else ""


def told(frame: Frame) -> dict[str, Any]:
    """Return what belongs to what an agent tells."""
    return dict(frame["event"]["payload"]["properties"])


def call_title(part: dict[str, Any]) -> str:
    """Return a call of a tool in one line: the tool, and what it is about."""
    given = (part.get("state") or {}).get("input") or {}
    about = next((str(given[name]) for name in ("filePath", "command", "pattern", "path") if name in given), "")
    return f"{part['tool']} {about.splitlines()[0] if about else ''}".rstrip()
