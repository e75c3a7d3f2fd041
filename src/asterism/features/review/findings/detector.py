"""The secret detector: every kind of Stargazer 5.9.4 with its shape. Pure.

`find` is used for findings, redaction and masking alike, so what is reported is what never leaves the machine.
"""

import base64
import binascii
import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from asterism.features.review.findings.models import RANK, Severity

_Shown = Callable[["Match"], str]
MASK = "\u2026[masked]"


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of secret; `group` is the part of the pattern that is the value itself."""

    name: str
    pattern: re.Pattern[str]
    severity: Severity
    confidence: float
    group: int = 0


@dataclass(frozen=True, slots=True)
class Match:
    """A secret at `start:end` of the searched text; a `placeholder` is redacted but not worth a finding."""

    kind: Kind
    start: int
    end: int
    value: str
    placeholder: bool


def _kind(name: str, pattern: str, severity: str, confidence: float, group: int = 0) -> Kind:
    return Kind(name, re.compile(pattern), Severity(severity), confidence, group)


_EDGE = r"(?<![A-Za-z0-9_])"
_STOP = r"(?![A-Za-z0-9_-])"
_VALUE = r"""(?:"([^"\n]{12,512})"|'([^'\n]{12,512})'|`([^`\n]{12,512})`)"""
_NAME = r"(?i:passwo?r?d|passwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential)[A-Za-z0-9_]{0,40}"
# name = "literal" in any language, with an optional type, or NAME=literal alone on the line of an environment file.
_ASSIGNED = (
    rf"""{_NAME}["']?\]?\s{{0,20}}(?::\s{{0,20}}[A-Za-z\[\]|. ]{{1,40}})?(?:=>|:=|=|:)\s{{0,20}}[rbuf]?{_VALUE}"""
    r"""|(?:PASSWORD|SECRET|TOKEN|API_KEY|ACCESS_KEY|PRIVATE_KEY|CREDENTIAL)[A-Z0-9_]{0,40}=([^\s"'`$(){};,]{12,512})$"""
)

