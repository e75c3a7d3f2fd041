"""What handlers return, and how it becomes a response.

The return annotation of a handler *is* its answer: the OpenAPI document, the tests' validation and the generated pages
are made from it. It is one of these, or a union of several with different statuses:

    Project                         a Struct, sent as JSON with status 200
    Created[Project]                the same with 201 (or `Ok`, `Conflicting`, …), headers if it needs some
    Nothing[Literal[204]]           no body
    Events[RunEvent]                an event stream; its argument is a union of tagged Structs
    Content[Octets]                 bytes of a media type that is not described further
"""

from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

import msgspec
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from asterism.asgi.sse import sse_response

T = TypeVar("T")


@dataclass(slots=True)
class Answer(Generic[T]):
    """Something with a status of its own."""

    status: ClassVar[int] = 200


@dataclass(slots=True)
class Ok(Answer[T]):
    """A JSON body with headers of its own, or beside answers of other statuses; `body` is a `T`.

    `after` is done once the answer has been sent.
    """

    body: T
    headers: Mapping[str, str] = field(default_factory=dict)
    after: Callable[[], Awaitable[None]] | None = None


@dataclass(slots=True)
class Created(Ok[T]):
    """201: something was made."""

    status: ClassVar[int] = 201


@dataclass(slots=True)
class Accepted(Ok[T]):
    """202: it has begun."""

    status: ClassVar[int] = 202


@dataclass(slots=True)
class Refused(Ok[T]):
    """400 with a body that is not the face's envelope, as OAuth's."""

    status: ClassVar[int] = 400


@dataclass(slots=True)
class Conflicting(Ok[T]):
    """409 with a body that says more than the envelope could."""

    status: ClassVar[int] = 409


@dataclass(slots=True)
class Switching(Answer[None]):
    """101: the connection goes on as a WebSocket; what is asked for without an upgrade never gets that far."""

    status: ClassVar[int] = 101


@dataclass(slots=True)
class NoContent(Answer[None]):
    """204: there is nothing to say."""

    status: ClassVar[int] = 204


@dataclass(slots=True)
class NotModified(Answer[None]):
    """304: the client has it already (RFC 9110 15.4.5)."""

    headers: Mapping[str, str] = field(default_factory=dict)
    status: ClassVar[int] = 304


@dataclass(slots=True)
class Events(Answer[T]):
    """An event stream; `T` is the union of its events' Structs, `frames` their frames and heartbeats."""

    frames: AsyncGenerator[bytes, None]
    headers: Mapping[str, str] = field(default_factory=dict)


class Media:
    """The media type of a Content; a subclass names it."""

    type: ClassVar[str] = "application/octet-stream"


class Octets(Media):
    """Bytes."""


M = TypeVar("M", bound=Media)


@dataclass(slots=True)
class Content(Answer[M]):
    """Bytes, whole or in pieces (pieces need a Content-Length, else they are sent chunked)."""

    data: bytes | Iterable[bytes] | AsyncIterable[bytes]
    media: type[M]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class PartialContent(Content[M]):
    """206: one range of the bytes (RFC 9110 15.3.7)."""

    status: ClassVar[int] = 206


@dataclass(slots=True)
class Sent:
    """A JSON body on its way out, which is an ASGI application; `after` is done once it was sent."""

    body: bytes
    status: int
    headers: Mapping[str, str]
    after: Callable[[], Awaitable[None]] | None = None

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send it."""
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(self.body)), *self._more()]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": False})
        if self.after is not None:
            await self.after()

    def _more(self) -> list[tuple[bytes, bytes]]:
        if not self.headers:
            return [(b"cache-control", b"no-store")]
        more = {"Cache-Control": "no-store", **self.headers}
        return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in more.items()]


def to_response(result: Any) -> ASGIApp:
    """Turn what a handler returned into a response; a Struct (or anything JSON can say) is a JSON body."""
    if isinstance(result, msgspec.Struct):
        return Sent(msgspec.json.encode(result), 200, {})
    if not isinstance(result, Answer):
        return result if isinstance(result, Response) else Sent(msgspec.json.encode(result), 200, {})
    if isinstance(result, Ok):
        return Sent(msgspec.json.encode(result.body), result.status, result.headers, result.after)
    if isinstance(result, Events):
        return sse_response(result.frames, headers=result.headers)
    if isinstance(result, Content):
        kind: Any = Response if isinstance(result.data, bytes) else StreamingResponse
        headers = {"Cache-Control": "no-store", **result.headers}
        return kind(result.data, status_code=result.status, media_type=result.media.type, headers=headers)  # type: ignore[no-any-return]
    headers = dict(getattr(result, "headers", {}))
    return Response(status_code=result.status, headers=headers)
