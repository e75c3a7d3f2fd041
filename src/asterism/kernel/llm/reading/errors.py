"""Errors that come inside an answer of status 200: by their codes, never by their sentences."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from asterism.kernel.llm.failures import FailureKind, of_status
from asterism.kernel.llm.reading.lenient import mapping, number

_CODES = {
    FailureKind.AUTH: (
        "authentication_error permission_error permission_denied unauthenticated unauthorized forbidden "
        "invalid_api_key incorrect_api_key"
    ),
    FailureKind.MODEL_UNKNOWN: "not_found_error not_found model_not_found model_not_exist",
    FailureKind.RATE_LIMITED: (
        "rate_limit_error rate_limit_exceeded rate_limit rate_limited too_many_requests resource_exhausted "
        "insufficient_quota quota_exceeded billing_error insufficient_balance"
    ),
    FailureKind.UNAVAILABLE: (
        "overloaded_error overloaded api_error server_error internal_error internal internal_server_error unavailable "
        "service_unavailable timeout timeout_error deadline_exceeded bad_gateway engine_overloaded network_error"
    ),
    FailureKind.CONTEXT_TOO_LONG: (
        "context_length_exceeded context_window_exceeded request_too_large string_above_max_length prompt_too_long"
    ),
    FailureKind.CONTENT_FILTERED: (
        "content_filter content_filtered content_policy_violation responsible_ai_policy_violation moderation"
    ),
}
_MEANING = {code: kind for kind, codes in _CODES.items() for code in codes.split()}


_SENTENCES = ("message", "msg", "detail")
_ANSWERS = ("choices", "candidates", "delta", "content", "response")


def error_in(value: Mapping[str, Any], name: str = "") -> FailureKind | None:
    """Return what the error in an event is, None when there is none: absent, null, empty, or false.

    `name` is that of the event. A bare sentence where an answer should be is an error too.
    """
    error = value.get("error")
    if error:
        return kind_of(error)
    bare = any(isinstance(value.get(field), str) for field in _SENTENCES) and not any(map(value.__contains__, _ANSWERS))
    if bare or "error" in {value.get("type"), value.get("object"), name.lower()}:
        return kind_of(value)
    return None


def kind_of(error: Any) -> FailureKind:
    """Return what an error is: the most telling of its codes."""
    kinds = [kind for code in _codes(error) if (kind := _meaning(code)) is not None]
    specific = [kind for kind in kinds if kind is not FailureKind.UNAVAILABLE]
    return (specific or kinds or [FailureKind.OTHER])[0]


def _codes(error: Any) -> Iterator[Any]:
    fields = mapping(error)
    for name in ("code", "status", "type", "status_code", "http_status", "reason"):
        yield fields.get(name)


def _meaning(code: Any) -> FailureKind | None:
    status = number(code)
    if status is not None:
        return of_status(status) if 400 <= status < 600 else None
    if not isinstance(code, str):
        return None
    return _MEANING.get(re.sub(r"[^a-z0-9]+", "_", code.strip().lower()[:100]).strip("_"))
