"""Endpoints: a handler, its request line, and what the edge does around it.

A plain `def` handler runs in one worker-thread hop inside one transaction (`call.tx`) that the edge opens and closes;
an `async def` handler gets no transaction and reaches the database by `await call.rt.db.run(fn, …)`. The order of
checks is that of Fastest 0.2: token, size, content type, JSON syntax, shape, and only then the handler.

A face decides how callers are admitted and how errors look; the same endpoint machinery serves all of them.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, Protocol, TypeVar

import msgspec
from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse

from asterism.asgi.body import JSON_LIMIT, AnyRequest, Disconnected, check_json_type, decode_json, read_body
from asterism.asgi.limits import Rate
from asterism.asgi.openapi import operation_class
from asterism.asgi.query import Query
from asterism.asgi.runtime import Runtime
from asterism.base.errors import DomainError, NotFound, TooLarge
from asterism.features.accounts.identity import Caller
from asterism.kernel.db import Tx

B = TypeVar("B")
TxMode = Literal["read", "write"]
Handler = Callable[["Call[Any]"], Any]


@dataclass(slots=True)
class Call(Generic[B]):
    """One request on its way through an endpoint.

    `tx` is the open transaction of a plain handler; touching it in an `async def` handler is a bug. `caller` is who
    sent the bearer token; touching it on an endpoint with `auth=False` is a bug too, unless a token was accepted.
    """

    request: AnyRequest
    rt: Runtime
    body: B
    path: Mapping[str, str]
    query: Query
    _caller: Caller | None = None
    _tx: Tx | None = None

    @property
    def tx(self) -> Tx:
        """The open transaction."""
        if self._tx is None:
            raise RuntimeError("an async handler has no transaction; use call.rt.db.run")
        return self._tx

    @property
    def caller(self) -> Caller:
        """Who is calling."""
        if self._caller is None:
            raise RuntimeError("nobody is known on this endpoint")
        return self._caller

    @property
    def known_caller(self) -> Caller | None:
        """Who is calling, None where the endpoint let nobody-in-particular in."""
        return self._caller


@dataclass(slots=True)
class Reply:
    """An answer with a status or headers of its own; `body` is encoded as JSON."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class Face(Protocol):
    """How one API admits callers and words its errors."""

    async def admit(self, endpoint: "Endpoint", request: AnyRequest, rt: Runtime) -> None:
        """Refuse the request before anything of it is read (host rules, rates), by raising a DomainError."""
        ...

    def authenticate(self, endpoint: "Endpoint", tx: Tx, request: AnyRequest) -> Caller | None:
        """Return who is calling, None where the endpoint is open. Raises Unauthenticated or Forbidden."""
        ...

    def permit(self, endpoint: "Endpoint", tx: Tx, call: Call[Any]) -> None:
        """Look at what a known caller asks for, once the body is read; never called where nobody is known."""
        ...

    def error(self, error: Exception, request: AnyRequest) -> Response[Any]:
        """Word an error; anything that is not a DomainError is a bug and becomes a 500 that tells nothing."""
        ...


