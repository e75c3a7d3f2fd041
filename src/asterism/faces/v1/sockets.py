"""How `/v1` meets whoever opens a WebSocket: by token or ticket, within scope and rate (Fastest 8.7)."""

from typing import Any

from starlette.responses import Response
from starlette.websockets import WebSocket

from asterism.asgi.limits import REQUESTS
from asterism.asgi.query import Dialect, check_text
from asterism.asgi.websocket import SocketEndpoint, Sockets
from asterism.base.errors import NotFound, RateLimited
from asterism.faces.runtime import Runtime
from asterism.faces.v1.call import Call, SocketRules
from asterism.faces.v1.edge import bearer_of
from asterism.faces.v1.errors import error_response
from asterism.faces.v1.scopes import check_route
from asterism.features.accounts import identity
from asterism.kernel.db import Tx


class V1Sockets:
    """The edge of `/v1` for WebSockets."""

    dialect = Dialect()

    async def meet(self, endpoint: SocketEndpoint, socket: WebSocket) -> Call:
        """Find the caller. Raises NotSignedIn, InsufficientScope, RateLimited, Invalid, NotFound."""
        rt: Runtime = socket.scope["runtime"]
        path = {name: str(value) for name, value in socket.path_params.items()}
        caller = await self._caller(endpoint, socket, rt, list(path.values())[-1])
        check_route(endpoint, caller, path)
        rt.sign_in.limits.take(REQUESTS, caller.token_id)
        if rt.sign_in.streams.full(caller.user_id):
            raise RateLimited("Too many event streams are open.", hint="Close some of them.", retry_after=5)
        check_text(dict(socket.query_params.multi_items()))
        if any("\x00" in value for value in path.values()):
            raise NotFound("There is nothing of that id.")
        request: Any = socket  # the same headers, query and path; it has no body
        return Call(request, rt, path=path, _caller=caller)

    async def _caller(self, endpoint: SocketEndpoint, socket: WebSocket, rt: Runtime, about: str) -> identity.Caller:
        rules: SocketRules = endpoint.rules
        ticket = socket.query_params.get("ticket")
        bearer = bearer_of(socket, in_query=True)
        if bearer is not None or ticket is None:
            return await rt.db.run_read(identity.authenticate, bearer)

        def redeemed(tx: Tx) -> identity.Caller:
            return identity.redeem_ticket(tx, ticket, rules.purpose + about)

        return await rt.db.run(redeemed)

    def sockets(self, socket: WebSocket) -> Sockets:
        """Return the open connections of the server."""
        rt: Runtime = socket.scope["runtime"]
        return rt.sockets

    def refusal(self, error: Exception, socket: WebSocket) -> Response:
        """Word an error as `/v1` does."""
        return error_response(error, socket)
