"""Private keys in their armour: a header and the base64 below it, in a file, a string literal or a diff.

A header alone is a text about keys, not a key: it is redacted with what may stand below it, but it is no finding.
"""

from collections.abc import Iterator

from asterism.base.linear import compiled
from asterism.features.review.findings.detector.kinds import KINDS, Match
from asterism.features.review.findings.detector.values import surprise

_KIND = KINDS["private-key"]
_HEADER = compiled(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----")
_END = compiled(r"-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----")
# What may stand between a header and its body: quotes, escapes, signs of a diff or a comment, an armour's own headers.
_BEFORE_BODY = compiled(
    r"""(?:\\+[nrt]|[\s"'`+,;|*#/\\>()]|(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset): [^\n\\]{0,200})*"""
)
_BODY = compiled(r"[A-Za-z0-9+/=]{16,}")
# A line of an armoured key, as a file has it or inside a string literal or a diff.
_BODY_LINE = compiled(r"""^[\s+\-"'`#*/|>(]*(?:[A-Za-z0-9+/=]{4,}|[A-Za-z-]+: .{1,200})?(?:\\+[nr])*[\s"'`,;\\+)]*$""")
_RUN = compiled(r"[A-Za-z0-9+/=]{4,}")
# The rest of a line that holds a key whole or in part, its line ends written as escapes.
_INLINE = compiled(r"""(?:\\+[nr]|[A-Za-z0-9+/= ]|(?:Proc-Type|DEK-Info): [A-Za-z0-9,-]*)+""")
_WINDOW = 2000
_BODY_BITS = 6.0
"""A body is this unlike writing; the name of a variable is not."""


def find(text: str) -> Iterator[Match]:
    """Yield every header, and each line of the body below it; a header without a body is a placeholder."""
    if "PRIVATE KEY" not in text:
        return
    covered = 0
    for hit in _HEADER.finditer(text):
        if hit.start() < covered:
            continue
        line_end = _line_end(text, hit.end())
        end = _inline_end(text, hit.end(), line_end)
        real = _has_body(text, hit.end())
        yield Match(_KIND, hit.start(), end, text[hit.start() : end], placeholder=not real)
        covered = end
        if _END.search(text[hit.end() : line_end]) is not None:
            continue
        for match in _body_lines(text, line_end + 1):
            covered = match.end
            yield match


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _inline_end(text: str, start: int, line_end: int) -> int:
    """Return where a key on one line ends: behind its footer, else behind what looks like its body."""
    rest = text[start:line_end]
    close = _END.search(rest)
    if close is not None:
        return start + close.end()
    body = _INLINE.match(rest)
    return start + body.end() if body is not None and _BODY.search(body[0]) is not None else start


def _has_body(text: str, at: int) -> bool:
    between = _BEFORE_BODY.match(text[at : at + _WINDOW])
    begin = at + (between.end() if between is not None else 0)
    body = _BODY.match(text[begin : begin + 80])
    return body is not None and surprise(body[0]) >= _BODY_BITS


def _body_lines(text: str, at: int) -> Iterator[Match]:
    """Yield what each line below a header holds of the key, until its footer or a line that is none of it."""
    while at < len(text):
        end = _line_end(text, at)
        line = text[at:end]
        if _END.search(line) is not None or _BODY_LINE.match(line) is None:
            return
        body = _RUN.search(line)
        if body is not None:
            yield Match(_KIND, at + body.start(), at + body.end(), body[0], placeholder=True)
        at = end + 1
