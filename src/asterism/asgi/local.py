"""The edge of `/api`: who may call it at all, and endpoints with its own order of checks (Stargazer 0.3-0.8).

`LocalGuard` wraps the whole application and decides by Host and Origin before anything is routed. The decorators
`get`, `post`, … declare endpoints that know the project root and its trust before they look at query and body.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from litestar import Response

from asterism.asgi.body import AnyRequest
from asterism.asgi.endpoint import Call, Endpoint, Face, Handler, last_values, to_response
from asterism.asgi.local_body import check_uuid, decode_local
from asterism.asgi.local_query import LocalQuery
from asterism.asgi.runtime import Runtime
from asterism.base.errors import DomainError, TooLarge
from asterism.features.review import trust
from asterism.kernel.db import Tx

B = TypeVar("B")
ROOT_HEADER = b"x-stargazer-project-root"


@dataclass(slots=True)
class LocalCall(Call[B], Generic[B]):
    """One request to `/api`. `root` and `trust` are set where the endpoint asked for them."""

    query: LocalQuery
    _root: Path | None = None
    _trust: trust.Trust | None = None

    @property
    def root(self) -> Path:
        """The canonical project root that the request is about."""
        if self._root is None:
            raise RuntimeError("this endpoint does not use the project root")
        return self._root

    @property
    def trust(self) -> trust.Trust:
        """What the owner allows in the root; reading at least."""
        if self._trust is None:
            raise RuntimeError("this endpoint is not guarded")
        return self._trust


Check = Callable[[LocalCall[Any]], None]


@dataclass(frozen=True)
class LocalEndpoint(Endpoint):
    """An endpoint of `/api`.

    `uuids` are path parameters that must be UUIDs; they arrive in lower case. `check` looks at the path before anything
    else. `root` resolves the project root, `guarded` also demands trust in it. `invalid` is the code of an unusable
    body; `empty_body` lets an absent one count as `{}`. `statuses` gives codes another status than usual.
    `blocking` runs a plain handler in a thread without a transaction: for what waits on git or a keyring.
    """

    auth: bool = False
    uuids: tuple[str, ...] = ()
    check: Check | None = None
    root: bool = False
    guarded: bool = False
    invalid: str = "VALIDATION_ERROR"
    empty_body: bool = False
    statuses: Mapping[str, int] = field(default_factory=dict)
    blocking: bool = False

    async def _answer(self, face: Face, request: AnyRequest) -> Response[Any]:
        try:
            return await self._checked(request)
        except DomainError as error:
            response = face.error(error, request)
            response.status_code = self.statuses.get(error.code, response.status_code)
            return response

    async def _checked(self, request: AnyRequest) -> Response[Any]:
        rt: Runtime = request.app.state.runtime
        path = {name: str(value) for name, value in request.path_params.items()}
        path.update({name: check_uuid(path[name]) for name in self.uuids})
        call: LocalCall[Any] = LocalCall(request, rt, None, path, LocalQuery(last_values(request)))
        if self.check is not None:
            self.check(call)
        raw, refused = await self._receive(request)

        def prepare(tx: Tx) -> None:
            self._locate(call, tx)
            self._decode(call, raw, refused)

        if self.is_async:
            if self.root or self.guarded:
                await rt.db.run_read(prepare)
            else:
                self._decode(call, raw, refused)
            return to_response(await self.func(call), self.status)

        def apart() -> Any:
            if self.root or self.guarded:
                with rt.db.read() as tx:
                    prepare(tx)
            else:
                self._decode(call, raw, refused)
            return self.func(call)

        if self.blocking:
            return to_response(await asyncio.to_thread(apart), self.status)

        def work(tx: Tx) -> Any:
            prepare(tx)
            call._tx = tx
            return self.func(call)

        run = rt.db.run if self.tx == "write" else rt.db.run_read
        return to_response(await run(work), self.status)

    def _locate(self, call: LocalCall[Any], tx: Tx) -> None:
        """Find the project root and the trust in it. Raises InvalidPath and NotTrusted."""
        if not (self.root or self.guarded):
            return
        local = call.rt.local
        headers = dict(call.request.scope["headers"])
        call._root = local.roots.resolve(headers.get(ROOT_HEADER))
        if self.guarded:
            call._trust = trust.require_trust(tx, local.session_trust, call._root)

    def _decode(self, call: Call[Any], raw: bytes, refused: TooLarge | None) -> None:
        if refused is not None:
            raise refused
        if self.body is None:
            return
        content_type = call.request.headers.get("content-type", "")
        if not raw and self.empty_body:
            raw, content_type = b"{}", "application/json"
        call.body = decode_local(raw, content_type, self.body, code=self.invalid)


LocalHandler = Callable[[LocalCall[Any]], Any]


def route(method: str, path: str, **options: Any) -> Callable[[LocalHandler], Endpoint]:
    """Declare an endpoint. `options` are the fields of `LocalEndpoint`; without `tx`, GET reads, the others write."""
    options.setdefault("tx", "read" if method == "GET" else "write")
    return lambda func: LocalEndpoint(method, path, cast("Handler", func), **options)


def get(path: str, **options: Any) -> Callable[[LocalHandler], Endpoint]:
    """Declare a GET endpoint."""
    return route("GET", path, **options)


def post(path: str, **options: Any) -> Callable[[LocalHandler], Endpoint]:
    """Declare a POST endpoint."""
    return route("POST", path, **options)


def delete(path: str, **options: Any) -> Callable[[LocalHandler], Endpoint]:
    """Declare a DELETE endpoint."""
    return route("DELETE", path, **options)
