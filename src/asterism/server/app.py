"""The web application: the endpoints of every face mounted on the framework, and what the framework itself refuses."""

from functools import cache
from typing import Any

import structlog
from litestar import Litestar, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.plugins.core import MsgspecDIPlugin
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from asterism.asgi.body import AnyRequest
from asterism.asgi.endpoint import Endpoint, Face, mount
from asterism.asgi.straight import Straight
from asterism.base.errors import DomainError, NotFound
from asterism.base.hosts import is_loopback
from asterism.faces import console
from asterism.faces.console import schema
from asterism.faces.local import endpoints as local
from asterism.faces.local.errors import unknown_route
from asterism.faces.local.realm import is_api
from asterism.faces.runtime import Runtime
from asterism.faces.v1 import endpoints as v1
from asterism.server.document import build_document, described
from asterism.server.settings import Settings

log = structlog.get_logger("asterism")
Mounted = list[tuple[Face[Any], list[Endpoint]]]


class Bare(Litestar):
    """The framework without its plugins for libraries whose types no endpoint has; loading pydantic costs 6 MiB.

    The seam is one that the framework does not promise: without it a server is larger, and otherwise the same.
    """

    @staticmethod
    def _get_default_plugins(plugins: list[Any]) -> list[Any]:
        return [*plugins, MsgspecDIPlugin()]


class MethodNotAllowed(DomainError):
    """The path exists, this method on it does not."""

    code = "METHOD_NOT_ALLOWED"


def faces_for(settings: Settings) -> Mounted:
    """Return the faces to mount, with their endpoints; `/api` exists only on a loopback address."""
    mounted: Mounted = [(v1.FACE, v1.ENDPOINTS)]
    if is_loopback(settings.host):
        mounted.append((local.FACE, local.ENDPOINTS))
    return mounted


def create_app(rt: Runtime, settings: Settings) -> Straight:
    """Build the application around a runtime; `/health` is answered in front of it."""
    handlers: list[Any] = [_metrics(), *console.handlers(), *schema_handlers(settings)]
    mounts = [(one, one.answering(face)) for face, endpoints in faces_for(settings) for one in endpoints]
    handlers += [mount(*one) for one in mounts]
    handlers += [endpoint.mount(v1.SOCKET_FACE) for endpoint in v1.SOCKETS]
    app = Bare(
        handlers,
        state=State({"runtime": rt}),
        openapi_config=None,
        exception_handlers={HTTPException: _http_error, Exception: _crash},
        request_max_body_size=None,
        logging_config=None,
        debug=False,
    )
    return Straight(app, mounts, [endpoint.path for endpoint in v1.SOCKETS], _fail)


def schema_handlers(settings: Settings) -> list[Any]:
    """Return the handlers of `/schema`; the document is made when it is first asked for.

    That a face says nothing about a resource is seen at once: raises LookupError.
    """
    described(serves_api=is_loopback(settings.host))

    @cache
    def made() -> dict[str, Any]:
        return build_document(serves_api=is_loopback(settings.host))

    return schema.handlers(made)


def _metrics() -> HTTPRouteHandler:
    async def metrics() -> Response[bytes]:
        """GET /metrics: counters in Prometheus' text format."""
        return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return HTTPRouteHandler("/metrics", http_method="GET", include_in_schema=False)(metrics)


def _http_error(request: AnyRequest, error: HTTPException) -> Response[Any]:
    """Word what the framework itself refuses: unknown paths and methods."""
    if is_local(request.scope["path"]):
        return unknown_route()
    if isinstance(error, MethodNotAllowedException):
        allow = (error.headers or {}).get("allow", "")
        response = v1.FACE.error(None, MethodNotAllowed("This path does not take that method."), request)
        response.headers["Allow"] = ", ".join(sorted(set(allow.split(", ")) - {"OPTIONS", ""}))
        return response
    if isinstance(error, NotFoundException):
        return v1.FACE.error(None, NotFound("There is no such route."), request)
    return v1.FACE.error(None, DomainError(error.detail), request)


def _fail(request: AnyRequest, error: Exception) -> Response[Any]:
    """Word what an endpoint did not mean to raise."""
    return _http_error(request, error) if isinstance(error, HTTPException) else _crash(request, error)


def _crash(request: AnyRequest, error: Exception) -> Response[Any]:
    log.exception("unexpected error", path=request.scope.get("path_template"))
    face: Face[Any] = local.FACE if is_local(request.scope["path"]) else v1.FACE
    return face.error(None, error, request)


def is_local(path: str) -> bool:
    """Whether a path is worded as `/api` does; `/health` is shared and worded alike."""
    return is_api(path) or path == "/health"
