"""The face of `/api`: everybody who gets past Host and Origin is the owner."""

from typing import Any

from litestar import Response

from asterism.asgi.body import AnyRequest
from asterism.asgi.endpoint import Call, Endpoint
from asterism.asgi.runtime import Runtime
from asterism.faces.local.errors import error_response
from asterism.features.accounts import identity
from asterism.kernel.db import Tx


class LocalFace:
    """The edge of `/api`; what it checks is in `asgi.local_guard` and `asgi.local`."""

    async def admit(self, endpoint: Endpoint, request: AnyRequest, rt: Runtime) -> None:
        """Let everybody in; the guard has already looked."""

    def authenticate(self, endpoint: Endpoint, tx: Tx, request: AnyRequest) -> identity.Caller | None:  # noqa: ARG002
        """Return nobody: there is no authentication here."""
        return None

    def permit(self, endpoint: Endpoint, tx: Tx, call: Call[Any]) -> None:
        """Permit everything: nobody is known here."""

    def error(self, error: Exception, request: AnyRequest) -> Response[Any]:
        """Word an error as `/api` does."""
        return error_response(error, request)
