"""Errors of `/api` on the wire: `{"error": {"message", "code"?}}` and one table of statuses (Stargazer 0.4)."""

import msgspec
from starlette.requests import HTTPConnection
from starlette.responses import Response

from asterism.asgi.body import Disconnected
from asterism.base.errors import DomainError, Kind, RateLimited

STATUS_OF_KIND = {
    Kind.UNAUTHENTICATED: 403,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.INVALID: 400,
    Kind.TOO_LARGE: 413,
    Kind.RATE_LIMITED: 429,
    Kind.UNAVAILABLE: 503,
    Kind.UNSUPPORTED: 400,
}
STATUS_OF_CODE = {
    "AI_CLIENT_ERROR": 500,
    "AI_ERROR": 500,
    "API_KEY_MISSING": 500,
    "BODY_TIMEOUT": 408,
    "COMMAND_FAILED": 500,
    "GIT_NOT_FOUND": 500,
    "ISSUE_NOT_FOUND": 400,
    "MESSAGE_SAVE_ERROR": 500,
    "MODEL_ERROR": 502,
    "MODEL_TIMEOUT": 504,
    "NETWORK_ERROR": 502,
}
"""An endpoint may give a code yet another status (`statuses` of its decorator), as chat and the model streams do."""


def status_of(error: DomainError) -> int:
    """Return the HTTP status of a domain error."""
    return STATUS_OF_CODE.get(error.code, STATUS_OF_KIND[error.kind])


def error_response(error: Exception, request: HTTPConnection) -> Response:  # noqa: ARG001 - the face's signature
    """Word an error; an unexpected one says nothing and has no code."""
    if isinstance(error, Disconnected):
        return Response(b"", status_code=499, media_type="application/json")
    if not isinstance(error, DomainError):
        return plain_error(500, "Internal Server Error")
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, RateLimited) else {}
    message = f"{error.message} {error.hint}" if error.hint else error.message
    return _response(status_of(error), {"message": message, "code": error.code}, headers)


def unknown_route() -> Response:
    """Answer an unknown path, or a method that a path does not take: both are 404 without a code."""
    return plain_error(404, "Not Found")


def plain_error(status: int, message: str) -> Response:
    """Answer one of the few errors that carry no code."""
    return _response(status, {"message": message}, {})


def _response(status: int, body: dict[str, str], headers: dict[str, str]) -> Response:
    raw = msgspec.json.encode({"error": body})
    return Response(
        raw, status_code=status, media_type="application/json", headers={"Cache-Control": "no-store", **headers}
    )
