"""Passwords in addresses: `scheme://user:password@host`, with odd characters in the password."""

from collections.abc import Iterator

from asterism.base.linear import compiled
from asterism.features.review.findings.detector.kinds import KINDS, Match
from asterism.features.review.findings.detector.values import is_placeholder, looks_random

_KIND = KINDS["connection-url"]
_START = compiled(r"\b[a-zA-Z][a-zA-Z0-9+.-]{1,30}://")
_RUN = compiled(r"""(?:[^\s"'`<>]|<[^\s"'`<>]{1,60}>)*""")
_LONGEST = 600
_SHORTEST = 3
_HOST = compiled(r"[A-Za-z0-9.\[$<{%-]")
_PORT = compiled(r"\d{1,5}(?:[/?#\\,;)\]}]|$)")
# Values filled in elsewhere: shell, templates and format strings of many languages, quotes that close a part.
_REFERENCE = compiled(
    r"^\$[A-Za-z_0-9(]\w*\)?$|\$\{|\{\{|^\{|^%[A-Za-z_(]+%?$|^%\(|#\{|\\\(|^:[a-z_]+$|^\*+$|^\.\.\.$"
    r"|^x+$|^X+$|^\[[A-Za-z_ -]+\]$|^<"
)
_USUAL = frozenset(
    """password passwd pass secret user username test testing postgres postgresql root guest admin pwd pw token key
    changeme mypassword mysecretpassword letmein 123 1234 12345 123456 example mysql mongo mongodb redis rabbitmq
    development dev local default minio minioadmin docker demo foo bar baz none null hunter2 dbpassword db_password
    my_password your_password yourpassword db-password secretpassword pass123 password123 passw0rd sa app api-key apikey
    tiger x-oauth-basic x-token-auth oauth2 p""".split()  # noqa: SIM905 - reads as the list it is
)


def find(text: str) -> Iterator[Match]:
    """Yield the password of every address that has one."""
    if "://" not in text:
        return
    for hit in _START.finditer(text):
        run = _RUN.match(text[hit.end() : hit.end() + _LONGEST])
        place = None if run is None else _password(run[0])
        if place is not None:
            start, end = hit.end() + place[0], hit.end() + place[1]
            yield Match(_KIND, start, end, text[start:end], _is_stand_in(text[hit.end() : start - 1], text[start:end]))


def _password(rest: str) -> tuple[int, int] | None:
    """Return where the password stands behind `scheme://`; one that looks random may hold a bare `/`, `?` or `#`."""
    rest = _before_another(rest)
    colon = rest.find(":")
    authority = next((at for at, char in enumerate(rest) if char in "/?#"), len(rest))
    if colon < 0 or colon > authority or _PORT.match(rest[colon + 1 :]) is not None:
        return None
    at = rest.rfind("@", 0, authority)
    odd = at < colon
    if odd:
        at = rest.rfind("@")
    if at < colon + 1 + _SHORTEST or _HOST.match(rest[at + 1 : at + 2]) is None:
        return None
    if odd and ("." in rest[:colon] or not looks_random(rest[colon + 1 : at])):
        return None
    return colon + 1, at


def _before_another(rest: str) -> str:
    """Cut where a second address begins, as in a list of them."""
    second = _START.search(rest)
    return rest if second is None else rest[: second.start()]


def _is_stand_in(user: str, password: str) -> bool:
    low = password.lower()
    return low in _USUAL or low == user.lower() or _REFERENCE.search(password) is not None or is_placeholder(password)
