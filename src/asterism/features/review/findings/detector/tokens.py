"""Secrets that carry a mark of who issued them: prefixes of vendors, check sums, decodable heads."""

import base64
import binascii
import json
import zlib
from collections.abc import Callable, Iterator

from asterism.base.ids import BASE62
from asterism.base.linear import compiled
from asterism.features.review.findings.detector.kinds import KINDS, Match
from asterism.features.review.findings.detector.values import is_placeholder

_GOOGLE_LENGTH = 39
_CHECK_DIGITS = 6
_FEWEST = 5
"""Different characters at the end of a token; fewer are the filling of an example."""


def _always(_value: str) -> bool:
    return True


def _mixed(value: str) -> bool:
    """Whether something random follows the prefix: `sk-` begins words and names of styles, too."""
    body = value[3:]
    return any(char.isdigit() for char in body) and any(char.isalpha() for char in body)


def _is_google(value: str) -> bool:
    return len(value) == _GOOGLE_LENGTH


def _is_asterism(value: str) -> bool:
    """Whether the last six characters are the CRC-32 of the rest in base 62 (Fastest 1.1)."""
    body, check = value[:-_CHECK_DIGITS], 0
    for char in value[-_CHECK_DIGITS:]:
        check = check * len(BASE62) + BASE62.index(char)
    return check == zlib.crc32(body.encode())


def _is_jwt(value: str) -> bool:
    head = value.split(".", 1)[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return False
    return isinstance(header, dict) and "alg" in header


_SHAPES: tuple[tuple[str, str, Callable[[str], bool]], ...] = (
    ("aws-access-key", r"\b((?:AKIA|ASIA)[A-Z0-9]{16})(?:[^A-Za-z0-9]|$)", _always),
    ("github-token", r"\b(gh[pousr]_[A-Za-z0-9]{36,251}|github_pat_[A-Za-z0-9_]{22,251})", _always),
    ("anthropic-key", r"\b(sk-ant-[A-Za-z0-9_-]{20,})", _always),
    ("openai-key", r"\b(sk-(?:(?:proj|svcacct|admin|None|or-v1)-[A-Za-z0-9_-]{16,}|[A-Za-z0-9]{16,}))", _mixed),
    ("google-api-key", r"\b(AIza[A-Za-z0-9_-]{35,})", _is_google),
    ("gitlab-token", r"\b(gl(?:pat|dt|rt|ptt|cbt|soat|agent|oas|ffct|imt)-[A-Za-z0-9_-]{20,})", _always),
    ("slack-token", r"\b((?:xox[abeoprs]|xapp)-[A-Za-z0-9.-]{10,})", _mixed),
    ("stripe-key", r"\b([rs]k_live_[A-Za-z0-9]{16,})", _always),
    ("npm-token", r"\b(npm_[A-Za-z0-9]{36,})", _always),
    ("pypi-token", r"\b(pypi-[A-Za-z0-9_-]{50,})", _always),
    ("sendgrid-key", r"\b(SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64})", _always),
    ("azure-storage-key", r"AccountKey=([A-Za-z0-9+/]{40,}={0,2})", _always),
    ("asterism-token", r"\b(ast_[a-z]+_[A-Za-z0-9]{46})\b", _is_asterism),
    ("jwt", r"\b(eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,})", _is_jwt),
)
_PATTERNS = tuple((KINDS[name], compiled(shape), check) for name, shape, check in _SHAPES)
_HINTS = compiled(
    r"AKIA|ASIA|gh[pousr]_|github_pat_|sk-|AIza|\bgl[a-z]+-|xox|xapp-|k_live_|npm_|pypi-|SG\.|AccountKey|ast_|eyJ"
)


def find(text: str) -> Iterator[Match]:
    """Yield every token of a known issuer, kind by kind; matches of different kinds may overlap."""
    if _HINTS.search(text) is None:
        return
    for kind, pattern, check in _PATTERNS:
        for hit in pattern.finditer(text):
            value = hit[1]
            if check(value):
                yield Match(
                    kind, hit.start(1), hit.end(1), value, is_placeholder(value) or len(set(value[-16:])) < _FEWEST
                )
