"""`asterism review`: reports, exit codes, what goes where; in a process of its own, and in this one for speed."""

import json
from pathlib import Path

import jsonschema
import pytest

from asterism.base.errors import Invalid
from asterism.cli import review_report, review_run
from asterism.cli.review_run import Failed, Report, Wish
from tests.features.review.exports.sarif_schema import SARIF
from tests.features.review.findings.test_findings import issue
from tests.support.forks import ASTERISM, run
from tests.wire.local.reviewing import Checkout

BAD = "import os\n\n\ndef f(x=[]):\n    return x\n"


def asterism(folder: Path, *arguments: str, stdin: str | None = None, **environment: str):
    own = {"PATH": "/usr/bin:/bin:/usr/local/bin", "HOME": str(folder), **environment}
    return run([*ASTERISM, "review", *arguments], cwd=folder, text=True, input=stdin, env=own)


@pytest.fixture
def checkout(tmp_path):
    made = Checkout(tmp_path / "project")
    made.write("a.py", "x = 1\n")
    made.commit()
    return made


def test_the_report_goes_to_stdout_and_the_exit_code_says_how_it_ended(checkout):
    checkout.write("sub/b.py", BAD)
    done = asterism(checkout.root / "sub", "--fail-on", "medium")
    assert done.returncode == 1
    assert done.stderr == ""
    assert "\x1b" not in done.stdout
    assert "sub/b.py:4  medium   Mutable default argument  [ruff B006]" in done.stdout
    assert (checkout.root / ".stargazer").exists() is False
    done = asterism(checkout.root, "--fail-on", "high", "--format", "json")
    assert done.returncode == 0
    document = json.loads(done.stdout)
    assert [one["ruleId"] for one in document["issues"]] == ["B006", "F401"]
    (checkout.root / "base.json").write_text(done.stdout)
    done = asterism(checkout.root, "--baseline", "base.json", "--fail-on", "nit", "--format", "github")
    assert done.returncode == 0
    assert all(line.startswith("::notice file=sub/b.py,line=") for line in done.stdout.splitlines())
    assert "(known)" in done.stdout


def test_nothing_to_review_is_done(checkout):
    done = asterism(checkout.root, "--staged", "--format", "json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["issues"] == []


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--format", "nope"], 2), (["--fail-on", "nope"], 2), (["--staged", "--base", "main"], 2), (["--nope"], 2),
        (["--base", "no-such-ref"], 3), (["--diff", "no-such-file"], 3), (["--baseline", "no-such-file"], 3),
    ],
)  # fmt: skip
def test_how_it_fails(checkout, arguments, code):
    checkout.write("b.py", BAD)
    done = asterism(checkout.root, *arguments)
    assert done.returncode == code
    assert done.stdout == ""
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_outside_a_repository(tmp_path):
    done = asterism(tmp_path)
    assert (done.returncode, done.stdout) == (3, "")
    assert "not inside a git work tree" in done.stderr


def made(folder: Path, **wish):
    asked = Wish(folder=folder, **wish)
    return review_run.made(asked, review_run.checked(asked), None)


def test_base_staged_and_default(checkout):
    checkout.git("checkout", "-q", "-b", "topic")
    checkout.write("committed.py", BAD)
    checkout.commit()
    checkout.write("staged.py", BAD)
    checkout.git("add", "staged.py")
    checkout.write("loose.py", BAD)
    seen = {
        name: {one.file for one in made(checkout.root, **wish).issues}
        for name, wish in {"staged": {"staged": True}, "all": {}, "base": {"base": "main"}}.items()
    }
    assert seen == {
        "staged": {"staged.py"}, "all": {"staged.py", "loose.py"}, "base": {"committed.py", "staged.py", "loose.py"},
    }  # fmt: skip


def test_a_diff_needs_no_repository(tmp_path):
    lines = BAD.splitlines()
    diff = "--- /dev/null\n+++ b/a.py\n@@ -0,0 +1,5 @@\n" + "".join(f"+{line}\n" for line in lines)
    (tmp_path / "x.diff").write_text(diff)
    assert [one.rule_id for one in made(tmp_path, diff=str(tmp_path / "x.diff")).issues] == ["B006", "F401"]
    (tmp_path / "empty.diff").write_text("")
    assert made(tmp_path, diff=str(tmp_path / "empty.diff")).issues == ()
    (tmp_path / "prose.txt").write_text("hello\n")
    with pytest.raises(Invalid):
        made(tmp_path, diff=str(tmp_path / "prose.txt"))


def test_sarif_of_the_command_is_valid(checkout):
    checkout.write("b.py", BAD)
    report = made(checkout.root)
    jsonschema.Draft7Validator(SARIF).validate(json.loads(review_report.write("sarif", report, color=False)))


def test_terminal_and_workflow_escapes():
    nasty = issue(file="a\x1b[31m,b:c.py", title="100% \n done", rationale="one\ntwo")
    report = Report("Found.", (nasty,))
    assert "\x1b" not in review_report.write("pretty", report, color=False)
    assert "\x1b[" in review_report.write("pretty", report, color=True)
    command = review_report.write("github", report, color=False)
    assert command.count("\n") == 1
    assert "file=a\x1b[31m%2Cb%3Ac.py,line=1" in command
    assert "100%25" in command
    assert "one%0Atwo" in command


def test_a_broken_baseline(tmp_path):
    (tmp_path / "b.json").write_text("[]")
    with pytest.raises(Failed):
        review_run.fingerprints_of(tmp_path / "b.json")
