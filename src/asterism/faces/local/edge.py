"""The face of `/api`: everybody who gets past Host and Origin is the owner (`realm.py` has looked at both)."""

from typing import Any

from litestar import Response

from asterism.asgi.body import AnyRequest
from asterism.asgi.endpoint import Endpoint, last_values
from asterism.asgi.query import Dialect
from asterism.base.errors import DomainError
from asterism.faces.local.bodies import check_uuid, decode_local
from asterism.faces.local.call import LocalCall, Rules
from asterism.faces.local.errors import error_response
from asterism.faces.local.query import FALSE, TRUE, LocalQuery
from asterism.features.review import trust
from asterism.kernel.db import Tx

ROOT_HEADER = b"x-stargazer-project-root"


class LocalFace:
    """The edge of `/api`."""

    dialect = Dialect(TRUE, FALSE, clamps=False)

    def open(self, endpoint: Endpoint, request: AnyRequest) -> LocalCall[Any]:  # noqa: ARG002 - the face's signature
        """Make the call."""
        return LocalCall(request, request.app.state.runtime, None, LocalQuery(last_values(request)))

    async def admit(self, endpoint: Endpoint, call: LocalCall[Any]) -> None:
        """Look at the path before anything else."""
        rules: Rules = endpoint.rules
        call.path = {**call.path, **{name: check_uuid(call.path[name]) for name in rules.uuids}}
        if rules.check is not None:
            rules.check(call)

    def identifies(self, endpoint: Endpoint) -> bool:
        """Whether the endpoint is about a project."""
        rules: Rules = endpoint.rules
        return rules.root or rules.guarded

    def identify(self, endpoint: Endpoint, tx: Tx, call: LocalCall[Any]) -> None:
        """Find the project root and the trust in it. Raises InvalidPath and NotTrusted."""
        rules: Rules = endpoint.rules
        if not (rules.root or rules.guarded):
            return
        local = call.rt.local
        call._root = local.roots.resolve(dict(call.request.scope["headers"]).get(ROOT_HEADER))
        if rules.guarded:
            call._trust = trust.require_trust(tx, local.session_trust, call._root)

    def decode(self, endpoint: Endpoint, call: LocalCall[Any], raw: bytes) -> Any:
        """Decode the body: every problem is a 400 with the route's code."""
        rules: Rules = endpoint.rules
        if endpoint.body is None:
            return None
        content_type = call.request.headers.get("content-type", "")
        if not raw and rules.empty_body:
            raw, content_type = b"{}", "application/json"
        call.body = decode_local(raw, content_type, endpoint.body, code=rules.invalid)
        return call.body

    def permit(self, endpoint: Endpoint, call: LocalCall[Any], body: Any) -> None:
        """Permit everything: the owner is the only one here."""

    def error(self, endpoint: Endpoint | None, error: Exception, request: AnyRequest) -> Response[Any]:
        """Word an error as `/api` does, with the status that the endpoint gives to its code."""
        response = error_response(error, request)
        if endpoint is not None and isinstance(error, DomainError):
            response.status_code = endpoint.rules.statuses.get(error.code, response.status_code)
        return response
