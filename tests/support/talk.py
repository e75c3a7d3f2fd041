"""A user with a chat, as the tests of chats use it."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.support.contract import problem_with_frames
from tests.support.sse import Frame, parse_frames


@dataclass
class Talk:
    """A user with a chat in a project, and short ways to use it."""

    client: httpx.Client
    project_id: str
    chat_id: str

    def say(self, content: str, role: str = "user") -> Any:
        answer = self.client.post(f"/v1/chats/{self.chat_id}/messages", json={"role": role, "content": content})
        assert answer.status_code == 201, answer.text
        return answer.json()["message"]

    def run(self, **body: Any) -> list[Frame]:
        with self.client.stream("POST", f"/v1/chats/{self.chat_id}/run", json=body) as answer:
            raw = b"".join(answer.iter_raw())
        assert answer.status_code == 200, raw
        assert problem_with_frames(answer, raw) is None
        return parse_frames(raw)

    def messages(self, **query: Any) -> list[Any]:
        found = self.client.get(f"/v1/chats/{self.chat_id}/messages", params=query)
        assert found.status_code == 200, found.text
        return list(found.json()["messages"])

    def get(self, path: str, **query: Any) -> Any:
        found = self.client.get(path, params=query)
        assert found.status_code == 200, found.text
        return found.json()
