"""How `/v1` admits callers: by bearer token, on every endpoint that is not declared open, within scope and rate."""

from typing import Any

from litestar import Response

from asterism.asgi.body import AnyRequest
from asterism.asgi.endpoint import Call, Endpoint
from asterism.asgi.limits import REQUESTS
from asterism.asgi.runtime import Runtime
from asterism.faces.v1.errors import error_response
from asterism.faces.v1.scopes import check_content, check_route
from asterism.features.accounts import identity
from asterism.features.accounts.audit import Origin
from asterism.kernel.db import Tx


class V1Face:
    """The edge of `/v1`."""

    async def admit(self, endpoint: Endpoint, request: AnyRequest, rt: Runtime) -> None:
        """Refuse what needs no transaction of its own: no token or a mistyped one, too many from one address."""
        if endpoint.auth is True:
            await self._meet(endpoint, bearer_of(request), rt)
        if endpoint.rate is not None and endpoint.rate.key == "address":
            rt.sign_in.limits.take(endpoint.rate, rt.sign_in.addresses.client(request))

    async def _meet(self, endpoint: Endpoint, bearer: str | None, rt: Runtime) -> None:
        """Look a new token up in a reading transaction first, so that nobody unknown ever holds the write lock."""
        if bearer is None or not identity.is_bearer(bearer):
            raise identity.NotSignedIn
        known, name = rt.sign_in.known, identity.token_hash(bearer)
        if endpoint.tx == "write" and not endpoint.is_async and name not in known:
            await rt.db.run_read(identity.authenticate, bearer)
            known.add(name)

    def authenticate(self, endpoint: Endpoint, tx: Tx, request: AnyRequest) -> identity.Caller | None:
        """Return the caller behind the bearer token. Raises NotSignedIn, InsufficientScope, RateLimited.

        Where a token is optional, one that is not valid counts as none.
        """
        if not endpoint.auth:
            return None
        try:
            caller = identity.authenticate(tx, bearer_of(request))
        except identity.NotSignedIn:
            if endpoint.auth == "optional":
                return None
            request.app.state.runtime.sign_in.known.forget(identity.token_hash(bearer_of(request) or ""))
            raise
        check_route(endpoint, caller, request.path_params)
        sign_in = request.app.state.runtime.sign_in
        sign_in.limits.take(REQUESTS, caller.token_id)
        if endpoint.rate is not None and endpoint.rate.key == "user":
            sign_in.limits.take(endpoint.rate, caller.user_id)
        sign_in.activity.note(caller, tx.clock.now())
        return caller

    def permit(self, endpoint: Endpoint, _tx: Tx, call: Call[Any]) -> None:
        """Look at what a known caller asks for, once the body is read. Raises InsufficientScope."""
        check_content(endpoint, call)

    def error(self, error: Exception, request: AnyRequest) -> Response[Any]:
        """Word an error as `/v1` does."""
        return error_response(error, request)


def bearer_of(request: AnyRequest) -> str | None:
    """Return the token of the Authorization header (scheme in any case), None when there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def origin_of(call: Call[Any]) -> Origin:
    """Return where a call comes from, for the audit log."""
    caller = call.known_caller
    return Origin(call.rt.sign_in.addresses.client(call.request), caller.token_id if caller else None)
