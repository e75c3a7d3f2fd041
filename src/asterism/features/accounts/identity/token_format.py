"""The text form of tokens (Fastest 1.1): `ast_<kind>_`, 40 random base62 characters, 6 check characters.

The check is the CRC-32 of everything before it in base 62, so a mistyped token is refused without a database read.
"""

import hashlib
import re
import zlib

from asterism.base.ids import BASE62, random_text

_PAIRS = "".join(first + second for first in BASE62 for second in BASE62)
_FORM = re.compile(r"ast_(?P<kind>[uarswl])_[0-9A-Za-z]{46}", re.ASCII)


def make_token(kind: str) -> str:
    """Make a new token of the given kind (`u a r s w l`)."""
    head = f"ast_{kind}_{random_text(40)}"
    return head + check_characters(head)


def check_characters(head: str) -> str:
    """Return the six check characters of a token's first 46 characters."""
    value = zlib.crc32(head.encode())
    value, last = divmod(value, 3844)
    first, middle = divmod(value, 3844)
    return _PAIRS[2 * first : 2 * first + 2] + _PAIRS[2 * middle : 2 * middle + 2] + _PAIRS[2 * last : 2 * last + 2]


def kind_of(token: str) -> str | None:
    """Return the kind of a well-formed token, None when form or check are wrong."""
    found = _FORM.fullmatch(token)
    if found is None or check_characters(token[:-6]) != token[-6:]:
        return None
    return found["kind"]


def token_hash(token: str) -> str:
    """Return the only form in which a token is stored: its SHA-256 in hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def token_hint(token: str) -> str:
    """Return what a list may show of a token: its first 10 and last 4 characters."""
    return f"{token[:10]}\u2026{token[-4:]}"
