"""The pins of what the server needs alone: all of it, nothing for development, the versions that are tested."""

import re
import tomllib

from tests.architecture.source import ROOT

PIN = re.compile(r"^([\w.-]+)==([^\s;\\]+)", re.MULTILINE)
HINT = "compile it anew: see `lock` in the Makefile, without --upgrade"


def pins(name: str) -> dict[str, str]:
    return dict(PIN.findall((ROOT / "requirements" / name).read_text()))


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[;<>=! ]", text)[0].lower().replace("_", "-") for text in requirements}


def test_what_runs_is_pinned_as_it_is_tested() -> None:
    tested = pins("all.txt")
    assert {name: tested.get(name) for name in pins("run.txt")} == pins("run.txt"), HINT


def test_what_runs_is_all_that_is_declared_and_nothing_for_development() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared, build, dev = project["dependencies"], *map(project["optional-dependencies"].get, ("build", "dev"))
    run = set(pins("run.txt"))
    assert names(declared) | names(build) <= run, HINT
    assert not (names(dev) - names(build) - names(declared)) & run - {"jsonschema", "websockets"}, HINT


def test_the_notices_name_what_runs() -> None:
    row = re.compile(r"^\| ([\w.-]+) \| (\d\S*) \| (?!\|)", re.MULTILINE)
    assert dict(row.findall((ROOT / "THIRD-PARTY-NOTICES.md").read_text())) == pins("run.txt"), "run `make notices`"
