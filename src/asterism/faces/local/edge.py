"""The face of `/api`: everybody who gets past Host and Origin is the owner (`realm.py` has looked at both)."""

from typing import Any

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from asterism.asgi.endpoint import Endpoint
from asterism.base.errors import DomainError
from asterism.faces.local.bodies import decode_local
from asterism.faces.local.call import LocalCall, Rules
from asterism.faces.local.errors import error_response
from asterism.faces.local.query import DIALECT
from asterism.features.review import trust
from asterism.kernel.db import Tx

ROOT_HEADER = b"x-stargazer-project-root"


class LocalFace:
    """The edge of `/api`."""

    dialect = DIALECT

    def open(self, endpoint: Endpoint, request: Request) -> LocalCall:  # noqa: ARG002 - the face's signature
        """Make the call."""
        return LocalCall(request, request.scope["runtime"])

    async def admit(self, endpoint: Endpoint, call: LocalCall) -> None:
        """Admit everybody: there are no rates and no credentials."""

    def identifies(self, endpoint: Endpoint) -> bool:
        """Whether the endpoint is about a project."""
        rules: Rules = endpoint.rules
        return rules.uses_root

    def identify(self, endpoint: Endpoint, tx: Tx, call: LocalCall) -> None:
        """Find the project root and the trust in it. Raises InvalidPath and NotTrusted."""
        rules: Rules = endpoint.rules
        if not rules.uses_root:
            return
        local = call.rt.local
        call._root = local.roots.resolve(dict(call.request.scope["headers"]).get(ROOT_HEADER))
        if rules.guarded:
            call._trust = trust.require_trust(tx, local.session_trust, call._root)

    def decode(self, endpoint: Endpoint, call: LocalCall, raw: bytes) -> Any:
        """Decode the body: every problem is a 400 with the route's code."""
        rules: Rules = endpoint.rules
        if endpoint.body is None:
            return None
        content_type = call.request.headers.get("content-type", "")
        if not raw and rules.empty_body:
            raw, content_type = b"{}", "application/json"
        return decode_local(raw, content_type, endpoint.body, code=rules.invalid)

    def permit(self, endpoint: Endpoint, call: LocalCall, body: Any) -> None:
        """Permit everything: the owner is the only one here."""

    def error(self, endpoint: Endpoint | None, error: Exception, request: HTTPConnection) -> Response:
        """Word an error as `/api` does, with the status that the endpoint gives to its code."""
        response = error_response(error, request)
        if endpoint is not None and isinstance(error, DomainError):
            response.status_code = endpoint.rules.statuses.get(error.code, response.status_code)
        return response
