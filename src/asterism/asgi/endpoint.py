"""Endpoints: a handler, what its signature declares, and the one pipeline that every request goes through.

    open → path → admit → receive → identify → decode → permit → handler → answer

A plain `def` handler runs in one worker-thread hop inside one transaction (`call.tx`) that the edge opens and closes,
or with `tx="none"` in a thread without one, or with `tx="quick"` without the hop, where reading is shorter (ADR 0209).
An `async def` handler gets no transaction and reaches the database by `await call.rt.db.run(fn, …)`. A face says who is
let in and how errors look (`Face`); the pipeline is the same for all, and its order that of Fastest 0.2: who, size,
content type, JSON syntax, shape, and only then the handler.
"""

import asyncio
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, Literal, Protocol, TypedDict, TypeVar

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp

from asterism.asgi.answers import to_response
from asterism.asgi.body import JSON_LIMIT, Disconnected, Upload, read_body
from asterism.asgi.call import Call
from asterism.asgi.query import Dialect, QueryReader
from asterism.asgi.router import Answering
from asterism.asgi.signature import Signature, read_signature
from asterism.base.errors import DomainError, TooLarge
from asterism.kernel.db import Tx

C = TypeVar("C", bound=Call[Any])
TxMode = Literal["read", "quick", "write", "none"]
Handler = Callable[..., Any]
ErrorCase = tuple[type[DomainError], str]
"""An error class with the code it is raised with."""


class Face(Protocol[C]):
    """How one API knows its callers and words its errors: what the pipeline asks at each step."""

    dialect: Dialect

    def open(self, endpoint: "Endpoint", request: Request) -> C:
        """Make the call that the other steps fill in."""
        ...

    async def admit(self, endpoint: "Endpoint", call: C) -> None:
        """Refuse the request before anything of it is read (rates, credentials that cannot be any)."""
        ...

    def identifies(self, endpoint: "Endpoint") -> bool:
        """Whether `identify` has something to do here; if not, no transaction is opened for it."""
        ...

    def identify(self, endpoint: "Endpoint", tx: Tx, call: C) -> None:
        """Find out who is calling, or what the call is about. Raises a DomainError."""
        ...

    def decode(self, endpoint: "Endpoint", call: C, raw: bytes) -> Any:
        """Check the texts of path and query, and decode the JSON body if one is declared. Raises a DomainError."""
        ...

    def permit(self, endpoint: "Endpoint", call: C, body: Any) -> None:
        """Look at what a known caller asks for, once the body is read. Raises a DomainError."""
        ...

    def error(self, endpoint: "Endpoint | None", error: Exception, request: HTTPConnection) -> Response:
        """Word an error; anything that is not a DomainError is a bug and becomes a 500 that tells nothing."""
        ...


class Options(TypedDict, total=False):
    """What every face's decorators take beside their own options."""

    tx: TxMode
    errors: tuple["type[DomainError] | ErrorCase", ...]
    headers: Mapping[str, str]
    max_body: int


