"""Time comes from one injectable clock; stored and sent times are texts `YYYY-MM-DDTHH:MM:SS.mmmZ`.

The text form sorts like time, is the wire form of all three contracts, and reads the same from both databases.
"""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Where the present comes from."""

    def now(self) -> datetime:
        """Return the present as an aware UTC datetime."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present as an aware UTC datetime."""
        return datetime.now(UTC)


class ManualClock:
    """A clock that stands still until it is told to move; for tests and simulations."""

    def __init__(self, start: datetime | None = None) -> None:
        self._now = start or datetime(2026, 2, 4, 12, 0, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """Return the present as an aware UTC datetime."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move the clock on (or back, with a negative number)."""
        self._now += timedelta(seconds=seconds)


def stamp(moment: datetime) -> str:
    """Write an aware datetime as `YYYY-MM-DDTHH:MM:SS.mmmZ` in UTC, fraction cut to milliseconds."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def parse(text: str) -> datetime:
    """Read an RFC 3339 time into an aware UTC datetime. Raises ValueError when it is none or has no offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time needs an offset or Z")
    return moment.astimezone(UTC)


def shift(text: str, *, seconds: float) -> str:
    """Return the stamp `seconds` after the stamp `text` (before it, when negative)."""
    return stamp(parse(text) + timedelta(seconds=seconds))
