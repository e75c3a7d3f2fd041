"""Passwords on command lines: `curl -u user:password` and `curl --user user:password`."""

from collections.abc import Iterator

from asterism.base.linear import compiled
from asterism.features.review.findings.detector.kinds import KINDS, Match
from asterism.features.review.findings.detector.values import is_placeholder, is_reference, looks_random

_KIND = KINDS["assignment"]
_USER = compiled(
    r"\bcurl\b(?:[^\n]|\\\r?\n){0,400}?[\s\"',](?:-[a-zA-Z]{0,8}u|--(?:proxy-)?user)(?:=|[\s\"',]{0,8})"
    r"[\w.@+%-]{0,100}:([^\s\"'`:]{1,200})"
)


def find(text: str) -> Iterator[Match]:
    """Yield the password that a call of curl is given, where it looks drawn at random."""
    if "curl" not in text:
        return
    for hit in _USER.finditer(text):
        value = hit[1]
        if looks_random(value, password=True) and not is_reference(value):
            yield Match(_KIND, hit.start(1), hit.end(1), value, is_placeholder(value))
