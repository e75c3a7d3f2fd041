"""From what the libraries raise to a ModelFailure: by HTTP status first, then by exception type, never by text."""

import httpx2
from pydantic_ai import exceptions as theirs

from asterism.kernel.llm.failures import FailureKind, ModelFailure

_BY_STATUS = {
    401: FailureKind.AUTH,
    402: FailureKind.RATE_LIMITED,
    403: FailureKind.AUTH,
    404: FailureKind.MODEL_UNKNOWN,
    408: FailureKind.UNAVAILABLE,
    413: FailureKind.CONTEXT_TOO_LONG,
    429: FailureKind.RATE_LIMITED,
}

_BY_TYPE: tuple[tuple[type[Exception], FailureKind], ...] = (
    (theirs.ModelContextWindowExceededError, FailureKind.CONTEXT_TOO_LONG),
    (theirs.ModelAuthenticationError, FailureKind.AUTH),
    (theirs.ModelNotFoundError, FailureKind.MODEL_UNKNOWN),
    (theirs.ModelRateLimitError, FailureKind.RATE_LIMITED),
    (theirs.ModelQuotaExceededError, FailureKind.RATE_LIMITED),
    (theirs.ModelUnavailableError, FailureKind.UNAVAILABLE),
    (theirs.ModelServerError, FailureKind.UNAVAILABLE),
    (theirs.ModelConnectionError, FailureKind.UNAVAILABLE),
    (theirs.ContentFilterError, FailureKind.CONTENT_FILTERED),
    (httpx2.TransportError, FailureKind.UNAVAILABLE),
    (ConnectionError, FailureKind.UNAVAILABLE),
)

# After the first text these say no more than that the answer broke off.
_BREAKS = frozenset({FailureKind.UNAVAILABLE, FailureKind.OTHER, FailureKind.EMPTY})


def failure_of(error: Exception, *, name: str, model: str, began: bool) -> ModelFailure:
    """Return the failure that an exception stands for; `began` says whether text had already come."""
    status = error.status_code if isinstance(error, theirs.ModelHTTPError) else None
    kind = _kind(error, status)
    if began and kind in _BREAKS:
        kind = FailureKind.INTERRUPTED
    retry_after = error.retry_after if isinstance(error, theirs.ModelAPIError) else None
    return ModelFailure(kind, name=name, model=model, retry_after=retry_after, status=status)


def _kind(error: Exception, status: int | None) -> FailureKind:
    if status is not None and (status >= 500 or status in _BY_STATUS):
        return _BY_STATUS.get(status, FailureKind.UNAVAILABLE)
    return next((kind for type_, kind in _BY_TYPE if isinstance(error, type_)), FailureKind.OTHER)