@dataclass(frozen=True, eq=False)
class Endpoint:
    """A handler and everything the edge knows about it. Made by the decorators of the faces.

    `rules` are the face's own options, `errors` the errors that this handler may answer beside those that follow from
    its declaration (401, 413, 415, 422, …), and `headers` what its answers carry beside the usual ones, with a meaning.
    """

    method: str
    path: str
    func: Handler
    rules: Any
    tx: TxMode
    errors: tuple["type[DomainError] | ErrorCase", ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    max_body: int = JSON_LIMIT

    @cached_property
    def signature(self) -> Signature:
        """What the handler declares."""
        return read_signature(self.func)

    @property
    def body(self) -> type[Any] | None:
        """The Struct of the JSON body."""
        return self.signature.body

    @property
    def raw(self) -> bool:
        """Whether the handler reads the body itself."""
        return self.signature.takes is not None

    @property
    def is_async(self) -> bool:
        """Whether the handler is a coroutine function."""
        return inspect.iscoroutinefunction(self.func)

    @property
    def summary(self) -> str:
        """The sentence after the request line of the docstring."""
        line = (inspect.getdoc(self.func) or "").partition("\n\n")[0]
        return " ".join(line.partition(": ")[2].split())

    def answering(self, face: Face[Any]) -> Answering:
        """Return what takes a request through this endpoint and returns what sends the answer."""
        pipeline = Pipeline(self, face)

        async def answer(request: Request) -> ASGIApp:
            try:
                return await pipeline.answer(request)
            except (DomainError, Disconnected) as error:
                return face.error(self, error, request)

        return answer


class Pipeline:
    """The steps of one endpoint in one face."""

    def __init__(self, endpoint: Endpoint, face: Face[Any]) -> None:
        self.endpoint, self.face = endpoint, face
        self._func, self._is_async = endpoint.func, endpoint.is_async
        self._declared = endpoint.signature
        query = self._declared.query
        self._query = None if query is None else QueryReader(query, face.dialect)
        self._wants_body = endpoint.body is not None and not endpoint.raw

    async def answer(self, request: Request) -> ASGIApp:
        """Take a request through all steps. Raises DomainError and Disconnected."""
        endpoint, face = self.endpoint, self.face
        call = face.open(endpoint, request)
        path = request.path_params
        if self._declared.readers:
            path = {**path, **{name: read(path[name]) for name, read in self._declared.readers.items()}}
        call.path = path
        await face.admit(endpoint, call)
        raw, refused = await self._receive(request)

        def prepare(tx: Tx | None) -> dict[str, Any]:
            if tx is not None:
                face.identify(endpoint, tx, call)
            if refused is not None:
                raise refused
            body = face.decode(endpoint, call, raw)
            face.permit(endpoint, call, body)
            return self._arguments(call, body)

        return to_response(await self._run(call, prepare))

    async def _run(self, call: Call[Any], prepare: Callable[[Tx | None], dict[str, Any]]) -> Any:
        db, func = call.rt.db, self._func
        identifies = self.face.identifies(self.endpoint)
        if self._is_async:
            arguments = await db.run_read(prepare) if identifies else prepare(None)
            return await func(call, **arguments)
        if self.endpoint.tx == "none":

            def apart() -> Any:
                if identifies:
                    with db.read() as tx:
                        arguments = prepare(tx)
                else:
                    arguments = prepare(None)
                return func(call, **arguments)

            return await asyncio.to_thread(apart)

        def work(tx: Tx) -> Any:
            arguments = prepare(tx)
            call._tx = tx
            return func(call, **arguments)

        if self.endpoint.tx == "quick":
            return await db.run_quick(work)
        return await (db.run_read(work) if self.endpoint.tx == "read" else db.run(work))

    def _arguments(self, call: Call[Any], body: Any) -> dict[str, Any]:
        """Return what the handler's parameters are given."""
        declared, request = self._declared, call.request
        arguments: dict[str, Any] = {name: call.path[name] for name in declared.path}
        for name, header in declared.headers.items():
            arguments[name] = request.headers.get(header)
        if self._query is not None:
            arguments["query"] = self._query.read(last_values(request), partial(_all_values, request))
        if declared.takes is not None:
            arguments["body"] = Upload(request)
        elif declared.body is not None:
            arguments["body"] = body
        return arguments

    async def _receive(self, request: Request) -> tuple[bytes, TooLarge | None]:
        """Read the body, holding back a size problem until the caller is known (401 comes before 413)."""
        if not self._wants_body:
            return b"", None
        try:
            return await read_body(request, self.endpoint.max_body), None
        except TooLarge as error:
            return b"", error


def last_values(request: Request) -> dict[str, str]:
    """Return the query parameters; of repeated keys the last one wins (Fastest 0.2)."""
    return dict(request.query_params.multi_items()) if request.scope["query_string"] else {}


def _all_values(request: Request, name: str) -> list[str]:
    """Return all values of a query parameter; making an object of an empty query costs as much as a look-up."""
    return request.query_params.getlist(name)


def declare(method: str, path: str, rules: Any, options: Options) -> Callable[[Handler], Endpoint]:
    """Declare an endpoint. Without `tx`, GET reads and the others write."""
    mode: TxMode = options.get("tx") or ("read" if method == "GET" else "write")
    return lambda func: Endpoint(
        method,
        path,
        func,
        rules,
        mode,
        errors=options.get("errors", ()),
        headers=options.get("headers", {}),
        max_body=options.get("max_body", JSON_LIMIT),
    )


def endpoints_of(modules: Iterable[Any]) -> list[Endpoint]:
    """Return the endpoints that are defined in the given modules, in the order of definition."""
    return [value for module in modules for value in vars(module).values() if isinstance(value, Endpoint)]
