"""A literal that is given to the name of a secret, in whatever language or file: the kind `assignment`.

A name is found by a word in it, judged, and followed by a link to its value: `=`, `:`, `=>`, a call, a tag, a pair of
name and value. Each step looks at a bounded piece of text, so the whole is linear.
"""

from collections.abc import Iterator

from asterism.base.linear import Choice, compiled
from asterism.features.review.findings.detector.kinds import KINDS, Match
from asterism.features.review.findings.detector.names import is_password, is_secret
from asterism.features.review.findings.detector.values import (
    LONGEST,
    SHORTEST,
    is_placeholder,
    is_reference,
    looks_random,
    surprise,
)

_KIND = KINDS["assignment"]
_NAME = compiled(
    r"(?i)(?:\b(?:api|access|secret|private|auth|account) )?[\w.-]{0,80}"
    r"(?:pass|pwd|secret|token|cred|key|auth|bearer|\bpw|identified)[\w.-]{0,80}"
)
HINTS = compiled(r"(?i)pass|pwd|secret|token|cred|key|auth|bearer|\bpw|identified")
_LINK_WINDOW = 400
_LONGEST_NAME = 100

_GAP = r"[ \t]{0,40}"
_BREAK = r"[ \t]{0,40}(?:\r?\n[ \t]{0,80})?"
_CLOSE = r"(?:\\{0,3}[\"'`])?[\])}]{0,2}"
_QUOTE = r"(?:\\{0,3}(?:\"{3}|'{3}|[\"'`])|\[\[)"
# A type between a name and what it is given, in the order of TypeScript or of Go and C.
_TYPE = r"(?:[ \t]?:[ \t]?&?(?:'static )?[\w.<>\[\]|?& ]{1,40}|[ \t]+(?:[Aa]s[ \t]+)?[\w.*]{1,20}|\[\w{0,8}\])"
_OPERATOR = r"(?:=>|<-|:{1,2}=|[=!]==?|\|\|=|\?\?=|[+?]=|=|:|->)"
_TYPED = rf"{_TYPE}{_GAP}:?="
_GIVEN = rf"{_GAP}(?::-|{_OPERATOR})"
_SCHEME = r"(?:(?i:bearer|basic|token|apikey|api-key|digest|key)[ \t]+)?"
# What may wrap a literal: a YAML tag, a constructor, a conversion, a bracket; and letters before its quote.
_WRAP = (
    r"(?:!!?\w{1,12}[ \t]|[\w-]{1,40}!?[ \t]{1,4}|&\w{1,40}[ \t]|&)?(?:\[\])?(?:[\w.:]{1,40}[!]?\(|[(\[])?[ \t]{0,20}"
)
_PREFIX = r"(?:[rRbBuUfLN@$]{1,2}|u8|r#{1,3}|%[qQ])?"
_PAIR = r"(?i:value|val|content|default|default_value|defaultvalue|parametervalue|secretvalue|secret_string)"