KINDS: tuple[Kind, ...] = (
    _kind("private-key", r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----", "blocker", 0.98),
    _kind("aws-access-key", _EDGE + r"(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])", "blocker", 0.95),
    _kind(
        "github-token", _EDGE + r"(?:gh[pousr]_[A-Za-z0-9]{36,251}|github_pat_[A-Za-z0-9_]{22,251})", "blocker", 0.95
    ),
    _kind("anthropic-key", _EDGE + r"sk-ant-[A-Za-z0-9_-]{20,}", "high", 0.95),
    _kind(
        "openai-key",
        _EDGE + r"sk-(?:(?:proj|svcacct|admin|None|or-v1)-[A-Za-z0-9_-]{16,}|(?=[A-Za-z]*[0-9])[A-Za-z0-9]{16,})",
        "high",
        0.95,
    ),
    _kind("google-api-key", _EDGE + r"AIza[A-Za-z0-9_-]{35}" + _STOP, "high", 0.95),
    _kind("gitlab-token", _EDGE + r"glpat-[A-Za-z0-9_-]{20,}", "high", 0.90),
    _kind("slack-token", _EDGE + r"xox[abeoprs]-[A-Za-z0-9-]{10,}", "high", 0.90),
    _kind("stripe-key", _EDGE + r"[rs]k_live_[A-Za-z0-9]{16,}", "high", 0.90),
    _kind("npm-token", _EDGE + r"npm_[A-Za-z0-9]{36}", "high", 0.90),
    _kind("pypi-token", _EDGE + r"pypi-[A-Za-z0-9_-]{50,}", "high", 0.90),
    _kind("sendgrid-key", _EDGE + r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}", "high", 0.90),
    _kind("azure-storage-key", r"AccountKey=([A-Za-z0-9+/]{40,}={0,2})", "high", 0.90, 1),
    _kind("asterism-token", _EDGE + r"ast_(?:[a-z]_)?[A-Za-z0-9]{20,}", "high", 0.90),
    _kind(
        "connection-url",
        r"\b[a-zA-Z][a-zA-Z0-9+.-]{1,30}://[^\s:/@\"'`<>]{0,128}:([^\s/@\"'`]{3,256})@[A-Za-z0-9.\[$<{-]",
        "high",
        0.80,
        1,
    ),
    _kind("jwt", _EDGE + r"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}", "medium", 0.70),
    _kind("assignment", _ASSIGNED, "medium", 0.60),
)
_HINTS = re.compile(
    r"-----BEGIN|AKIA|ASIA|gh[pousr]_|github_pat_|sk-|AIza|glpat-|xox|k_live_|npm_|pypi-|SG\.|AccountKey|ast_|://|eyJ"
    r"|(?i:passw|passwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential)"
)
_PLACEHOLDER = re.compile(
    r"(?i)example|changeme|change[_-]?me|placeholder|dummy|your[_-]|redacted|xxxx|\*\*\*|\.\.\.|<[^>]*>|\$\{|\{\{|%\(|\$\("
)
_FAKE_WORDS = frozenset(
    {"password", "passwd", "pass", "secret", "user", "test", "postgres", "root", "guest", "admin", "pwd", "pw"}
)
_ENTROPY_BITS = 3.5
_MINIMUM = 12


def find(line: str) -> list[Match]:
    """Return the secrets of one line, left to right, never overlapping; the more specific kind wins."""
    if not _HINTS.search(line):
        return []
    found: list[Match] = []
    for match in _candidates(line):
        if not any(match.start < other.end and other.start < match.end for other in found):
            found.append(match)
    return sorted(found, key=lambda match: match.start)


def _candidates(line: str) -> Iterator[Match]:
    for kind in KINDS:
        for hit in kind.pattern.finditer(line):
            group = kind.group if kind.name != "assignment" else next(g for g in (1, 2, 3, 4) if hit[g] is not None)
            value, (start, end) = hit[group], hit.span(group)
            if group and not value:
                continue
            if kind.name == "jwt" and not _is_jwt(value):
                continue
            if kind.name == "assignment" and not _is_random(value):
                continue
            yield Match(kind, start, end, value, _is_placeholder(kind.name, value, line))


def redact(text: str) -> str:
    """Replace every secret by `[REDACTED:<kind>]`; the number of lines stays (Stargazer [5.14])."""
    return _replace(text, lambda match: f"[REDACTED:{match.kind.name}]")


def mask(text: str) -> str:
    """Show every secret as its first four characters and a mark (Stargazer [5.15])."""
    return _replace(text, lambda match: match.value[:4] + MASK)


def _replace(text: str, shown: _Shown) -> str:
    if not _HINTS.search(text) and not _IN_KEY.search(text):
        return text
    out = []
    inside_key = False
    for line in text.split("\n"):
        if inside_key and (_KEY_END.search(line) or not _KEY_BODY.match(line)):
            inside_key = False
        if inside_key and line.strip():
            out.append(_hide_key_line(line, shown))
            continue
        matches = find(line)
        out.append(_cut(line, matches, shown))
        if any(match.kind.name == "private-key" for match in matches) and not _KEY_END.search(line):
            inside_key = True
    return "\n".join(out)


def _cut(line: str, matches: list[Match], shown: _Shown) -> str:
    for match in reversed(matches):
        end = match.end
        if match.kind.name == "private-key" and (close := _KEY_END.search(line, match.end)):
            end = close.end()
        line = line[: match.start] + shown(match) + line[end:]
    return line


_PRIVATE_KEY = KINDS[0]
_KEY_END = re.compile(r"-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----")
# A line of an armoured key, as a file has it or inside a string literal or a diff.
_KEY_BODY = re.compile(r"""^[\s+\-"'`#*/|]*(?:[A-Za-z0-9+/=]{4,}|[A-Za-z-]+: .{1,80})?(?:\\n)?[\s"'`,;\\+)]*$""")
_IN_KEY = re.compile(r"PRIVATE KEY")


def _hide_key_line(line: str, shown: _Shown) -> str:
    body = re.search(r"[A-Za-z0-9+/=]{4,}", line)
    if body is None:
        return line
    match = Match(_PRIVATE_KEY, body.start(), body.end(), body[0], placeholder=False)
    return line[: body.start()] + shown(match) + line[body.end() :]


def entropy(text: str) -> float:
    """Shannon entropy in bits per character."""
    counts = [text.count(char) for char in set(text)]
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts) if text else 0.0


# An address, a path, a reference, or words joined by marks: written by a person.
_WRITTEN = re.compile(r"^(?:https?://|/|\./|\$|[a-z]+(?:[_.-][a-z]+)+$|[A-Z]+(?:_[A-Z]+)+$|[A-Za-z]+$)")


def _is_random(value: str) -> bool:
    """Whether a literal looks drawn at random rather than written: long, mixed, no prose, path or reference."""
    if len(value) < _MINIMUM or " " in value or entropy(value) < _ENTROPY_BITS:
        return False
    return not _WRITTEN.match(value)


def _is_placeholder(kind: str, value: str, line: str) -> bool:
    if kind == "private-key":
        return False
    if _PLACEHOLDER.search(value):
        return True
    if kind == "connection-url":
        return value.lower() in _FAKE_WORDS or value.startswith(("$", "{", "%"))
    return "pragma: allowlist secret" in line


def _is_jwt(value: str) -> bool:
    head = value.split(".", 1)[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (ValueError, binascii.Error):
        return False
    return isinstance(header, dict) and "alg" in header


def weight(kind: Kind) -> int:
    """Rank a kind by its severity, 0 for the worst."""
    return RANK[kind.severity]
