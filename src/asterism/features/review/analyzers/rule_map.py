"""Which lens, category, severity and confidence a tool's rule gets (Stargazer 5.9.1, 5.9.2)."""

from typing import NamedTuple

from asterism.features.review.findings import Category, Lens, Severity, lower


class Place(NamedTuple):
    """Where a rule belongs and how much it weighs."""

    lens: Lens
    category: Category
    severity: Severity
    confidence: float


def _place(lens: str, category: str, severity: str, confidence: float) -> Place:
    return Place(Lens(lens), Category(category), Severity(severity), confidence)


RUFF_SELECT = "E9,F,B,PLE,PLW,C90,ASYNC,PERF,C4,DTZ,LOG,T10,PT,BLE,TRY,RET,SIM,ARG,RUF006,RUF008,RUF009,RUF012"

_ROWS: tuple[tuple[str, Place], ...] = (
    ("invalid-syntax E9", _place("correctness", "correctness", "blocker", 0.99)),
    ("F821 F822 F823", _place("correctness", "correctness", "high", 0.95)),
    ("F5 F6 F7 F9", _place("correctness", "correctness", "high", 0.90)),
    ("F811", _place("correctness", "correctness", "medium", 0.85)),
    ("F", _place("simplicity", "readability", "low", 0.90)),
    ("PLE", _place("correctness", "correctness", "high", 0.95)),
    ("PLW", _place("correctness", "correctness", "medium", 0.80)),
    ("PLR PLC C90", _place("simplicity", "readability", "low", 0.75)),
    ("B007 B009 B010 B018 B028 B905 B911 B904", _place("simplicity", "readability", "low", 0.80)),
    ("B", _place("correctness", "correctness", "medium", 0.85)),
    ("ASYNC1", _place("correctness", "correctness", "medium", 0.80)),
    ("ASYNC2", _place("performance", "performance", "medium", 0.85)),
    ("PERF C4", _place("performance", "performance", "low", 0.80)),
    ("DTZ LOG G", _place("correctness", "correctness", "low", 0.80)),
    ("RUF006 RUF008 RUF009 RUF012", _place("correctness", "correctness", "medium", 0.80)),
    ("T10", _place("correctness", "correctness", "high", 0.95)),
    ("PT", _place("tests", "tests", "low", 0.80)),
    ("BLE TRY RET SIM ARG PIE FURB RSE RUF", _place("simplicity", "readability", "low", 0.70)),
    ("E W T20", _place("simplicity", "style", "nit", 0.60)),
)
_RUFF = {prefix: place for prefixes, place in _ROWS for prefix in prefixes.split()}
_REST = _RUFF["E"]


def ruff(code: str | None, *, in_test: bool) -> Place:
    """Place a ruff rule by its longest known prefix; no code at all is a syntax error.

    Prefixes count whole linters only: `BLE001` is not a `B` rule, `FURB` not an `F` one.
    """
    if code is None:
        return _RUFF["invalid-syntax"]
    if code[:1] == "S" and code[1:].isdigit():
        return bandit("B" + code[1:], "MEDIUM", "MEDIUM", in_test=in_test) or _REST
    for length in range(len(code), 0, -1):
        prefix = code[:length]
        if prefix in _RUFF and (not prefix.isalpha() or not code[length : length + 1].isalpha()):
            return _RUFF[prefix]
    return _REST


_SEVERITY = {"HIGH": Severity.HIGH, "MEDIUM": Severity.MEDIUM, "LOW": Severity.LOW}
_CONFIDENCE = {"HIGH": 0.90, "MEDIUM": 0.70, "LOW": 0.40}
_NITS = frozenset(
    {"B403", "B404", "B405", "B406", "B407", "B408", "B409", "B411", "B412", "B413", "B415", "B603", "B607"}
)
_PASSWORDS = frozenset({"B105", "B106", "B107"})
_SHELL = frozenset({"B602", "B605", "B609"})
_ALWAYS_HIGH = frozenset({"B506", "B701"})


def bandit(rule: str, severity: str, confidence: str, *, in_test: bool) -> Place | None:
    """Place a bandit result; None when it is dropped (assertions in tests)."""
    if rule == "B101" and in_test:
        return None
    weight = _SEVERITY.get(severity, Severity.LOW)
    if rule in _NITS or rule == "B101":
        weight = Severity.NIT
    elif rule in _PASSWORDS:
        weight = Severity.MEDIUM
    elif (rule in _SHELL and confidence == "HIGH") or rule in _ALWAYS_HIGH:
        weight = Severity.HIGH
    if in_test:
        weight = lower(weight)
    return Place(Lens.SECURITY, Category.SECURITY, weight, _CONFIDENCE.get(confidence, 0.40))
