"""Times that clients of `/api` send: ISO 8601 in UTC, kept in the form that is answered (Stargazer [0.12])."""

import re

from asterism.base.clock import parse, stamp
from asterism.base.errors import Invalid

_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?Z")


def read_time(text: str, *, code: str) -> str:
    """Return `text` as a stamp. Raises Invalid with `code` for an offset, an impossible date or no time at all."""
    if _TIME.fullmatch(text):
        seconds, dot, fraction = text[:-1].partition(".")
        try:
            return stamp(parse(f"{seconds}{dot}{fraction[:6]}Z"))
        except ValueError:
            pass
    raise Invalid(f"{text[:40]!r} is not a UTC time like 2026-02-04T12:00:00.000Z.", code=code)
