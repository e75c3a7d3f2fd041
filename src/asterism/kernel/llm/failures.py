"""What can go wrong with a model, in kinds that callers act on."""

from enum import StrEnum

from asterism.base.errors import Unavailable
from asterism.kernel.llm.models import Usage


class FailureKind(StrEnum):
    """Why a model gave no (whole) answer."""

    AUTH = "auth"
    MODEL_UNKNOWN = "model_unknown"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    CONTEXT_TOO_LONG = "context_too_long"
    INTERRUPTED = "interrupted"
    TIMEOUT = "timeout"
    CONTENT_FILTERED = "content_filtered"
    EMPTY = "empty"
    OTHER = "other"


_BY_STATUS = {
    401: FailureKind.AUTH,
    402: FailureKind.RATE_LIMITED,
    403: FailureKind.AUTH,
    404: FailureKind.MODEL_UNKNOWN,
    408: FailureKind.UNAVAILABLE,
    413: FailureKind.CONTEXT_TOO_LONG,
    429: FailureKind.RATE_LIMITED,
}

# After the first text these say no more than that the answer broke off.
_BREAKS = frozenset({FailureKind.UNAVAILABLE, FailureKind.OTHER, FailureKind.EMPTY})

_SENTENCES = {
    FailureKind.AUTH: "{name} rejected the API key. Save a valid key for it and try again.",
    FailureKind.MODEL_UNKNOWN: "{name} does not know the model {model}. Choose another one.",
    FailureKind.RATE_LIMITED: "{name} is limiting requests, or the account's quota is used up. Try again later.",
    FailureKind.UNAVAILABLE: "{name} cannot be reached or is out of order. Try again in a moment.",
    FailureKind.CONTEXT_TOO_LONG: "The text is too long for {model} of {name}. Shorten it or choose a larger model.",
    FailureKind.INTERRUPTED: "The connection to {name} broke in the middle of the answer. Try again.",
    FailureKind.TIMEOUT: "{name} took too long to answer. Try again.",
    FailureKind.CONTENT_FILTERED: "{name} declined to answer this. Rephrase the question.",
    FailureKind.EMPTY: "{name} answered without any text. Try again.",
    FailureKind.OTHER: "{name} refused the request or sent an answer that cannot be read.",
}


class ModelFailure(Unavailable):
    """A call to a model failed.

    `message` is a plain sentence naming the provider; it never holds keys, addresses or anything the provider sent.
    `retry_after` is in seconds, when the provider asked for it. `status` is its HTTP status, None when there was none.
    `usage` is what it had counted until then, as far as it said.
    """

    code = "UPSTREAM_ERROR"

    def __init__(
        self,
        failure: FailureKind,
        *,
        name: str,
        model: str = "",
        retry_after: float | None = None,
        status: int | None = None,
    ) -> None:
        sentence = _SENTENCES[failure].format(name=name, model=model[:200])
        super().__init__(sentence[0].upper() + sentence[1:])
        self.failure = failure
        self.retry_after = retry_after
        self.status = status
        self.usage: Usage | None = None


def of_status(status: int) -> FailureKind | None:
    """Return what an HTTP status stands for, None when it says nothing in particular."""
    return FailureKind.UNAVAILABLE if status >= 500 else _BY_STATUS.get(status)


def seen_from(kind: FailureKind, *, began: bool) -> FailureKind:
    """Return the kind as the reader of an answer sees it, of which something had come already if `began`."""
    return FailureKind.INTERRUPTED if began and kind in _BREAKS else kind
