"""What other tools get: in-diff lines only, suggestions that equal the patch, SARIF that is SARIF."""

import difflib
import re

import jsonschema
import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from asterism.features.review import exports
from asterism.features.review.exports import escapes
from asterism.features.review.findings import Category, Issue, Lens, ReviewedFile, Severity, patches
from asterism.vcs.unified import apply, parse
from tests.features.review.exports.sarif_schema import SARIF
from tests.features.review.findings.test_findings import issue

NEW = "".join(f"line {n}\n" for n in range(1, 31)).replace("line 10\n", "line ten\n")
OLD = NEW.replace("line ten\n", "line 10\n")


def reviewed(old: str = OLD, new: str = NEW) -> ReviewedFile:
    diff = "".join(difflib.unified_diff(old.splitlines(True), new.splitlines(True), "a/a.py", "b/a.py"))
    return ReviewedFile(parse(diff, strict=True)[0], new)


def at(line: int | None, end: int | None = None, **changes) -> Issue:
    return issue(line_start=line, line_end=end if end is not None else line, **changes)


def test_the_shape_of_the_document():
    found = at(10, severity=Severity.HIGH, title="SQL injection vulnerability",
               rationale="User input is not sanitized.",
               recommendation="Use parameterized queries.", source="bandit", rule_id="B608")  # fmt: skip
    answer = msgspec.to_builtins(exports.pr_review("Found 1 issue: 1 high.", [found], [reviewed()]))
    assert answer["summary"] == "Found 1 issue: 1 high."
    assert list(answer["annotations"]) == [{
        "path": "a.py", "start_line": 10, "end_line": 10, "annotation_level": "failure",
        "message": "User input is not sanitized.\n\nRecommendation: Use parameterized queries.",
        "title": "[HIGH] SQL injection vulnerability",
    }]  # fmt: skip
    assert list(answer["inlineComments"]) == [{
        "path": "a.py", "line": 10, "side": "RIGHT",
        "body": "**HIGH**: SQL injection vulnerability\n\nUser input is not sanitized.\n\nUse parameterized queries.",
    }]  # fmt: skip
    (brief,) = answer["issues"]
    assert {"severity", "title", "file", "line", "message", "suggestion"} <= set(brief)


def test_what_is_not_in_the_diff_is_only_in_the_summary():
    answer = exports.pr_review("Found.", [at(25, title="far"), at(None, None, title="whole"), at(10)], [reviewed()])
    assert [one.start_line for one in answer.annotations] == [10]
    assert answer.summary.split("\n")[1:] == ["Not in the diff:", "- a.py:25 [MEDIUM] far", "- a.py [MEDIUM] whole"]


@settings(max_examples=150, deadline=None)
@given(start=st.integers(1, 30), length=st.integers(0, 20))
def test_every_line_is_one_of_the_diff(start, length):
    file = reviewed()
    answer = exports.pr_review("x", [at(start, min(30, start + length))], [file])
    shown = set(file.diff.new_lines)
    for note in answer.annotations:
        assert {note.start_line, note.end_line} <= shown
        assert note.start_line <= note.end_line
    for comment in answer.inline_comments:
        assert comment.line in shown
        assert comment.start_line is msgspec.UNSET or (
            comment.start_line in shown and comment.start_line < comment.line
        )


LINES = st.lists(st.sampled_from(["a", "b", "``` c", "  d", ""]), min_size=1, max_size=12)


@settings(max_examples=200, deadline=None)
@given(old=LINES, new=LINES, wanted=LINES)
def test_applying_the_suggestion_equals_applying_the_patch(old, new, wanted):
    old_text, new_text, after = ("".join(f"{line}\n" for line in lines) for lines in (old, new, wanted))
    assume(old_text != new_text)
    file = reviewed(old_text, new_text)
    patch = patches.between("a.py", new_text, after)
    line = min(file.diff.new_lines, default=None)
    assume(patch is not None and line is not None)
    (comment,) = exports.pr_review("x", [at(line, suggested_patch=patch)], [file]).inline_comments
    fence = re.search(r"\n\n(`{3,})suggestion\n(.*?)^\1$", comment.body, re.DOTALL | re.MULTILINE)
    if fence is None:
        return
    first = comment.line if comment.start_line is msgspec.UNSET else comment.start_line
    lines = new_text.split("\n")[:-1]
    made = [*lines[: first - 1], *fence[2].split("\n")[:-1], *lines[comment.line :]]
    assert "".join(f"{one}\n" for one in made) == after == apply(parse(patch)[0].hunks, new_text)
    assert all(number in file.diff.new_lines for number in range(first, comment.line + 1))


