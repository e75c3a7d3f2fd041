"""What can go wrong between client and server, in the error types that the rest of the program knows.

An answer of the server becomes the `DomainError` of the same kind with the server's own code, message and hint, so a
caller handles one family of errors whether it runs beside the database or across the network.
"""

import msgspec

from asterism.base import errors
from asterism.base.errors import DomainError


class Unreachable(errors.Unavailable):
    """No connection to the address could be made; the call did not arrive."""

    code = "UNREACHABLE"


class ConnectionBroken(errors.Unavailable):
    """The connection ended before the answer did; whether the call arrived is not known."""

    code = "CONNECTION_BROKEN"


class NoAnswer(errors.Unavailable):
    """The server took the call and said nothing for too long."""

    code = "NO_ANSWER"


class BadAnswer(errors.Unavailable):
    """Something answers, but not in the way Asterism does."""

    code = "BAD_ANSWER"


class ChangedMeanwhile(errors.Conflict):
    """A file changed while its content was sent; nothing was registered."""

    code = "CHANGED_MEANWHILE"


class Corrupt(errors.Unavailable):
    """Content that arrived is not what its hash says, or the server no longer has it."""

    code = "CORRUPT"


_KINDS: dict[int, type[DomainError]] = {
    400: errors.Invalid,
    401: errors.Unauthenticated,
    403: errors.Forbidden,
    404: errors.NotFound,
    405: errors.Unsupported,
    409: errors.Conflict,
    413: errors.TooLarge,
    415: errors.Unsupported,
    422: errors.Invalid,
    429: errors.RateLimited,
}


class _Problem(msgspec.Struct):
    code: str = ""
    message: str = ""
    hint: str | None = None
    details: dict[str, object] | None = None


class _Envelope(msgspec.Struct):
    error: _Problem


def from_answer(status: int, body: bytes, *, retry_after: str | None = None) -> DomainError:
    """Turn an answer with an error status into the exception to raise; `body` is the error envelope (Fastest 0.3)."""
    try:
        problem = msgspec.json.decode(body, type=_Envelope).error
    except msgspec.MsgspecError:
        problem = _Problem()
    message = problem.message or f"The server answered {status} without an explanation."
    code = problem.code or f"HTTP_{status}"
    if status == 429:
        seconds = int(retry_after) if retry_after and retry_after.isdigit() else 1
        return errors.RateLimited(message, retry_after=seconds, code=code, hint=problem.hint, details=problem.details)
    kind = _KINDS.get(status, errors.Unavailable)
    return kind(message, code=code, hint=problem.hint, details=problem.details)
