"""The ASGI application: faces mounted on the web framework, wrapped by what holds for every request."""

from typing import Any

import structlog
from litestar import Litestar, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from asterism import __version__
from asterism.asgi.body import AnyRequest
from asterism.asgi.endpoint import Endpoint, Face
from asterism.asgi.local_guard import LocalGuard, is_api
from asterism.asgi.middleware import Outermost
from asterism.asgi.openapi import Inline, body_schemas
from asterism.asgi.runtime import Runtime
from asterism.base.clock import stamp
from asterism.base.errors import DomainError, NotFound
from asterism.faces import console, local, v1
from asterism.faces.v1.cors import CorsPolicy
from asterism.server.loopback import is_loopback
from asterism.server.settings import Settings

log = structlog.get_logger("asterism")
Mounted = list[tuple[Face, list[Endpoint]]]


class MethodNotAllowed(DomainError):
    """The path exists, this method on it does not."""

    code = "METHOD_NOT_ALLOWED"


def faces_for(settings: Settings) -> Mounted:
    """Return the faces to mount, with their endpoints; `/api` exists only on a loopback address."""
    mounted: Mounted = [(v1.FACE, v1.ENDPOINTS)]
    if is_loopback(settings.host):
        mounted.append((local.FACE, local.ENDPOINTS))
    return mounted


def create_app(rt: Runtime, settings: Settings) -> LocalGuard:
    """Build the application around a runtime."""
    mounted = faces_for(settings)
    bodies = [endpoint.body for _, endpoints in mounted for endpoint in endpoints if endpoint.body is not None]
    schemas, components = body_schemas(bodies)
    handlers: list[Any] = [_health(), _metrics(), *console.handlers()]
    for face, endpoints in mounted:
        handlers += [e.mount(face, schemas[e.body] if e.body is not None else None) for e in endpoints]
    app = Litestar(
        handlers,
        state=State({"runtime": rt}),
        openapi_config=_openapi(components),
        exception_handlers={HTTPException: _http_error, Exception: _crash},
        request_max_body_size=None,
        logging_config=None,
        debug=False,
    )
    policy = CorsPolicy.parse(settings.cors_origins)
    outermost = Outermost(app, cors=policy.headers, preflight=policy.preflight)
    return LocalGuard(outermost, serves_api=is_loopback(settings.host))


def _openapi(components: dict[str, Any]) -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Asterism",
        version=__version__,
        path="/schema",
        components=Components(
            schemas={name: Inline(form) for name, form in components.items()},
            security_schemes={"bearer": SecurityScheme(type="http", scheme="bearer")},
        ),
    )


def _health() -> HTTPRouteHandler:
    async def health(request: AnyRequest) -> dict[str, str]:
        """GET /health: say that the server is up."""
        return {"status": "ok", "timestamp": stamp(request.app.state.runtime.clock.now())}

    return HTTPRouteHandler("/health", http_method="GET", operation_id="health", security=[])(health)


def _metrics() -> HTTPRouteHandler:
    async def metrics() -> Response[bytes]:
        """GET /metrics: counters in Prometheus' text format."""
        return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return HTTPRouteHandler("/metrics", http_method="GET", include_in_schema=False)(metrics)


def _http_error(request: AnyRequest, error: HTTPException) -> Response[Any]:
    """Word what the framework itself refuses: unknown paths and methods."""
    if is_local(request.scope["path"]):
        return local.unknown_route()
    if isinstance(error, MethodNotAllowedException):
        allow = (error.headers or {}).get("allow", "")
        response = v1.FACE.error(MethodNotAllowed("This path does not take that method."), request)
        response.headers["Allow"] = ", ".join(sorted(set(allow.split(", ")) - {"OPTIONS", ""}))
        return response
    if isinstance(error, NotFoundException):
        return v1.FACE.error(NotFound("There is no such route."), request)
    return v1.FACE.error(DomainError(error.detail), request)


def _crash(request: AnyRequest, error: Exception) -> Response[Any]:
    log.exception("unexpected error", path=request.scope.get("path_template"))
    face = local.FACE if is_local(request.scope["path"]) else v1.FACE
    return face.error(error, request)


def is_local(path: str) -> bool:
    """Whether a path is worded as `/api` does; `/health` is shared and worded alike."""
    return is_api(path) or path == "/health"