@dataclass(frozen=True)
class Endpoint:
    """A handler and everything the edge knows about it. Made by the decorators `get`, `post`, … below."""

    method: str
    path: str
    func: Handler
    body: type[Any] | None = None
    status: int = 200
    auth: bool | Literal["optional"] = True
    tx: TxMode = "read"
    raw: bool = False
    max_body: int = JSON_LIMIT
    rate: Rate | None = None

    @property
    def is_async(self) -> bool:
        """Whether the handler is a coroutine function."""
        return inspect.iscoroutinefunction(self.func)

    @property
    def summary(self) -> str:
        """The sentence after the request line of the docstring."""
        line = (inspect.getdoc(self.func) or "").partition("\n\n")[0]
        return " ".join(line.partition(": ")[2].split())

    def mount(self, face: Face, schema: dict[str, Any] | None = None) -> HTTPRouteHandler:
        """Return the web framework's handler for this endpoint; `schema` describes its JSON body for OpenAPI."""

        async def handle(request: AnyRequest) -> Response[Any]:
            try:
                return await self._answer(face, request)
            except (DomainError, Disconnected) as error:
                return face.error(error, request)

        handle.__name__ = self.func.__name__
        handle.__doc__ = self.func.__doc__
        return HTTPRouteHandler(
            self.path,
            http_method=self.method,  # type: ignore[arg-type]
            status_code=self.status,
            operation_class=operation_class(schema, raw=self.raw, open_to_all=not self.auth),
            operation_id=f"{self.func.__module__.removeprefix('asterism.faces.')}.{self.func.__name__}",
            summary=self.summary,
            tags=[self.func.__module__.rpartition(".")[2]],
        )(handle)

    async def _answer(self, face: Face, request: AnyRequest) -> Response[Any]:
        rt: Runtime = request.app.state.runtime
        await face.admit(self, request, rt)
        path = {name: str(value) for name, value in request.path_params.items()}
        call: Call[Any] = Call(request, rt, None, path, Query(last_values(request)))
        raw, refused = await self._receive(request)

        def prepare(tx: Tx) -> None:
            call._caller = face.authenticate(self, tx, request)
            self._decode(call, raw, refused)
            if call.known_caller is not None:
                face.permit(self, tx, call)

        if self.is_async:
            if self.auth:
                await rt.db.run_read(prepare)
            else:
                self._decode(call, raw, refused)
            return to_response(await self.func(call), self.status)

        def work(tx: Tx) -> Any:
            prepare(tx)
            call._tx = tx
            return self.func(call)

        run = rt.db.run if self.tx == "write" else rt.db.run_read
        return to_response(await run(work), self.status)

    def _decode(self, call: Call[Any], raw: bytes, refused: TooLarge | None) -> None:
        """Check and decode the JSON body, then query and path, once the caller is known."""
        if refused is not None:
            raise refused
        if self.body is not None:
            if raw:
                check_json_type(call.request.headers.get("content-type", ""))
            call.body = decode_json(raw, self.body)
        call.query.check()
        if any("\x00" in value for value in call.path.values()):
            raise NotFound("There is nothing of that id.")  # and no database could be asked for it

    async def _receive(self, request: AnyRequest) -> tuple[bytes, TooLarge | None]:
        """Read the body, holding back a size problem until the caller is known (401 comes before 413)."""
        if self.raw or self.body is None:
            return b"", None
        try:
            return await read_body(request, self.max_body), None
        except TooLarge as error:
            return b"", error


def last_values(request: AnyRequest) -> dict[str, str]:
    """Return the query parameters; of repeated keys the last one wins (Fastest 0.2)."""
    return dict(request.query_params.multi_items())


def to_response(result: Any, status: int) -> Response[Any]:
    """Turn what a handler returned into a response: JSON unless it already is one."""
    if isinstance(result, Response | ASGIResponse):
        return result  # type: ignore[return-value]
    headers: dict[str, str] = {}
    if isinstance(result, Reply):
        result, status, headers = result.body, result.status, result.headers
    headers.setdefault("Cache-Control", "no-store")
    return Response(msgspec.json.encode(result), status_code=status, media_type="application/json", headers=headers)


def route(method: str, path: str, **options: Any) -> Callable[[Handler], Endpoint]:
    """Declare an endpoint. `options` are the fields of `Endpoint`; without `tx`, GET reads and the others write."""
    options.setdefault("tx", "read" if method == "GET" else "write")
    return lambda func: Endpoint(method, path, func, **options)


def get(path: str, **options: Any) -> Callable[[Handler], Endpoint]:
    """Declare a GET endpoint."""
    return route("GET", path, **options)


def post(path: str, **options: Any) -> Callable[[Handler], Endpoint]:
    """Declare a POST endpoint."""
    return route("POST", path, **options)


def put(path: str, **options: Any) -> Callable[[Handler], Endpoint]:
    """Declare a PUT endpoint."""
    return route("PUT", path, **options)


def patch(path: str, **options: Any) -> Callable[[Handler], Endpoint]:
    """Declare a PATCH endpoint."""
    return route("PATCH", path, **options)


def delete(path: str, **options: Any) -> Callable[[Handler], Endpoint]:
    """Declare a DELETE endpoint."""
    return route("DELETE", path, **options)


def endpoints_of(modules: Iterable[Any]) -> list[Endpoint]:
    """Return the endpoints that are defined in the given modules, in the order of definition."""
    return [value for module in modules for value in vars(module).values() if isinstance(value, Endpoint)]
