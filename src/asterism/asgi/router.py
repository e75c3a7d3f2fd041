"""The way of a connection to what answers it: one table of paths (ADR 0221).

Whole segments of a path may be parameters (`{id:str}`), and its end may be one of any length (`{rest:path}`). A segment
that is written out comes before a parameter in its place, where it leads to something.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from asterism.base.errors import DomainError, Invalid, NotFound

Answering = Callable[[Request], Awaitable[ASGIApp]]
"""Takes a request and returns what sends the answer."""
Meeting = Callable[[WebSocket], Awaitable[None]]
"""Serves a WebSocket, from before its opening to its end."""
Refuse = Callable[[HTTPConnection, Exception], Response]
"""Words an error; one that is not a DomainError is a bug."""

_HOST = re.compile(rb"[0-9A-Za-z!$&'()*+,;=\-._~:\[\]@%]*")  # RFC 3986 3.2
_PARAMETER = re.compile(r"\{(\w+)(?::(str|path))?\}")


class NoRoute(NotFound):
    """Nothing has that path."""

    def __init__(self) -> None:
        super().__init__("There is no such route.")


class MethodNotAllowed(DomainError):
    """The path exists, this method on it does not."""

    code = "METHOD_NOT_ALLOWED"

    def __init__(self, methods: list[str]) -> None:
        super().__init__("This path does not take that method.")
        self.methods = methods


class _Place:
    """What stands at one segment of a path; `any` is what a parameter leads to, `rest` one of any length."""

    def __init__(self) -> None:
        self.below: dict[str, _Place] = {}
        self.any: _Place | None = None
        self.rest: _Place | None = None
        self.names: tuple[str, ...] = ()
        self.template = ""
        self.answers: dict[str, Answering] = {}
        self.meets: Meeting | None = None

    def at(self, path: str) -> "_Place":
        """Return the place of a path, made where it was not there. Raises ValueError for other names of parameters."""
        place, names = self, []
        for segment in path.split("/")[1:]:
            if (parameter := _PARAMETER.fullmatch(segment)) is None:
                place = place.below.setdefault(segment, _Place())
                continue
            names.append(parameter[1])
            if parameter[2] == "path":
                place.rest = place = place.rest or _Place()
            else:
                place.any = place = place.any or _Place()
        template = _PARAMETER.sub(r"{\1}", path)
        if place.template not in ("", template):
            raise ValueError(f"{template} is {place.template} already")
        place.names, place.template = tuple(names), template
        return place

    def find(self, segments: list[str], at: int, values: list[str]) -> "_Place | None":
        """Return the place that the segments from `at` on lead to, or None; `values` gets what parameters hold."""
        if at == len(segments):
            return self if self.answers or self.meets else None
        segment = segments[at]
        below = self.below.get(segment)
        if below is not None and (found := below.find(segments, at + 1, values)) is not None:
            return found
        if not segment:
            return None
        if self.any is not None:
            values.append(segment)
            if (found := self.any.find(segments, at + 1, values)) is not None:
                return found
            values.pop()
        if self.rest is not None:
            values.append("/".join(segments[at:]))
        return self.rest


class Router:
    """An ASGI application: what has been added to it, and answers of `refuse` to all else.

    `runtime` is what every connection finds in its scope.
    """

    def __init__(self, runtime: object, refuse: Refuse) -> None:
        self._runtime, self._refuse = runtime, refuse
        self._root = _Place()

    def add(self, method: str, path: str, answer: Answering) -> None:
        """Let `answer` answer requests of this method and path. Raises ValueError for one that is taken."""
        answers = self._root.at(path).answers
        if method in answers:
            raise ValueError(f"{method} {path} is answered twice")
        answers[method] = answer

    def add_socket(self, path: str, meet: Meeting) -> None:
        """Let `meet` serve WebSockets of this path."""
        self._root.at(path).meets = meet

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        scope["runtime"] = self._runtime
        if scope["type"] == "websocket":
            await self._meet(WebSocket(scope, receive, send))
            return
        request, begun = Request(scope, receive, send), False

        async def noted(message: Any) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            sends = await self._answering(scope)(request)
            await sends(scope, receive, noted)
        except Exception as error:
            if begun:
                raise
            await self._refuse(request, error)(scope, receive, send)

    async def _meet(self, socket: WebSocket) -> None:
        try:
            meet = self._find(socket.scope).meets
            if meet is None:
                raise NoRoute
        except DomainError as error:
            await refuse(socket, self._refuse(socket, error))
            return
        await meet(socket)

    def _answering(self, scope: Scope) -> Answering:
        """Return what answers a request. Raises NoRoute, MethodNotAllowed, Invalid."""
        place, method = self._find(scope), scope["method"]
        if (answer := place.answers.get(method)) is not None:
            return answer
        if not place.answers:
            raise NoRoute
        methods = sorted(place.answers)
        if method != "OPTIONS":
            raise MethodNotAllowed(methods)

        async def options(_request: Request) -> ASGIApp:
            return Response(status_code=204, headers={"Allow": ", ".join(sorted([*methods, "OPTIONS"]))})

        return options

    def _find(self, scope: Scope) -> _Place:
        """Return the place of a path, which is read into the scope. Raises NoRoute, Invalid."""
        for name, value in scope["headers"]:
            if name == b"host" and not _HOST.fullmatch(value):
                raise Invalid("The Host header names no host.")
        values: list[str] = []
        place = self._root.find(scope["path"].split("/")[1:], 0, values)
        if place is None:
            raise NoRoute
        scope["path_params"] = dict(zip(place.names, values, strict=True))
        scope["path_template"] = place.template
        return place


async def refuse(socket: WebSocket, answer: Response) -> None:
    """Answer a connection that is not upgraded as HTTP (the ASGI extension `websocket.http.response`)."""
    await socket.receive()  # websocket.connect
    await answer(socket.scope, socket.receive, socket.send)