_LINKS = tuple(
    compiled(text)
    for text in (
        # name = "value" and its sisters, the quote perhaps on the next line
        rf"{_CLOSE}{_TYPED}{_BREAK}{_WRAP}{_BREAK}{_PREFIX}(?P<open>{_QUOTE})",
        rf"{_CLOSE}{_GIVEN}{_BREAK}{_WRAP}{_BREAK}{_PREFIX}(?P<open>{_QUOTE})",
        # "name": { "value": "…" }, name="…" value="…", - name: …\n  value: …
        rf"{_CLOSE}[ \t]{{0,20}}[,:]?\s{{0,80}}[\"']?{_PAIR}[\"']?{_GAP}[:=]{_GAP}(?P<open>{_QUOTE})?",
        # variable "name" { … default = "…"
        r"[\"']\s{0,20}\{\s{0,80}(?:(?:type|description|sensitive)\s{0,20}=[^\n]{0,200}\n\s{0,80}){0,3}"
        r"default\s{0,20}=\s{0,20}(?P<open>\")",
        # ENV["NAME"] or "value", $NAME || "value"
        rf"(?:\\{{0,3}}[\"'`])?[\])]{{0,2}}{_GAP}(?:\|\||\?\?|\?:|or\b){_BREAK}{_PREFIX}(?P<open>{_QUOTE})",
        # getenv("NAME", "value"), define('NAME', 'value'), setenv(NAME, "value"), {name, "value"}
        rf"(?:\\{{0,3}}[\"'`])?[\])]?{_GAP},{_GAP}{_PREFIX}(?P<open>{_QUOTE})",
        # setPassword("value"), password{"value"}, password.equals("value")
        rf"(?:(?:\.(?:equals|compare|eq)\w{{0,20}})?[({{]){_BREAK}{_PREFIX}(?P<open>{_QUOTE})",
        # <name>value</name>, <key>name</key><string>value</string>
        r"[\"']?(?:</key>\s{0,80}<string)?(?:[ \t][^<>\n]{0,120})?>\s{0,80}(?:<value>\s{0,80})?(?:<!\[CDATA\[)?",
        # name: |, name: >-, with the value on the next line
        r"[\"']?:[ \t]{1,20}[|>][+-]?\d?[ \t]{0,20}\r?\n[ \t]{1,80}",
        # name: value, NAME=value, ${NAME:-value}
        rf"{_CLOSE}{_GIVEN}{_GAP}(?:!!str[ \t])?{_SCHEME}",
        rf"{_CLOSE}{_TYPED}{_GAP}",
        # #define NAME "value", IDENTIFIED BY 'value', --token "value"
        rf"[ \t]{{1,20}}(?:(?i:by|is)[ \t]{{1,20}})?(?P<open>{_QUOTE})",
    )
)
_LINKED = Choice(_LINKS)
_SCHEME_WORD = compiled(_SCHEME)
_COMMA = 5
_TAG = 7
_PLAIN_LINK = 9
# Only here does a blank alone lead from a name to a bare value: Dockerfiles, .netrc, options of commands.
_BLANK = compiled(r"[ \t]{1,20}")
_BEFORE_BLANK = compiled(
    r"(?i)(?:^|\n)[ \t]*(?:ENV|ARG|setx?|define|machine .*|login .*|account .*)?[ \t]*$|(?:^|[ \t\"'])--?$"
    r"|\b(?:set|config)[ \t]+(?:[^\s-]\S{0,80}[ \t]+|-\w[ \t]+)?(?:\S{0,80}:)?$"
)
_COMMAND_LINE = compiled(r"(?i)^[ \t]*(?:export |set |setx |declare -\w+ |ENV |ARG |-e |- )?[ \t]*$")

_BARE = compiled(r"""[^\s"'`<>(){}\[\],;|&\\]+""")
_WHOLE = compiled(r"""[^\s"'`<>][^\s<>]*""")
_CALLED = frozenset("([{")
_BARE_BITS = 6.9
"""A bare word without a digit must be this unlike writing, for it may be a name."""


def find(text: str) -> Iterator[Match]:
    """Yield every literal given to the name of a secret that looks drawn at random."""
    done = 0
    for hit in _NAME.finditer(text):
        start, end = hit.span()
        if start < done or end - start > _LONGEST_NAME:
            continue
        name = hit[0].strip(".-")
        start += len(hit[0]) - len(hit[0].lstrip(".-"))
        end = start + len(name)
        if not is_secret(name):
            continue
        place = _value(text, name, start, end)
        if place is None:
            continue
        value = text[place[0] : place[1]]
        yield Match(_KIND, *place, value, is_placeholder(value) or _is_allowed(text, place[1]))
        done = place[1]


