"""How `/v1` admits callers: by bearer token, on every endpoint that is not declared open."""

from typing import Any

from litestar import Response

from asterism.asgi.body import AnyRequest
from asterism.asgi.endpoint import Endpoint
from asterism.asgi.runtime import Runtime
from asterism.faces.v1.errors import error_response
from asterism.features import identity
from asterism.kernel.db import Tx


class V1Face:
    """The edge of `/v1`."""

    async def admit(self, endpoint: Endpoint, request: AnyRequest, rt: Runtime) -> None:
        """Let everybody in; tokens are checked with the database at hand."""

    def authenticate(self, endpoint: Endpoint, tx: Tx, request: AnyRequest) -> identity.Caller | None:
        """Return the caller behind the bearer token. Raises NotSignedIn."""
        if not endpoint.auth:
            return None
        return identity.authenticate(tx, bearer_of(request))

    def error(self, error: Exception, request: AnyRequest) -> Response[Any]:
        """Word an error as `/v1` does."""
        return error_response(error, request)


def bearer_of(request: AnyRequest) -> str | None:
    """Return the token of the Authorization header (scheme in any case), None when there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None
