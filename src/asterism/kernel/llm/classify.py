"""From what the libraries raise to a ModelFailure: by HTTP status first, then by exception type, never by text."""

import httpx2
from pydantic_ai import exceptions as theirs

from asterism.kernel.llm.failures import FailureKind, ModelFailure, of_status, seen_from

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


def failure_of(error: Exception, *, name: str, model: str, began: bool) -> ModelFailure:
    """Return the failure that an exception stands for; `began` says whether text had already come."""
    status = error.status_code if isinstance(error, theirs.ModelHTTPError) else None
    kind = seen_from(_kind(error, status), began=began)
    retry_after = error.retry_after if isinstance(error, theirs.ModelAPIError) else None
    return ModelFailure(kind, name=name, model=model, retry_after=retry_after, status=status)


def _kind(error: Exception, status: int | None) -> FailureKind:
    if status is not None and (known := of_status(status)) is not None:
        return known
    return next((kind for type_, kind in _BY_TYPE if isinstance(error, type_)), FailureKind.OTHER)
