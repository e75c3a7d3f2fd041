"""The straight way of a request to its endpoint, without the framework's own steps around a handler (ADR 0210).

Those cost more than a small read. What this table does not know, as other methods of a path, is the framework's.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from litestar import Litestar, Request, Response
from litestar.types import Receive, Send

from asterism.asgi.body import AnyRequest
from asterism.asgi.endpoint import Answering, Mount

Fail = Callable[[AnyRequest, Exception], Response[Any]]
_HOST = re.compile(rb"[A-Za-z0-9.:\[\]-]*")  # what is odder is looked at by the framework
_PARAMETER = re.compile(r"\{(\w+)(?::str)?\}")


class _Place:
    """What stands at one segment of a path; `any` is what a parameter leads to."""

    def __init__(self) -> None:
        self.below: dict[str, _Place] = {}
        self.any: _Place | None = None
        self.names: tuple[str, ...] = ()
        self.template = ""
        self.answers: dict[str, Answering] = {}

    def add(self, path: str) -> "_Place":
        """Return the place of a path, made where it was not there."""
        place, names = self, []
        for segment in path.split("/")[1:]:
            if (parameter := _PARAMETER.fullmatch(segment)) is None:
                place = place.below.setdefault(segment, _Place())
            else:
                names.append(parameter[1])
                place.any = place = place.any or _Place()
        place.names, place.template = tuple(names), _PARAMETER.sub(r"{\1}", path)
        return place


class Straight:
    """An ASGI application: answers what `mounts` know, and hands everything else to `app`.

    `others` are paths of `app` beside them, which a parameter does not stand for. `fail` words what is a bug.
    """

    def __init__(self, app: Litestar, mounts: Iterable[Mount], others: Iterable[str], fail: Fail) -> None:
        self._app, self._fail = app, fail
        self._root = _Place()
        for path in others:
            self._root.add(path)
        for endpoint, answer in mounts:
            self._root.add(endpoint.path).answers[endpoint.method] = answer

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        answer = self._find(scope) if scope["type"] == "http" else None
        if answer is None:
            await self._app(scope, receive, send)
            return
        scope["app"] = scope["litestar_app"] = self._app
        request: AnyRequest = Request(scope, receive, send)
        begun = False

        async def noted(message: Any) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            sends = await answer(request)
            await sends(scope, receive, noted)
        except Exception as error:
            if begun:
                raise
            await self._fail(request, error).to_asgi_response(None, request)(scope, receive, send)

    def _find(self, scope: Any) -> Answering | None:
        """Return what answers a request, its path read into the scope."""
        place, values = self._root, []
        for segment in scope["path"].split("/")[1:]:
            if (below := place.below.get(segment)) is None:
                if (below := place.any) is None or not segment:
                    return None
                values.append(segment)
            place = below
        answer = place.answers.get(scope["method"])
        for name, value in scope["headers"]:
            if name == b"host" and not _HOST.fullmatch(value):
                return None
        if answer is None:
            return None
        scope["path_params"] = dict(zip(place.names, values, strict=True))
        scope["path_template"] = place.template
        return answer
