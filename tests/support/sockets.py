"""WebSockets of conversations, as tests read them."""

from types import TracebackType
from typing import Any

import httpx
import msgspec
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from asterism.features.talk.conversations.events import AnyFrame

SECONDS = 60


class Stream:
    """One connection to the stream of a conversation. Every frame is checked against its declaration."""

    def __init__(self, client: httpx.Client, conversation: str, **query: Any) -> None:
        base = str(client.base_url).rstrip("/").replace("http://", "ws://", 1)
        if not query.keys() & {"token", "ticket"}:
            query["token"] = client.headers["authorization"].removeprefix("Bearer ")
        text = str(httpx.QueryParams({name: str(value) for name, value in query.items()}))
        self.url = f"{base}/v1/conversations/{conversation}/stream?{text}"
        self.frames: list[dict[str, Any]] = []

    def __enter__(self) -> "Stream":
        """Open it."""
        self._opening = connect(self.url, proxy=None, max_size=None, open_timeout=SECONDS)
        self.socket: ClientConnection = self._opening.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self._opening.__exit__(kind, error, trace)

    def next(self) -> dict[str, Any]:
        """Return the next frame."""
        raw = self.socket.recv(timeout=SECONDS)
        frame = msgspec.json.decode(raw)
        unknown = {"checkpoint", "conversation_rewound"}
        if frame["type"] not in unknown:
            msgspec.json.decode(raw, type=AnyFrame)
        self.frames.append(frame)
        return dict(frame)

    def until(self, kind: str, **members: Any) -> list[dict[str, Any]]:
        """Read up to and including a frame of this kind with these members; return what was read."""
        found = []
        while True:
            frame = self.next()
            found.append(frame)
            if frame["type"] == kind and members.items() <= frame.items():
                return found

    def end(self) -> int:
        """Read until the server closes; return its code."""
        try:
            while True:
                self.next()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006


def kinds(frames: list[dict[str, Any]]) -> list[str]:
    return [frame["type"] for frame in frames]
