"""The diff rules, each with what it reports and what it leaves alone."""

import pytest

from asterism.features.review.analyzers import diff_rules
from asterism.features.review.findings import ReviewedFile
from asterism.vcs.unified import parse


def added(text: str, path: str = "src/a.py") -> ReviewedFile:
    lines = text.split("\n")
    diff = f"--- /dev/null\n+++ b/{path}\n@@ -0,0 +1,{len(lines)} @@\n" + "".join(f"+{line}\n" for line in lines)
    return ReviewedFile(parse(diff, strict=True)[0], text + "\n")


def rules(*files: ReviewedFile) -> list[tuple[str, int | None, int | None]]:
    return [(one.rule_id, one.start, one.end) for one in diff_rules.check(files)]


NESTED = "\n".join(
    [f"{'    ' * level}{'def f():' if not level else f'if a{level}:'}" for level in range(6)]
    + [f"{'    ' * 6}x{n} = {n}" for n in range(5)]
)


@pytest.mark.parametrize(("path", "text", "expected"), [
    ("a.py", "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other", [("DR01", 1, 5)]),
    ("a.md", "Title\n=======\ntext", []),
    ("a.py", 'x = "\u202eabc"', [("DR02", 1, 1)]),
    ("a.py", 'x = "a\u200bb"', [("DR02", 1, 1)]),
    ("a.md", "family \U0001f468\u200d\U0001f469 and \u06a9\u200c\u062a", []),
    ("a.py", "\ufeffimport os", []),
    ("a.py", "x = 1\nbreakpoint()", [("DR03", 2, 2)]),
    ("a.ts", "  debugger;", [("DR03", 1, 1)]),
    ("a.ts", "// debugger;", []),
    ("a.py", "# breakpoint() here", []),
    ("a.rb", "binding.pry", [("DR03", 1, 1)]),
    ("a.test.ts", "it.only('x', () => {})", [("DR04", 1, 1)]),
    ("a.test.ts", "it('only x', () => {})", []),
    ("a_test.go", '\tt.Skip("later")', [("DR04", 1, 1)]),
    ("tests/test_a.py", "@pytest.mark.skip\ndef test_x():\n    assert 1", [("DR04", 1, 1)]),
    ("a.ts", "list.only(1)", []),
    ("a.py", "import os  # noqa", [("DR07", 1, 1)]),
    ("a.ts", "// @ts-ignore", [("DR07", 1, 1)]),
    ("a.py", 'PATTERN = "# noqa"', []),
    ("a.py", "requests.get(u, verify=False)", [("DR08", 1, 1)]),
    ("a.go", "cfg := &tls.Config{InsecureSkipVerify: true}", [("DR08", 1, 1)]),
    ("a.ts", "rejectUnauthorized: false,", [("DR08", 1, 1)]),
    ("a.sh", "curl -k https://x", [("DR08", 1, 1)]),
    ("a.sh", "curl --keepalive-time 3 https://x", []),
    ("a.py", NESTED, [("DR09", 7, 11)]),
    ("a.py", "for x in xs:\n    y = 1\n    cursor.execute(q, x)", [("DR10", 3, 3)]),
    ("a.py", "for x in xs:\n    y = 1\ncursor.execute(q, x)", []),
    ("a.ts", "for (const x of xs) {\n  await fetch(x)\n}", [("DR10", 2, 2)]),
    ("a.py", "try:\n    f()\nexcept OSError:\n    pass", [("DR11", 3, 4)]),
    ("a.py", "try:\n    f()\nexcept OSError: pass", [("DR11", 3, 3)]),
    ("a.py", "try:\n    f()\nexcept OSError:\n    log()", []),
    ("a.ts", "try { f() } catch (e) {}", [("DR11", 1, 1)]),
    ("a.ts", "} catch {\n}", [("DR11", 1, 2)]),
    ("a.go", "if err != nil {\n}", [("DR11", 1, 2)]),
])  # fmt: skip
def test_rules(path, text, expected):
    assert rules(added(text, path)) == expected


def test_lost_assertions():
    old = "\n".join(f"-    assert f({n})" for n in range(4))
    (diff,) = parse(f"--- a/test_a.py\n+++ b/test_a.py\n@@ -1,5 +1,2 @@\n def test():\n{old}\n+    assert f(9)\n")
    assert rules(ReviewedFile(diff, "def test():\n    assert f(9)\n")) == [("DR05", None, None)]


def test_much_source_without_a_test():
    text = "\n".join(f"x{n} = {n}" for n in range(30))
    assert rules(added(text)) == [("DR06", None, None)]
    assert rules(added(text), added("def test_x():\n    assert x1 == 1", "tests/test_a.py")) == []
    assert rules(added("\n".join(text.split("\n")[:29]))) == []


def test_a_suppression_that_was_there_before_is_not_new():
    (diff,) = parse("--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-import os  # noqa\n+import sys  # noqa\n")
    assert rules(ReviewedFile(diff, "import sys  # noqa\n")) == []