def _value(text: str, name: str, start: int, end: int) -> tuple[int, int] | None:
    """Return where the value of a name stands, None when none follows that looks like a secret."""
    window = text[end : end + _LINK_WINDOW]
    if window[:1] == ":" and text[max(0, start - 1) : start] in {":", "/"}:
        return None  # a part of an ARN, a URN or the like
    if window[:1] in {'"', "'"} and text[max(0, start - 2) : start] == "::":
        return None  # the name of a type
    for number in _LINKED.which(window):
        if number == _COMMA and text[max(0, start - 4) : start].rstrip("\"'`\\ ")[-1:] not in {"(", "{"}:
            continue  # the next entry of a list
        link = _LINKS[number]
        hit = link.match(window)
        if hit is None:
            continue
        at = end + hit.end()
        group = link.groups.get("open", 0)
        opened = hit[group] if group and hit.start(group) >= 0 else ""
        if opened:
            place = _without_scheme(text, _quoted(text, at, opened))
        elif number == _TAG:
            place = _until(text, at, "<")
        else:
            place = _bare(text, at, env=number == _PLAIN_LINK and _is_setting(text, start, window[: hit.end()]))
        if place is not None and _counts(text[place[0] : place[1]], name, bare=not opened and number != _TAG):
            return place
    blank = _BLANK.match(window)
    if blank is not None and _BEFORE_BLANK.search(text[max(0, start - 120) : start]) is not None:
        place = _bare(text, end + blank.end(), env=False)
        if place is not None and _counts(text[place[0] : place[1]], name, bare=True):
            return place
    return None


def _quoted(text: str, at: int, opened: str) -> tuple[int, int] | None:
    """Return the inside of a quotation, None when it does not end on this line or is too long."""
    close = "]]" if opened == "[[" else opened
    end = text.find(close, at, at + LONGEST + len(close))
    stop = text.find("\n", at, at + LONGEST)
    if end < 0 or 0 <= stop < end:
        return None
    return at, end


def _without_scheme(text: str, place: tuple[int, int] | None) -> tuple[int, int] | None:
    """Leave out the word before the credentials of an `Authorization` header."""
    if place is None:
        return None
    hit = _SCHEME_WORD.match(text[place[0] : place[0] + 20])
    return place if hit is None else (place[0] + hit.end(), place[1])


def _until(text: str, at: int, mark: str) -> tuple[int, int] | None:
    end = text.find(mark, at, at + LONGEST)
    if end < 0:
        return None
    value = text[at:end].rstrip().removesuffix("]]>")
    return at, at + len(value)


def _bare(text: str, at: int, *, env: bool) -> tuple[int, int] | None:
    """Return a value without quotes; in a setting of an environment file it is all up to the next blank."""
    window = text[at : at + LONGEST]
    hit = (_WHOLE if env else _BARE).match(window)
    if hit is None:
        return None
    end = hit.end()
    if not env and window[end : end + 1] in _CALLED and window[end : end + 1]:
        return None
    value = window[:end].rstrip(",;:.)}\"'")
    return at, at + len(value)


def _is_setting(text: str, start: int, link: str) -> bool:
    """Whether `NAME=` begins a line, as in environment files, Dockerfiles and shells."""
    if link != "=":
        return False
    line = text[text.rfind("\n", max(0, start - 200), start) + 1 : start]
    return _COMMAND_LINE.match(line) is not None


def _counts(value: str, name: str, *, bare: bool) -> bool:
    """Whether a value is a secret: random, and no reference; without quotes it must not look like a name either."""
    if len(value) < SHORTEST or any(char.isspace() for char in value) or is_reference(value):
        return False
    password = is_password(name)
    if not looks_random(value, password=password):
        return False
    if not bare:
        return True
    return not value.startswith("_") and (any(char.isdigit() for char in value) or surprise(value) >= _BARE_BITS)


def _is_allowed(text: str, at: int) -> bool:
    """Whether the line says that its secret may stay."""
    end = text.find("\n", at, at + LONGEST)
    return "pragma: allowlist secret" in text[at : end if end >= 0 else at + LONGEST]
