"""What brings Asterism to other places holds true: files that are copied exist, settings and options are real ones."""

import re
import shlex
import subprocess
import sysconfig
from fnmatch import fnmatch
from pathlib import Path

import pytest
import typer
import yaml

from asterism.cli import review
from asterism.server.settings import Settings
from tests.architecture.source import ROOT
from tests.support.checkouts import git, make_repository, write
from tests.support.process import clean_environment

PLACES = ["Dockerfile", "compose.yaml", "action.yml", "packaging/asterism.service", ".pre-commit-hooks.yaml"]
BAD = "def add(item, to=[]):\n    to.append(item)\n    return to\n"


@pytest.mark.parametrize("place", PLACES)
def test_settings_that_are_named_are_settings(place: str) -> None:
    named = set(re.findall(r"\bASTERISM_([A-Z_]+)\b", (ROOT / place).read_text()))
    assert named - {name.upper() for name in Settings.__struct_fields__} == set()


def test_what_the_image_copies_is_there_and_not_left_out() -> None:
    copied = [line.split()[1:-1] for line in (ROOT / "Dockerfile").read_text().splitlines() if line.startswith("COPY ")]
    sources = [name for names in copied for name in names if not name.startswith("--") and not name.startswith("/")]
    let_in = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert len(sources) > 4
    for name in sources:
        assert (ROOT / name).exists()
        assert any(fnmatch(name, pattern) for pattern in let_in), name


def test_compose_waits_for_the_database_and_keeps_the_data() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    assert services["asterism"]["depends_on"]["database"]["condition"] == "service_healthy"
    assert services["asterism"]["volumes"] == ["data:/data"]
    here, store = services["asterism"]["environment"], services["store"]
    assert store["environment"]["ROOT_ACCESS_KEY"] == here["AWS_ACCESS_KEY_ID"]
    assert store["environment"]["ROOT_SECRET_KEY"] == here["AWS_SECRET_ACCESS_KEY"]
    assert f"mkdir -p /content/{here['ASTERISM_OBJECT_STORE'].split('/')[2]} " in store["entrypoint"][-1]
    assert store["volumes"] == ["content:/content"]
    assert all(port.startswith("127.0.0.1:") for port in services["asterism"]["ports"])


def test_the_hook_calls_a_review_that_exists() -> None:
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    program, verb, *options = shlex.split(hook["entry"])
    known = {name for parameter in typer.main.get_command(review.app).params for name in parameter.opts}
    assert (program, verb) == ("asterism", "review")
    assert {option for option in options if option.startswith("--")} <= known


def test_the_action_annotates_lines_and_fails_from_the_severity_that_is_wanted(tmp_path: Path) -> None:
    checkout = make_repository(tmp_path / "checkout", {"a.py": "x = 1\n"})
    git(checkout, "checkout", "-q", "-b", "change")
    write(checkout, {"b.py": BAD})
    git(checkout, "add", "-A")
    git(checkout, "commit", "-q", "-m", "second")
    programs = tmp_path / "asterism" / "bin"  # where the step before installs it
    programs.mkdir(parents=True)
    (programs / "asterism").symlink_to(Path(sysconfig.get_path("scripts")) / "asterism")
    [step] = [
        one for one in yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"] if one["name"] == "Review"
    ]
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", step["run"]],
        cwd=checkout,
        env=clean_environment(
            tmp_path, {"RUNNER_TEMP": str(tmp_path), "BASE": "main", "FAIL_ON": "medium", "MODEL": "false"}
        ),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert re.search(r"^::warning file=b\.py,line=1,.*Mutable default argument", done.stdout, re.MULTILINE), done.stdout