def test_limits_and_escapes():
    many = [at(10, title=f"t{n}", severity=Severity.LOW) for n in range(60)]
    answer = exports.pr_review("s", many, [reviewed()])
    assert (len(answer.annotations), len(answer.inline_comments), len(answer.issues)) == (50, 50, 60)
    assert "10 more issues are not annotated" in answer.summary
    nasty = at(10, title="x" * 300, rationale="<img src=x> @octocat [a](javascript:alert(1)) [b](https://b.example)",
               recommendation="\u00e4" * 70_000)  # fmt: skip
    answer = exports.pr_review("<b>@all</b>", [nasty], [reviewed()])
    (note,), (comment,) = answer.annotations, answer.inline_comments
    assert len(note.title) <= 255
    assert len(note.message.encode()) <= 65_536
    assert len(comment.body) <= 60_000
    for text in (note.message, answer.summary):
        assert "<" not in text
        assert "@octocat" not in text
        assert "@all" not in text
        assert "javascript:" not in text
    assert "[b](https://b.example)" in note.message


@pytest.mark.parametrize("severity", list(Severity))
def test_sarif_is_valid(severity):
    patch = patches.between("a.py", NEW, NEW.replace("line ten", "line 10"))
    issues = [
        at(10, severity=severity, suggested_patch=patch), at(None, None, lens=Lens.TESTS, category=Category.TESTS),
        at(3, 4, source="ruff", rule_id="B006", file="src/t\u00e4st plan.py"),
    ]  # fmt: skip
    document = exports.sarif_document(issues, [reviewed()])
    jsonschema.Draft7Validator(SARIF).validate(document)
    results = document["runs"][0]["results"]
    assert results[0]["partialFingerprints"] == {"asterism/v1": issues[0].fingerprint}
    assert results[0]["rank"] == 80.0
    assert "region" not in results[1]["locations"][0]["physicalLocation"]
    assert results[2]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "src/t%C3%A4st%20plan.py"
    rules = document["runs"][0]["tool"]["driver"]["rules"]
    assert [rules[one["ruleIndex"]]["id"] for one in results] == [one["ruleId"] for one in results]
    (change,) = results[0]["fixes"][0]["artifactChanges"]
    lines = NEW.split("\n")
    for one in change["replacements"]:
        region = one["deletedRegion"]
        lines[region["startLine"] - 1 : region["endLine"] - 1] = one["insertedContent"]["text"].split("\n")[:-1]
    assert "\n".join(lines) == OLD


def test_a_baseline_marks_what_is_known():
    known, fresh = at(10), at(11, title="other")
    document = exports.sarif_document([known, fresh], (), frozenset({known.fingerprint}))
    assert [one["baselineState"] for one in document["runs"][0]["results"]] == ["unchanged", "new"]


def test_markdown():
    patch = patches.between("a.py", NEW, OLD)
    text = exports.markdown("id", "2026-02-04T12:00:00.000Z", "Found *1*.", [at(10, suggested_patch=patch)])
    assert text.startswith("# Review id\n")
    assert "Found \\*1\\*." in text
    assert "## Medium (1)" in text
    assert "`a.py:10` - correctness" in text
    assert "```diff\n--- a/a.py\n" in text


def test_prose_with_a_colon_is_not_taken_for_a_scheme():
    text = "Skipped 1 file: a.lock (lockfile). The data: two rows. See file: b."
    assert escapes.github(text) == text
    assert escapes.github("javascript:alert(1) data:text/html,x file:///etc/passwd") == (
        "javascript\u200b:alert(1) data\u200b:text/html,x file\u200b:///etc/passwd"
    )
    assert escapes.github("[" * 50_000 + "](x)").count("[") >= 49_999
