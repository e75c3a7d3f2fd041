"""Analyzers that run programs, on real programs: mapping, isolation, failures, SARIF in every shape."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from asterism.base.errors import Invalid
from asterism.features.review import analyzers
from asterism.features.review.analyzers import commands, rule_map, sarif
from asterism.features.review.analyzers.models import OUTPUT, AnalyzerFailed
from asterism.features.review.analyzers.placement import copy_names
from asterism.features.review.findings import Issue, Lens, ReviewedFile, Severity
from asterism.vcs.unified import parse


def added(text: str, path: str = "a.py") -> ReviewedFile:
    lines = text.split("\n")[:-1]
    body = "".join(f"+{line}\n" for line in lines)
    return ReviewedFile(parse(f"--- /dev/null\n+++ b/{path}\n@@ -0,0 +1,{len(lines)} @@\n{body}")[0], text)


def run(names: str, *files: ReviewedFile, project: analyzers.Project | None = None, commands_file: Path | None = None):
    found: list[analyzers.Finding] = []

    async def report(_name, findings):
        found.extend(findings)

    async def work():
        tools = analyzers.ToolRunner()
        try:
            async with analyzers.prepared(files, project or analyzers.Project(), tools) as job:
                return await analyzers.run_all(analyzers.chosen(names, commands_file), job, report)
        finally:
            tools.close()

    statuses = asyncio.run(work())
    return found, {one.id: (one.status, one.detail) for one in statuses}


@pytest.mark.parametrize(("code", "place"), [
    (None, "correctness blocker 0.99"), ("E902", "correctness blocker 0.99"), ("F821", "correctness high 0.95"),
    ("F632", "correctness high 0.9"), ("F811", "correctness medium 0.85"), ("F401", "simplicity low 0.9"),
    ("PLE0101", "correctness high 0.95"), ("PLW0602", "correctness medium 0.8"), ("C901", "simplicity low 0.75"),
    ("B007", "simplicity low 0.8"), ("B006", "correctness medium 0.85"), ("BLE001", "simplicity low 0.7"),
    ("ASYNC100", "correctness medium 0.8"), ("ASYNC251", "performance medium 0.85"), ("C416", "performance low 0.8"),
    ("DTZ003", "correctness low 0.8"), ("G004", "correctness low 0.8"), ("RUF006", "correctness medium 0.8"),
    ("RUF100", "simplicity low 0.7"), ("T100", "correctness high 0.95"), ("T201", "simplicity nit 0.6"),
    ("PT011", "tests low 0.8"), ("FURB101", "simplicity low 0.7"), ("D100", "simplicity nit 0.6"),
    ("PTH100", "simplicity nit 0.6"), ("ERA001", "simplicity nit 0.6"), ("S608", "security medium 0.7"),
])  # fmt: skip
def test_where_ruff_rules_belong(code, place):
    found = rule_map.ruff(code, in_test=False)
    assert f"{found.lens.value} {found.severity.value} {found.confidence:g}" == place


@pytest.mark.parametrize(("rule", "severity", "confidence", "in_test", "expected"), [
    ("B602", "LOW", "HIGH", False, "high"), ("B602", "LOW", "MEDIUM", False, "low"),
    ("B506", "MEDIUM", "LOW", False, "high"),
    ("B101", "LOW", "HIGH", False, "nit"), ("B101", "LOW", "HIGH", True, None), ("B404", "LOW", "HIGH", False, "nit"),
    ("B105", "LOW", "MEDIUM", False, "medium"), ("B105", "LOW", "MEDIUM", True, "low"),
    ("B608", "MEDIUM", "LOW", False, "medium"), ("B404", "LOW", "HIGH", True, "nit"),
])  # fmt: skip
def test_where_bandit_results_belong(rule, severity, confidence, in_test, expected):
    place = rule_map.bandit(rule, severity, confidence, in_test=in_test)
    assert (None if place is None else place.severity.value) == expected


def test_the_projects_configuration_hides_no_defect(tmp_path):
    (tmp_path / "ruff.toml").write_text('lint.select = []\nexclude = ["*"]\n')
    (tmp_path / ".bandit").write_text("[bandit]\nskips = B307\n")
    (tmp_path / ".shellcheckrc").write_text("disable=all\n")
    os.chmod(tmp_path, 0o755)
    files = (added("import os\nx = eval(input())\ny = nowhere\n"), added("#!/bin/bash\nrm -rf $1/*\n", "b.sh"))
    found, statuses = run("ruff,bandit,shellcheck", *files, project=analyzers.Project(tmp_path))
    assert {one.rule_id for one in found} >= {"F821", "B307", "SC2115"}
    assert {status for status, _ in statuses.values()} == {"ok"}


def test_only_plain_sources_share_a_folder():
    paths = ("a/x.py", "b/x.py", "c/X.py", "y.py", "a/__init__.py", "b/__init__.py", ".shellcheckrc", "s.sh", "../-.py")
    assert list(copy_names(paths)) == [
        ("p1", "x.py"), ("p2", "x.py"), ("p3", "X.py"), ("p1", "y.py"), ("f5", "__init__.py"), ("f6", "__init__.py"),
        ("f7", ".shellcheckrc"), ("f8", "s.sh"), ("p1", "file.py"),
    ]  # fmt: skip


CR_IN_LINES = {
    "every line ends in CR CR LF": "".join(f"v{n} = {n}\r\r\n" for n in range(1, 30)) + "v30 = nowhere\r\r\n",
    "CR in a string": '"""progress\rbar\rtext\r"""\n' + "x = 1\n" * 28 + "y = nowhere\n",
    "CR in a comment": "# a\r# b\n" + "x = 1\n" * 28 + "y = nowhere\n",
    "CR LF": "x = 1\r\n" * 29 + "y = nowhere\r\n",
    "CR alone between statements": "x = 1\ry = 2\n" + "x = 1\n" * 28 + "y = nowhere\n",
    "form feeds and separators": "x = '\x0c\x1c\x85\u2028'\n" + "x = 1\n" * 28 + "y = nowhere\n",
}


@pytest.mark.parametrize("text", CR_IN_LINES.values(), ids=CR_IN_LINES)
def test_a_tools_line_is_gits_line(text):
    found, _ = run("ruff,bandit", added(text.replace("nowhere", "eval(nowhere)")))
    assert {(one.rule_id, one.start, one.end) for one in found if one.rule_id in {"F821", "B307"}} == {
        ("F821", 30, 30), ("B307", 30, 30),
    }  # fmt: skip


def test_a_report_that_is_broken_is_named_and_the_others_count(tmp_path):
    folder = tmp_path / ".stargazer/sarif"
    folder.mkdir(parents=True)
    (tmp_path / "src").mkdir()
    (tmp_path / "src/a b.ts").write_text("eval(x)\n")
    (folder / "a.sarif").write_text("{not json")
    (folder / "b.sarif").write_text(document(result()))
    (folder / "c.sarif").write_text('{"runs": 1}')
    os.mkfifo(folder / "d.sarif")
    for name, size in (("e.sarif", 10 << 20), ("f.sarif", (10 << 20) + 1)):
        (folder / name).touch()
        os.truncate(folder / name, size)
    found, statuses = run("sarif", added("eval(x)\n", "src/a b.ts"), project=analyzers.Project(tmp_path))
    words = "a.sarif is not JSON, c.sarif is not SARIF, e.sarif is not JSON, f.sarif is larger than 10 MiB"
    assert statuses["sarif"] == ("ok", f"left out: {words}")
    assert len(found) == 1


def test_a_syntax_error_and_a_safe_fix():
    found, _ = run(
        "ruff", added("def f(:\n"), added("try:\n    a = 1\nexcept (OSError, OSError):\n    a = 2\n", "b.py")
    )
    assert next((one.severity, one.rule_id) for one in found if one.file == "a.py") == ("blocker", "invalid-syntax")
    fixed = next(one for one in found if one.rule_id == "B014")
    assert fixed.patch is None or fixed.patch.startswith("--- a/b.py\n+++ b/b.py\n@@ ")


def test_suppressions_are_honoured_and_hostile_names_are_no_paths():
    found, _ = run(
        "ruff,bandit",
        added("import os  # noqa: F401\n", "../../x.py"),
        added("x = eval(y)  # nosec # noqa\n", "-rf .py"),
    )
    assert found == []


@pytest.mark.parametrize(("path", "text", "expected"), [
    ("a.ts", "export function f(a: number {\n  return a;\n}\n", [1]), ("a.ts", "export const a: number = 1;\n", []),
    ("a.tsx", "export const A = () => <div>{x}</div>;\n", []), ("a.go", "package a\n\nfunc f( {\n}\n", [3]),
    ("a.js", "const a = {b: 1;\n", [1]), ("a.txt", "function f(\n", []),
])  # fmt: skip
def test_syntax(path, text, expected):
    found, _ = run("syntax", added(text, path))
    assert [one.start for one in found] == expected


def test_what_did_not_parse_before_is_not_the_changes_fault():
    (diff,) = parse("--- a/a.js\n+++ b/a.js\n@@ -1,2 +1,2 @@\n function f( {\n-a\n+b\n")
    found, _ = run("syntax", ReviewedFile(diff, "function f( {\nb\n"))
    assert found == []


def document(*results, rules=(), tool="eslint", **run_facts):
    driver = {"name": tool, "rules": list(rules)}
    return json.dumps(
        {"version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": list(results), **run_facts}]}
    )


def result(**changes):
    base = {
        "ruleId": "no-eval", "level": "error", "message": {"text": "Do not use eval. It is unsafe."},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": "src/a%20b.ts"}, "region": {"startLine": 1}}}],
    }  # fmt: skip
    return base | changes


def read(text: str, fresh: bool = True, root: str = "/project"):
    files = {"src/a b.ts": added("eval(x)\ny()\n", "src/a b.ts")}
    return sarif.parse(text.encode(), "x", root=Path(root), files=files, fresh=lambda _file: fresh)


@pytest.mark.parametrize(("changes", "expected"), [
    ({}, ("high", "correctness", 0.70)), ({"level": "note"}, ("low", "correctness", 0.70)),
    ({"level": None}, ("medium", "correctness", 0.70)), ({"rank": 55.0}, ("high", "correctness", 0.55)),
    ({"properties": {"security-severity": "9.1"}}, ("blocker", "security", 0.70)),
    ({"properties": {"security-severity": "5"}}, ("medium", "security", 0.70)),
    ({"ruleId": "performance/no-loop"}, ("high", "performance", 0.70)),
    ({"ruleId": "style/quotes"}, ("high", "simplicity", 0.70)),
    ({"suppressions": [{"kind": "inSource"}]}, None),
    ({"suppressions": [{"status": "rejected"}]}, ("high", "correctness", 0.70)),
    ({"baselineState": "unchanged"}, None), ({"kind": "pass"}, None), ({"locations": []}, None),
    ({"locations": [{"physicalLocation": {"artifactLocation": {"uri": "../../etc/passwd"}}}]}, None),
    ({"locations": [{"physicalLocation": {"artifactLocation": {"uri": "file:///elsewhere/src/a b.ts"}}}]}, None),
])  # fmt: skip
def test_sarif_results(changes, expected):
    found = read(document(result(**changes)))
    assert [(one.severity, one.lens, one.confidence) for one in found] == ([] if expected is None else [expected])


def test_sarif_texts_rules_and_staleness():
    (one,) = read(document(result()))
    assert (one.source, one.title, one.rule_id, one.dropped) == ("sarif:eslint", "Do not use eval", "no-eval", None)
    assert read(document(result()), fresh=False)[0].dropped == "unsupported"
    region = {"startLine": 1, "snippet": {"text": "eval(x)"}}
    place = {"artifactLocation": {"uri": "src/a%20b.ts"}, "region": region}
    assert read(document(result(locations=[{"physicalLocation": place}])), fresh=False)[0].dropped is None
    region["snippet"] = {"text": "something else"}
    assert read(document(result(locations=[{"physicalLocation": place}])))[0].dropped == "unsupported"
    rules = [{"id": "no-eval", "messageStrings": {"default": {"text": "Found {0}."}},
              "properties": {"precision": "high", "tags": ["security"]}}]  # fmt: skip
    (one,) = read(document(result(message={"arguments": ["eval"]}), rules=rules))
    assert (one.message, one.lens, one.confidence) == ("Found eval.", "security", 0.85)
    (one,) = read(document(result(ruleId="B006"), tool="ruff"))
    assert (one.severity, one.confidence) == ("medium", 0.85)


def test_a_sarif_fix_becomes_a_patch():
    fix = {"artifactChanges": [{"replacements": [{
        "deletedRegion": {"startLine": 1, "startColumn": 1, "endColumn": 5}, "insertedContent": {"text": "parse"},
    }]}]}  # fmt: skip
    (one,) = read(document(result(fixes=[fix])))
    assert one.patch is not None
    assert "-eval(x)\n+parse(x)\n" in one.patch


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"runs": 1}', "nonsense"])
def test_what_is_no_sarif(text):
    with pytest.raises(analyzers.AnalyzerFailed):
        read(text)


def test_sarif_files_of_a_project(tmp_path):
    (tmp_path / ".stargazer/sarif").mkdir(parents=True)
    (tmp_path / "src").mkdir()
    (tmp_path / "src/a b.ts").write_text("eval(x)\n")
    (tmp_path / ".stargazer/sarif/x.sarif").write_text(document(result()))
    found, statuses = run("sarif", added("eval(x)\n", "src/a b.ts"), project=analyzers.Project(tmp_path))
    assert [one.rule_id for one in found] == ["no-eval"]
    (tmp_path / ".stargazer/sarif/y.sarif").write_text("{")
    _, statuses = run("sarif", added("eval(x)\n", "src/a b.ts"), project=analyzers.Project(tmp_path))
    assert statuses["sarif"] == ("ok", "left out: y.sarif is not JSON")
    (tmp_path / ".stargazer/sarif/x.sarif").unlink()
    _, statuses = run("sarif", added("eval(x)\n", "src/a b.ts"), project=analyzers.Project(tmp_path))
    assert statuses["sarif"] == ("failed", "y.sarif is not JSON")


def test_a_program_gets_so_much_memory_and_no_more(tmp_path):
    def outcome(size: int):
        async def work():
            tools = analyzers.ToolRunner()
            try:
                return await tools([sys.executable, "-c", f"bytearray({size})"], tmp_path, 60)
            finally:
                tools.close()

        return asyncio.run(work())

    assert outcome(1 << 20).ok
    refused = outcome(2 << 30)
    assert not refused.ok
    assert b"MemoryError" in refused.stderr


def test_commands_run_only_where_they_may(tmp_path):
    script = tmp_path / "tool.py"
    script.write_text(
        "import json, sys\n"
        "place = {'artifactLocation': {'uri': sys.argv[1]}, 'region': {'startLine': 1}}\n"
        "one = {'ruleId': 'r', 'message': {'text': 'Bad.'}, 'locations': [{'physicalLocation': place}]}\n"
        "print(json.dumps({'version': '2.1.0', 'runs': [{'tool': {'driver': {'name': 'mine'}}, 'results': [one]}]}))\n"
    )
    declared = tmp_path / "commands.json"
    entry = {"id": "mine", "argv": ["python3", str(script), "{files}"], "globs": ["*.ts"], "lens": "tests"}
    declared.write_text(json.dumps({"commands": [entry]}))
    file = added("x\n", "src/a.ts")
    allowed = analyzers.Project(tmp_path, run_commands=True)
    found, statuses = run("", file, project=allowed, commands_file=declared)
    assert [(one.source, one.lens) for one in found] == [("sarif:mine", Lens.TESTS)]
    assert statuses == {"mine": ("ok", None)}
    _, statuses = run("", file, project=analyzers.Project(tmp_path), commands_file=declared)
    assert statuses == {"mine": ("skipped", "runCommands not granted")}
    _, statuses = run(
        "", file, project=analyzers.Project(tmp_path, staged=True, run_commands=True), commands_file=declared
    )
    assert statuses["mine"][0] == "skipped"
    _, statuses = run("", added("x\n"), project=allowed, commands_file=declared)
    assert statuses == {"mine": ("skipped", "nothing to check")}
    script.write_text("raise SystemExit(3)\n")
    _, statuses = run("", file, project=allowed, commands_file=declared)
    assert statuses == {"mine": ("failed", "wrote nothing (status 3)")}
    declared.write_text("{}")
    with pytest.raises(Invalid):
        commands.load(declared)


def test_an_unknown_analyzer_is_refused():
    with pytest.raises(Invalid):
        analyzers.chosen("ruff,nope")
    assert analyzers.chosen("") == []


def test_placing_masks_and_drops():
    secret = "AKIA" + "Q3T7XZ9LMN2PVB4R"
    file = added(f'KEY = "{secret}"\n')
    found, _ = run("secrets", file)
    issue = analyzers.place(found[0], file, "2026-02-04T12:00:00.000Z")
    assert isinstance(issue, Issue)
    assert issue.severity is Severity.BLOCKER
    assert secret not in str(issue)
    assert issue.evidence[0].excerpt == 'KEY = "AKIA\u2026[masked]"'


def test_a_program_says_so_much_at_most(tmp_path: Path) -> None:
    async def work(count: int) -> int:
        tools = analyzers.ToolRunner()
        try:
            return len((await tools(["head", "-c", str(count), "/dev/zero"], tmp_path, 60)).stdout)
        finally:
            tools.close()

    assert asyncio.run(work(OUTPUT)) == OUTPUT
    with pytest.raises(AnalyzerFailed, match="wrote more than 20 MiB"):
        asyncio.run(work(OUTPUT + 1))
