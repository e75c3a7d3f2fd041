"""How one attempt at a job ends, and when the next one comes. Shared by every adapter; no I/O of its own."""

from collections.abc import Sequence
from typing import Any

import msgspec

from asterism.base.errors import DomainError, Kind

BACKOFF: tuple[float, ...] = (10, 60, 300)
"""Seconds before the second, third and fourth attempt (Fastest 12)."""

PASSING = frozenset({Kind.UNAVAILABLE, Kind.RATE_LIMITED, Kind.CONFLICT})
MAX_ERROR = 500


class Outcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """How an attempt, or a whole job, ended. `again` says that a later attempt may end differently."""

    ok: bool
    result: Any = None
    error: str | None = None
    again: bool = False
    attempts: int = 0


def succeeded(result: Any) -> Outcome:
    """Wrap what a function returned. Raises TypeError when it is not JSON."""
    return Outcome(ok=True, result=msgspec.to_builtins(result))


def failed(error: BaseException) -> Outcome:
    """Describe what a function raised, in at most 500 characters.

    A DomainError that only a changed request could avoid (an unknown id, an invalid value) is final; an outage, a
    conflict and every unforeseen error are worth another attempt.
    """
    if isinstance(error, DomainError):
        return Outcome(ok=False, error=_storable(f"{error.code}: {error.message}"), again=error.kind in PASSING)
    return Outcome(ok=False, error=_storable(f"{type(error).__name__}: {error}"), again=True)


def _storable(text: str) -> str:
    """Cut a text to size and leave out what a database refuses: NUL, and surrogates that stand alone."""
    return text[:MAX_ERROR].replace("\0", "").encode("utf-8", "replace").decode()


def pause_after(outcome: Outcome, attempt: int, backoff: Sequence[float]) -> float | None:
    """Return the seconds to wait after attempt number `attempt`, None when no further one is made."""
    if outcome.ok or not outcome.again or attempt > len(backoff):
        return None
    return backoff[attempt - 1]
