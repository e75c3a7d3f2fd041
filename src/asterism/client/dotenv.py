"""Files of variables: `KEY=value` lines, as many tools write them. Pure."""

import re

from asterism.base.errors import Invalid

_LINE = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=(.*)", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "$": "$"}


def read_variables(text: str) -> dict[str, str]:
    """Return the variables of a file, the last of a name.

    `#` begins a comment at the beginning of a line, or after a blank behind an unquoted value. In double quotes `\\n`,
    `\\"` and the like are read and lines may go on; in single quotes nothing is. Nothing is expanded. Raises Invalid.
    """
    found: dict[str, str] = {}
    lines = text.removeprefix("\ufeff").splitlines()
    at = 0
    while at < len(lines):
        line = lines[at].strip()
        at += 1
        if not line or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise Invalid(f"Line {at} is no variable: it must look like KEY=value.")
        key, rest = match[1], match[2].strip()
        quote = rest[:1] if rest[:1] in ("'", '"') else ""
        first = at
        while quote and _end_of(rest, quote) < 0:
            if at >= len(lines):
                raise Invalid(f"The quotes opened in line {first} are never closed.")
            rest += "\n" + lines[at]
            at += 1
        found[key] = _unquoted(rest, quote)
    return found


def _end_of(rest: str, quote: str) -> int:
    at = 1
    while at < len(rest):
        if rest[at] == "\\" and quote == '"':
            at += 2
            continue
        if rest[at] == quote:
            return at
        at += 1
    return -1


def _unquoted(rest: str, quote: str) -> str:
    if not quote:
        return re.split(r"(?:^|\s)#", rest, maxsplit=1)[0].strip()
    inner = rest[1 : _end_of(rest, quote)]
    if quote == "'":
        return inner
    return re.sub(r"\\(.)", lambda hit: _ESCAPES.get(hit[1], hit[0]), inner, flags=re.DOTALL)
