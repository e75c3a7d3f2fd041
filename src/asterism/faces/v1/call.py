"""How endpoints of `/v1` are declared, and what their handlers are given."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Unpack

from asterism.asgi import call as asgi
from asterism.asgi.endpoint import Endpoint, Handler, Options, declare
from asterism.asgi.limits import Rate
from asterism.asgi.websocket import SocketEndpoint
from asterism.faces.runtime import Runtime
from asterism.features.accounts.audit import Origin
from asterism.features.accounts.identity import Caller

Auth = bool | Literal["optional"]


@dataclass(frozen=True, slots=True)
class Rules:
    """Whether an endpoint wants a token, and the rate it is under beside the general one.

    `query_token`: the token may stand in the address, for clients that cannot send a header (Fastest 0.2, 8.7).
    """

    auth: Auth = True
    rate: Rate | None = None
    query_token: bool = False


@dataclass(frozen=True, slots=True)
class SocketRules:
    """Who may open a WebSocket: whoever has a token, or a ticket for `purpose` and the last id of the path."""

    purpose: str


@dataclass(slots=True)
class Call(asgi.Call[Runtime]):
    """One request to `/v1`. `caller` is who sent the bearer token; on an open endpoint it may not be asked for."""

    bearer: str | None = field(default=None, kw_only=True, repr=False)
    _caller: Caller | None = field(default=None, kw_only=True)

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

    @property
    def origin(self) -> Origin:
        """Where the call comes from, for the audit log."""
        return Origin(self.rt.sign_in.addresses.client(self.request), self._caller.token_id if self._caller else None)


def verb(method: str) -> Callable[..., Callable[[Handler], Endpoint]]:
    """Return the decorator that declares endpoints of a method."""

    def decorate(
        path: str,
        *,
        auth: Auth = True,
        rate: Rate | None = None,
        query_token: bool = False,
        **options: Unpack[Options],
    ) -> Callable[[Handler], Endpoint]:
        return declare(method, path, Rules(auth, rate, query_token), options)

    return decorate


get, post, put, patch, delete = (verb(method) for method in ("GET", "POST", "PUT", "PATCH", "DELETE"))


def socket(path: str, *, purpose: str) -> Callable[[Handler], SocketEndpoint]:
    """Return the decorator that declares a WebSocket; `purpose` is what its tickets begin with."""
    return lambda func: SocketEndpoint(path, func, SocketRules(purpose))
