"""One question and its streamed answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from asterism.base.errors import Unavailable
from asterism.client.events import ServerEvent, read_events
from asterism.client.http import Http

LAST = frozenset({"message.final", "run.error"})


class RunFailed(Unavailable):
    """The run ended without an answer; code and message are the server's."""

    code = "RUN_FAILED"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and how: `mode` is quick, standard or deep."""

    text: str
    mode: str = "standard"


def start_chat(http: Http, project_id: str) -> str:
    """Open a chat in a project and return its id."""
    answer = http.json("POST", f"/v1/projects/{project_id}/chats", dict[str, Any], body={}, safe=False)
    return str((answer.get("chat") or answer)["id"])


def ask(http: Http, chat_id: str, question: Question) -> Iterator[ServerEvent]:
    """Write a message into a chat and yield the events of the answer. Raises RunFailed when there is none."""
    message = {"role": "user", "content": question.text}
    http.json("POST", f"/v1/chats/{chat_id}/messages", dict[str, Any], body=message, safe=False)
    body = msgspec.json.encode({"mode": question.mode})
    with http.stream("POST", f"/v1/chats/{chat_id}/run", body) as pieces:
        for event in read_events(pieces, last=LAST):
            if event.name == "run.error":
                raise RunFailed(str(event.data["message"]), code=str(event.data["code"]))
            yield event
