"""Which checks a project goes through, its patch, and what its agent is told. Pure."""

import json

import pytest

from asterism.features.operations.action_runs import prompts
from asterism.features.operations.action_runs.checks import plan_checks
from asterism.features.operations.action_runs.models import Check
from asterism.features.operations.action_runs.patches import patch_text
from asterism.features.operations.action_runs.work import summary_of
from asterism.features.operations.detection import Source, detect
from asterism.vcs.diff import Change
from asterism.vcs.manifest import Entry
from tests.support.trees import Tree, name_of


def planned(tree: dict[str, str], root: str = "") -> list[tuple[str, str]]:
    files = {path: text.encode() for path, text in tree.items()}
    source = Source({path: len(data) for path, data in files.items()}, files.get, root)
    needs = detect(source).requirements
    return [(one.kind, one.command) for one in plan_checks(source, needs)]


def package(**members: object) -> str:
    return json.dumps(members)


BUILD = {"build": "vite build", "test": "vitest run"}


@pytest.mark.parametrize(
    ("tree", "checks"),
    [
        ({"package.json": package(scripts={"test": "node t.js"})}, [("test", "npm run test")]),
        (
            {"package.json": package(scripts=BUILD, dependencies={"vite": "1"}), "package-lock.json": "{}"},
            [("install", "npm ci"), ("build", "npm run build"), ("test", "npm run test")],
        ),
        (
            {"package.json": package(scripts={"type-check": "tsc", "unit": "x"}), "pnpm-lock.yaml": ""},
            [
                ("install", "pnpm install --frozen-lockfile"),
                ("typecheck", "pnpm run type-check"),
                ("test", "pnpm run unit"),
            ],
        ),
        ({"package.json": package(scripts={"test": 'echo "Error: no test specified" && exit 1'})}, []),
        ({"package.json": package(scripts={"compile": "a", "build": "b", "start": "c"})}, [("build", "npm run build")]),
        ({"package.json": "not json"}, []),
        ({"main.py": "import flask", "requirements.txt": "flask\n"}, [("install", PIP := "python3 -m venv .venv")]),
        ({"main.py": "import os\n", "pytest.ini": "[pytest]\n"}, [("test", "python3 -m pytest")]),
        (
            {"pyproject.toml": '[project]\nname="a"\n[dependency-groups]\ndev=["pytest"]\n', "uv.lock": ""},
            [("install", "uv sync --frozen"), ("test", "uv run python -m pytest")],
        ),
        ({"index.html": "<p>hi"}, []),
    ],
)
def test_only_what_a_project_has_is_run(tree: dict[str, str], checks: list[tuple[str, str]]) -> None:
    found = [(kind, PIP if command.startswith(PIP) else command) for kind, command in planned(tree)]
    assert found == checks


def test_a_lock_file_at_the_top_installs_there() -> None:
    files = {"web/package.json": package(scripts={"build": "x"}), "package.json": "{}", "yarn.lock": ""}
    source = Source({path: len(text) for path, text in files.items()}, lambda path: files[path].encode(), "web")
    install, build = plan_checks(source, detect(source).requirements)
    assert (install.kind, install.top, build.top) == ("install", True, False)


def entry(path: str, content: bytes, mode: int = 0o644) -> Entry:
    return Entry(type="file", path=path, hash=name_of(content), size=len(content), mode=mode)


def test_every_changed_file_is_named_in_the_patch() -> None:
    old: Tree = {"a.txt": b"one\ntwo\n", "b.bin": b"\0one", "gone": b"x\n", "run.sh": b"x\n"}
    new: Tree = {"a.txt": b"one\n2\n", "b.bin": b"\0two", "new.txt": b"hi", "run.sh": b"x\n"}
    contents = {name_of(data): data for data in (*old.values(), *new.values())}
    changes = [
        Change("a.txt", "modified", entry("a.txt", old["a.txt"]), entry("a.txt", new["a.txt"])),
        Change("b.bin", "modified", entry("b.bin", old["b.bin"]), entry("b.bin", new["b.bin"])),
        Change("gone", "deleted", entry("gone", old["gone"]), None),
        Change("new.txt", "added", None, entry("new.txt", new["new.txt"], 0o755)),
        Change("run.sh", "mode", entry("run.sh", b"x\n"), entry("run.sh", b"x\n", 0o755)),
    ]
    text = patch_text(changes, lambda names: {name: contents[name] for name in names})
    assert [line for line in text.split("\n") if line.startswith("+++ ")] == [
        "+++ b/a.txt", "+++ b/b.bin", "+++ /dev/null", "+++ b/new.txt", "+++ b/run.sh",
    ]  # fmt: skip
    assert "-two\n+2\n" in text
    assert "Binary files a/b.bin and b/b.bin differ" in text
    assert "new file mode 100755" in text
    assert "old mode 100644\nnew mode 100755" in text
    assert "\\ No newline at end of file" in text


def test_a_later_attempt_is_told_what_failed() -> None:
    failing = Check("test", "npm run test", success=False, output="x" * 20_000 + "the end")
    told = prompts.later_prompt("Mend it.", "`npm run test` failed.", (Check("build", "b", success=True), failing))
    assert told.startswith("Mend it.")
    assert "`npm run test` failed" in told
    assert told.endswith("the end")
    assert told.count("x") < 12_100
    assert "changed nothing" in prompts.later_prompt("Mend it.", "The agent changed nothing.", ())


def test_a_summary_is_three_lines() -> None:
    assert summary_of("# Done\n\none\n two \nthree") == "# Done\none\ntwo"
    assert len(summary_of("y" * 5_000)) == 800
