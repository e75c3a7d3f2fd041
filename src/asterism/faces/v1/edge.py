"""How `/v1` admits callers: by bearer token, on every endpoint that is not declared open, within scope and rate."""

from typing import Any

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from asterism.asgi.body import check_json_type, decode_json
from asterism.asgi.endpoint import Endpoint, last_values
from asterism.asgi.limits import REQUESTS
from asterism.asgi.query import Dialect, check_text
from asterism.base.errors import NotFound
from asterism.faces.runtime import Runtime
from asterism.faces.v1.call import Call, Rules
from asterism.faces.v1.errors import error_response
from asterism.faces.v1.scopes import check_content, check_route
from asterism.features.accounts import identity
from asterism.kernel.db import Tx


class V1Face:
    """The edge of `/v1`."""

    dialect = Dialect()

    def open(self, endpoint: Endpoint, request: Request) -> Call:
        """Make the call, with the token that was sent where the endpoint has use for one."""
        rules: Rules = endpoint.rules
        bearer = bearer_of(request, in_query=rules.query_token) if rules.auth else None
        return Call(request, request.scope["runtime"], bearer=bearer)

    async def admit(self, endpoint: Endpoint, call: Call) -> None:
        """Refuse what needs no transaction of its own: no token or a mistyped one, too many from one address."""
        rules: Rules = endpoint.rules
        if rules.auth is True:
            await self._meet(endpoint, call.bearer, call.rt)
        if rules.rate is not None and rules.rate.key == "address":
            call.rt.sign_in.limits.take(rules.rate, call.rt.sign_in.addresses.client(call.request))

    async def _meet(self, endpoint: Endpoint, bearer: str | None, rt: Runtime) -> None:
        """Look a new token up in a reading transaction first, so that nobody unknown ever holds the write lock."""
        if bearer is None or not identity.is_bearer(bearer):
            raise identity.NotSignedIn
        if endpoint.tx != "write" or endpoint.is_async:
            return
        known, name = rt.sign_in.known, identity.token_hash(bearer)
        if name not in known:
            await rt.db.run_read(identity.authenticate, bearer)
            known.add(name)

    def identifies(self, endpoint: Endpoint) -> bool:
        """Whether a token is looked up."""
        return bool(endpoint.rules.auth)

    def identify(self, endpoint: Endpoint, tx: Tx, call: Call) -> None:
        """Find the caller behind the bearer token. Raises NotSignedIn, InsufficientScope, RateLimited.

        Where a token is optional, one that is not valid counts as none.
        """
        rules: Rules = endpoint.rules
        if not rules.auth:
            return
        bearer, sign_in = call.bearer, call.rt.sign_in
        try:
            caller = identity.authenticate(tx, bearer)
        except identity.NotSignedIn:
            if rules.auth == "optional":
                return
            sign_in.known.forget(identity.token_hash(bearer or ""))
            raise
        check_route(endpoint, caller, call.path)
        per_token = rules.rate if rules.rate is not None and rules.rate.key == "token" else REQUESTS
        sign_in.limits.take(per_token, caller.token_id)
        if rules.rate is not None and rules.rate.key == "user":
            sign_in.limits.take(rules.rate, caller.user_id)
        sign_in.activity.note(caller, tx.clock.now())
        call._caller = caller

    def decode(self, endpoint: Endpoint, call: Call, raw: bytes) -> Any:
        """Decode the body, then look at the texts of query and path."""
        body = None
        if endpoint.body is not None:
            if raw:
                check_json_type(call.request.headers.get("content-type", ""))
            body = decode_json(raw, endpoint.body)
        check_text(last_values(call.request))
        if any("\x00" in value for value in call.path.values()):
            raise NotFound("There is nothing of that id.")  # and no database could be asked for it
        return body

    def permit(self, endpoint: Endpoint, call: Call, body: Any) -> None:
        """Look at what a known caller asks for, once the body is read. Raises InsufficientScope."""
        if call.known_caller is not None:
            check_content(endpoint, call, body)

    def error(self, endpoint: Endpoint | None, error: Exception, request: HTTPConnection) -> Response:  # noqa: ARG002
        """Word an error as `/v1` does."""
        return error_response(error, request)


def bearer_of(request: HTTPConnection, *, in_query: bool = False) -> str | None:
    """Return the token of the Authorization header (scheme in any case), None when there is none.

    With `in_query`, that of `?token=` where there is no header.
    """
    header = None
    for name, value in request.scope["headers"]:
        if name == b"authorization":
            header = value.decode("latin-1")
            break
    if header is None and in_query:
        found: str | None = request.query_params.get("token")
        return found
    scheme, _, token = (header or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None
