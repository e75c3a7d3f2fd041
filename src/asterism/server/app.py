"""The web application: the endpoints of every face in one table, and the words for what none of them answers."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from asterism.asgi.endpoint import Endpoint, Face
from asterism.asgi.router import Answering, MethodNotAllowed, Router
from asterism.base.errors import DomainError
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


def faces_for(settings: Settings) -> list[tuple[Face[Any], list[Endpoint]]]:
    """Return the faces with their endpoints; `/api` exists only on a loopback address."""
    faces: list[tuple[Face[Any], list[Endpoint]]] = [(v1.FACE, v1.ENDPOINTS)]
    if is_loopback(settings.host):
        faces.append((local.FACE, local.ENDPOINTS))
    return faces


def create_app(rt: Runtime, settings: Settings) -> Router:
    """Build the application around a runtime; `/health` is answered in front of it."""
    router = Router(rt, _refuse)
    for path, page in {"/metrics": _metrics, **console.served(), **document_pages(settings)}.items():
        router.add("GET", path, page)
    for face, endpoints in faces_for(settings):
        for one in endpoints:
            router.add(one.method, one.path, one.answering(face))
    for socket in v1.SOCKETS:
        router.add_socket(socket.path, socket.meeting(v1.SOCKET_FACE))
    return router


def document_pages(settings: Settings) -> Mapping[str, Answering]:
    """Return what is served below `/schema`; the document is made when it is first asked for.

    That a face says nothing about a resource is seen at once: raises LookupError.
    """
    described(serves_api=is_loopback(settings.host))

    @cache
    def made() -> dict[str, Any]:
        return build_document(serves_api=is_loopback(settings.host))

    return schema.pages(made)


async def _metrics(_request: Request) -> Response:
    """GET /metrics: counters in Prometheus' text format."""
    return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _refuse(connection: HTTPConnection, error: Exception) -> Response:
    """Word what no endpoint answers, and what one did not mean to raise."""
    path = connection.scope["path"]
    expected = isinstance(error, DomainError)
    if not expected:
        log.error("unexpected error", path=connection.scope.get("path_template"), exc_info=error)
    if is_local(path):
        return unknown_route() if expected else local.FACE.error(None, error, connection)
    response = v1.FACE.error(None, error, connection)
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(error.methods)
    return response


def is_local(path: str) -> bool:
    """Whether a path is worded as `/api` does; `/health` is shared and worded alike."""
    return is_api(path) or path == "/health"
