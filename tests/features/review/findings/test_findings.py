"""The pure core of findings, by the document's own examples."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterism.features.review.findings import (
    Category,
    Evidence,
    Issue,
    LegacyIssue,
    Lens,
    Range,
    Severity,
    detector,
    finalise,
    from_legacy,
    headline,
    identity,
    is_test,
    mask,
    one_line,
    redact,
    score,
    to_legacy,
    visible,
)
from asterism.features.review.findings.final_list import same
from tests.features.review.reviews.secrets_of_every_kind import KINDS, SECRETS


def issue(**changes) -> Issue:
    facts = {
        "id": "x", "severity": Severity.MEDIUM, "category": Category.CORRECTNESS, "title": "A defect", "file": "a.py",
        "line_start": 1, "line_end": 1, "rationale": "r", "recommendation": "d", "suggested_patch": None,
        "confidence": 0.8, "symptom": "s", "why_it_matters": "w",
        "evidence": (Evidence(type="code", title="t", source_id="i", excerpt="e"),),
        "lens": Lens.CORRECTNESS, "source": "model", "fingerprint": "f" * 64,
    }  # fmt: skip
    made = Issue(**(facts | changes))
    if "fingerprint" not in changes:
        key = identity.fingerprint(file=made.file, category=made.category, rule_key=made.title, anchor="")
        made = msgspec.structs.replace(made, fingerprint=key)
    return msgspec.structs.replace(made, id=identity.issue_id(made.lens, made.fingerprint))


def test_the_fingerprints_of_the_document():
    lines = [
        '    sql = "SELECT * FROM t WHERE u = \'" + user + "\'"',
        "    return connect().execute(sql).fetchall()",
    ]
    model = identity.fingerprint(
        file="src/db.py",
        category="security",
        rule_key=identity.rule_key("model", None, "SQL built by string concatenation"),
        anchor=identity.anchor_text(lines),
    )
    assert model == "d904042a06a2c1aa4951779e05231794f6c7d835937d96879c81f0db9a1de342"
    tool = identity.fingerprint(
        file="src/täst plan.py",
        category="correctness",
        rule_key=identity.rule_key("ruff", "B006", "Mutable default argument"),
        anchor=identity.anchor_text(["def collect(item, seen=[]):"]),
    )
    assert tool == "5da74276581766c93c165cacc41c2b88aaad8274d4f1dd0e342cf5533cd277b2"
    assert identity.issue_id(Lens.SECURITY, model) == "security-d904042a06"


@given(st.text(max_size=120))
def test_normalised_titles_are_stable(title):
    once = identity.normalised(title)
    assert len(once) <= 60
    assert identity.normalised(once) == once


@pytest.mark.parametrize(("severities", "expected"), [
    ([], 100), (["high", "medium", "medium"], 73), (["low", "low", "low", "nit"], 94), (["blocker"] * 4, 0),
    (["blocker"], 70), (["blocker", "nit"], 70), (["high"], 85), (["high", "nit"], 85), (["medium"], 94),
])  # fmt: skip
def test_the_score_of_the_document(severities, expected):
    assert score([issue(severity=Severity(name)) for name in severities]) == expected


def test_headlines():
    high, medium = issue(severity=Severity.HIGH), issue()
    assert headline([high, medium, medium]) == "Found 3 issues: 1 high, 2 medium."
    assert headline([issue(severity=Severity.LOW)]) == "Found 1 issue: 1 low."
    assert headline([]) == "Found 0 issues."


def test_near_duplicates_merge_into_the_preferred_one():
    model = issue(
        severity=Severity.HIGH, category=Category.SECURITY, lens=Lens.SECURITY, confidence=0.9,
        line_start=11, line_end=12,
    )  # fmt: skip
    tool = issue(
        title="Possible SQL injection", category=Category.SECURITY, lens=Lens.SECURITY, line_start=11, line_end=11,
        source="bandit", rule_id="B608", symptom="bandit B608: Possible SQL injection vector.",
    )  # fmt: skip
    final = finalise([tool, model], Severity.LOW)
    (kept,) = final.issues
    assert final.duplicate == 1
    assert (kept.source, kept.confidence) == ("model", 0.95)
    assert kept.evidence[1] == Evidence(
        type="external", title="bandit B608", source_id="bandit:B608", file="a.py", range=Range(11, 11),
        excerpt="Possible SQL injection vector.",
    )  # fmt: skip


def test_aliases_are_one_rule():
    ruff = issue(source="ruff", rule_id="S608", title="one")
    bandit = issue(source="bandit", rule_id="B608", title="two", category=Category.SECURITY)
    assert same(ruff, bandit)
    assert same(
        issue(source="bandit", rule_id="B613", title="x"), issue(source="diff-rules", rule_id="DR02", title="y")
    )
    assert same(
        issue(source="bandit", rule_id="B105", title="x"), issue(source="secrets", rule_id="assignment", title="y")
    )
    assert not same(ruff, issue(source="bandit", rule_id="B602", title="two"))
    assert not same(ruff, issue(source="bandit", rule_id="B608", title="two", file="b.py"))


ISSUES = st.builds(
    issue,
    severity=st.sampled_from(list(Severity)),
    title=st.sampled_from(["Alpha beta", "alpha  BETA!", "Gamma", "Gamma delta epsilon"]),
    file=st.sampled_from(["a.py", "b.py"]),
    line_start=st.sampled_from([1, 2, 3]),
    line_end=st.sampled_from([3, 4]),
    confidence=st.sampled_from([0.5, 0.9]),
    lens=st.sampled_from([Lens.CORRECTNESS, Lens.TESTS]),
    source=st.sampled_from(["model", "ruff", "bandit"]),
)


@given(st.lists(ISSUES, max_size=12), st.randoms())
def test_the_final_list_does_not_depend_on_who_finished_first(issues, random):
    shuffled = list(issues)
    random.shuffle(shuffled)
    one, other = finalise(issues, Severity.NIT), finalise(shuffled, Severity.NIT)
    assert [(i.id, i.severity, i.confidence) for i in one.issues] == [
        (i.id, i.severity, i.confidence) for i in other.issues
    ]
    assert len({i.id for i in one.issues}) == len(one.issues)
    assert len(one.issues) + one.duplicate == len(issues)


def test_caps_and_threshold():
    many = [issue(title=f"{number:03d} x", line_start=number + 1, line_end=number + 1) for number in range(120)]
    final = finalise([*many, issue(severity=Severity.NIT, title="quiet", line_start=500, line_end=500)], Severity.LOW)
    assert (len(final.issues), final.over_cap, final.below_threshold) == (100, 20, 1)


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_every_kind_is_found_redacted_and_masked(name):
    text = f"{name} = {SECRETS[name]}"
    kinds = [match.kind.name for match in detector.scan(text) if not match.placeholder]
    assert kinds == [KINDS[name]]
    assert f"[REDACTED:{KINDS[name]}]" in redact(text)
    assert redact(text).count("\n") == text.count("\n")
    assert detector.MASK in mask(text)


def test_placeholders_are_redacted_but_no_findings():
    for line in ('k = "AKIAIOSFODNN7EXAMPLE"', "url = postgres://user:<password>@host/db", 'u = "redis://x:${PW}@h"'):
        matches = detector.scan(line)
        assert matches
        assert all(match.placeholder for match in matches), line
        assert redact(line) != line


@pytest.mark.parametrize("line", [
    'password = "correct horse battery"', 'token = "get_token_from_env"', 'secret = "SOME_SETTING_NAME"',
    'API_TOKEN=$(cat file)', 'class = "sk-circle-fade-dot"', "git@github.com:a/b", "https://example.com/a?b=c@d",
    "self.api_key_header = 'X-Api-Key-Header'",
])  # fmt: skip
def test_what_only_looks_like_a_secret(line):
    assert not [match for match in detector.scan(line) if not match.placeholder]


@pytest.mark.parametrize("piece", ["a", "token", "eyJ", "sk-", "x://a:", 'password="', "A=", "-----BEGIN "])
def test_long_lines_are_searched_in_reasonable_time(piece):
    detector.scan(piece * (60_000 // len(piece)))


def test_invisible_characters_become_visible():
    assert visible("a\u202eb\u200b\t\x1b[0m\U000e0041") == "a\\u{202E}b\\u{200B}\t\\u{1B}[0m\\u{E0041}"
    assert one_line("  a\n b  ", 10) == "a b"


def test_legacy_conversion_both_ways():
    found = issue(severity=Severity.BLOCKER, category=Category.API, file="", line_start=None, line_end=None)
    old = to_legacy("Found 1 issue: 1 blocker.", [found])
    assert old.overall_score == 70
    assert old.issues[0] == LegacyIssue("critical", "best-practice", None, None, "A defect", "r", "d")
    (back,) = from_legacy([LegacyIssue("warning", "documentation", "a.py", 3, "T", "D", None)])
    assert (back.id, back.severity, back.category, back.line_start, back.line_end) == (
        "legacy-1", "medium", "readability", 3, 3,
    )  # fmt: skip
    assert (back.recommendation, back.confidence, back.evidence) == ("", 0.5, ())


@pytest.mark.parametrize(("path", "expected"), [
    ("test_a.py", True), ("a_test.go", True), ("x/a.test.ts", True), ("x/a.spec.js", True), ("tests/a.py", True),
    ("src/__tests__/a.ts", True), ("src/contest.py", False), ("src/attest/a.py", False), ("spec/a.rb", True),
])  # fmt: skip
def test_test_files(path, expected):
    assert is_test(path) is expected
