"""Every error a caller can meet descends from `DomainError`.

DomainError
├── Unauthenticated   who is calling is not known
├── Forbidden         known, but this credential may not do that
├── NotFound          does not exist, or belongs to somebody else (never told apart)
├── Conflict          the state of the thing forbids it now
├── Invalid           the request itself is wrong
├── TooLarge          a size or count limit
├── RateLimited       too many; `retry_after` says when to come back
├── Unavailable       a part we depend on is down or full; `ShuttingDown`: the server itself stops
└── Unsupported       this kind of thing is not handled here

A face maps kinds (and the few codes with a status of their own) to its statuses in one place. Features subclass these
in their `errors.py`; anything that is not a `DomainError` is a bug and becomes a 500 with a request id.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, ClassVar


class Kind(StrEnum):
    """What went wrong, independent of any protocol."""

    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    INVALID = "invalid"
    TOO_LARGE = "too_large"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    UNSUPPORTED = "unsupported"


class DomainError(Exception):
    """An error with a stable code and a sentence for people.

    `message` says what happened and on what; `hint` what to do next; `details` holds machine-readable facts. None of
    them ever contains a secret, a path of the server's own data or anything about another user.
    """

    kind: ClassVar[Kind] = Kind.INVALID
    code: str = "VALIDATION_ERROR"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        hint: str | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = dict(details) if details else None
        if code is not None:
            self.code = code


class Unauthenticated(DomainError):
    """The credential is missing, malformed, unknown, expired or revoked: one message for all five."""

    kind = Kind.UNAUTHENTICATED
    code = "UNAUTHORIZED"


class Forbidden(DomainError):
    """The credential is good but its scope does not reach this far. Never used for ownership."""

    kind = Kind.FORBIDDEN
    code = "INSUFFICIENT_SCOPE"


class NotFound(DomainError):
    """Unknown, or another user's: the two are answered alike."""

    kind = Kind.NOT_FOUND
    code = "NOT_FOUND"


class Conflict(DomainError):
    """The stored state forbids it now."""

    kind = Kind.CONFLICT
    code = "CONFLICT"


class Invalid(DomainError):
    """The request is well-formed but its content is wrong."""

    kind = Kind.INVALID
    code = "VALIDATION_ERROR"

    @classmethod
    def fields(cls, problems: Sequence[tuple[str, str]]) -> "Invalid":
        """Name what is wrong field by field.

        `problems` are `(path, problem)` pairs with JSON-style paths (`hashes[3]`, `query.limit`); at most 20 are kept.
        """
        path, problem = problems[0]
        return cls(
            f"{path}: {problem}" if path else problem,
            details={"fields": [{"path": p, "problem": q} for p, q in problems[:20]]},
        )

    @classmethod
    def field(cls, path: str, problem: str) -> "Invalid":
        """Name the one field that is wrong."""
        return cls.fields([(path, problem)])


class TooLarge(DomainError):
    """A size limit; `details.limit_bytes` names it."""

    kind = Kind.TOO_LARGE
    code = "PAYLOAD_TOO_LARGE"

    @classmethod
    def bytes(cls, limit: int, what: str = "The request body") -> "TooLarge":
        """Say that `what` exceeds `limit` bytes."""
        return cls(f"{what} is larger than {limit} bytes.", details={"limit_bytes": limit})


class RateLimited(DomainError):
    """Too many calls; `retry_after` is whole seconds, at least 1."""

    kind = Kind.RATE_LIMITED
    code = "RATE_LIMITED"

    def __init__(self, message: str, *, retry_after: float = 1, **kwargs: Any) -> None:
        super().__init__(message, **kwargs)
        self.retry_after = max(1, int(-(-retry_after // 1)))


class Unavailable(DomainError):
    """Storage, database or another part we need is down or full."""

    kind = Kind.UNAVAILABLE
    code = "UNAVAILABLE"


class ShuttingDown(Unavailable):
    """The server is stopping and begins nothing new (Starbot 0.5)."""

    code = "SHUTTING_DOWN"

    def __init__(self) -> None:
        super().__init__("The server is stopping.", hint="Try again in a moment.")


class Unsupported(DomainError):
    """Well-formed, but of a kind this route does not handle."""

    kind = Kind.UNSUPPORTED
    code = "UNSUPPORTED_MEDIA_TYPE"
