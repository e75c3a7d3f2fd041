"""Errors of `/v1` on the wire (Fastest 0.3, Starbot 0.5): one envelope, one status per kind, few codes of their own."""

from typing import Any

import msgspec
from starlette.requests import HTTPConnection
from starlette.responses import Response

from asterism.asgi.body import Disconnected
from asterism.asgi.files import RangeNotSatisfiable
from asterism.base.errors import DomainError, Kind, RateLimited
from asterism.faces.v1.realm import OAUTH_PATHS

OAUTH_KINDS = {Kind.RATE_LIMITED: "slow_down", Kind.UNAVAILABLE: "server_error"}
STATUS_OF_KIND = {
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.INVALID: 422,
    Kind.TOO_LARGE: 413,
    Kind.RATE_LIMITED: 429,
    Kind.UNAVAILABLE: 503,
    Kind.UNSUPPORTED: 415,
}
STATUS_OF_CODE = {
    "INVALID_JSON": 400,
    "BODY_TIMEOUT": 408,
    "HASH_MISMATCH": 400,
    "METHOD_NOT_ALLOWED": 405,
    "UPGRADE_REQUIRED": 426,
    "RANGE_NOT_SATISFIABLE": 416,
    "UPSTREAM_ERROR": 502,
    "EXPIRED_CODE": 400,
    "ALREADY_USED": 400,
    "CODE_EXPIRED": 410,
    "EVENTS_EXPIRED": 410,
}
# A code that two kinds share: of a sign-in link it means "who are you", of a device's code "that is no code".
STATUS_OF_KIND_AND_CODE = {
    (Kind.INVALID, "INVALID_CODE"): 400,
}


def status_of(error: DomainError) -> int:
    """Return the HTTP status of a domain error."""
    if (shared := STATUS_OF_KIND_AND_CODE.get((error.kind, error.code))) is not None:
        return shared
    return STATUS_OF_CODE.get(error.code, STATUS_OF_KIND[error.kind])


def error_response(error: Exception, request: HTTPConnection) -> Response:
    """Word an error in the envelope `{error: {code, message, hint?, details?}}`."""
    if isinstance(error, Disconnected):
        return Response(b"", status_code=499, media_type="application/json")
    if request.scope["path"] in OAUTH_PATHS:
        return oauth_error(error)
    headers = {"Cache-Control": "no-store"}
    if not isinstance(error, DomainError):
        body: dict[str, Any] = {
            "code": "INTERNAL_ERROR",
            "message": "Something went wrong on the server.",
            "details": {"request_id": request.scope["state"].get("request_id", "")},
        }
        return _response(500, body, headers)
    status = status_of(error)
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, RateLimited):
        headers["Retry-After"] = str(error.retry_after)
    elif error.code == "SHUTTING_DOWN":
        headers["Retry-After"] = "5"
    elif status == 426:
        headers["Upgrade"] = "websocket"
    elif isinstance(error, RangeNotSatisfiable):
        headers["Content-Range"] = f"bytes */{error.size}"  # RFC 9110 14.4
    body = {"code": error.code, "message": error.message}
    if error.hint:
        body["hint"] = error.hint
    if error.details:
        body["details"] = error.details
    return _response(status, body, headers)


def oauth_error(error: Exception) -> Response:
    """Word an error as RFC 6749 does, on the two paths that OAuth clients know (Fastest 0.3)."""
    headers = {"Cache-Control": "no-store"}
    status, word, message = 500, "server_error", "Something went wrong on the server."
    if isinstance(error, DomainError):
        status, word, message = oauth_status(error), oauth_word(error.kind), error.message
    if isinstance(error, RateLimited):
        headers["Retry-After"] = str(error.retry_after)
    raw = msgspec.json.encode({"error": word, "error_description": message})
    return Response(raw, status_code=status, media_type="application/json", headers=headers)


def oauth_status(error: DomainError) -> int:
    """Return the status on the two paths of OAuth: RFC 6749 5.2 knows 400 for whatever the client did."""
    if error.kind in OAUTH_KINDS:
        return STATUS_OF_KIND[error.kind]
    return 405 if error.code == "METHOD_NOT_ALLOWED" else 400


def oauth_word(kind: Kind | None) -> str:
    """Return the word of RFC 6749 and RFC 8628 for a kind of error; None is a fault of the server."""
    return "server_error" if kind is None else OAUTH_KINDS.get(kind, "invalid_request")


def _response(status: int, body: dict[str, Any], headers: dict[str, str]) -> Response:
    raw = msgspec.json.encode({"error": body})
    return Response(raw, status_code=status, media_type="application/json", headers=headers)
