"""Errors of `/v1` on the wire (Fastest 0.3, Starbot 0.5): one envelope, one status per kind, few codes of their own."""

from typing import Any

import msgspec
from litestar import Response

from asterism.asgi.body import AnyRequest, Disconnected
from asterism.base.errors import DomainError, Kind, RateLimited

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
    "HASH_MISMATCH": 400,
    "METHOD_NOT_ALLOWED": 405,
    "RANGE_NOT_SATISFIABLE": 416,
    "UPSTREAM_ERROR": 502,
}


def status_of(error: DomainError) -> int:
    """Return the HTTP status of a domain error."""
    return STATUS_OF_CODE.get(error.code, STATUS_OF_KIND[error.kind])


def error_response(error: Exception, request: AnyRequest) -> Response[Any]:
    """Word an error in the envelope `{error: {code, message, hint?, details?}}`."""
    if isinstance(error, Disconnected):
        return Response(b"", status_code=499, media_type="application/json")
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
    body = {"code": error.code, "message": error.message}
    if error.hint:
        body["hint"] = error.hint
    if error.details:
        body["details"] = error.details
    return _response(status, body, headers)


def _response(status: int, body: dict[str, Any], headers: dict[str, str]) -> Response[Any]:
    raw = msgspec.json.encode({"error": body})
    return Response(raw, status_code=status, media_type="application/json", headers=headers)
