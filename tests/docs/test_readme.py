"""The README's tour, run as it stands: its server in one shell, its commands in another, in an empty home folder."""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.architecture.source import ROOT
from tests.support.server import free_port

BLOCK = re.compile(r"^```sh (server|tour)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
PATIENCE = 400


def blocks(kind: str) -> str:
    """Return the commands of all blocks of a kind, one after the other."""
    return "".join(text for found, text in BLOCK.findall((ROOT / "README.md").read_text()) if found == kind)


def server_commands() -> str:
    """Return the commands that start the server; where dependencies have changed, without the set-up they ask for.

    Setting up needs a network, which tests do without; `make test` has just done it, so there this changes nothing.
    """
    commands = blocks("server")
    fresh = subprocess.run(["make", "--question", ".venv/.ready"], cwd=ROOT, capture_output=True, check=False)
    if fresh.returncode == 0:
        return commands
    return commands.replace("make setup\n", "").replace("make run", ".venv/bin/asterism serve")


def environment(home: Path, port: int) -> dict[str, str]:
    """Return what a newcomer's shell holds, with the server's port moved so that tests may run beside each other."""
    return {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "TMPDIR": str(home),
        "ASTERISM_PORT": str(port),
        "ASTERISM_URL": f"http://127.0.0.1:{port}",
        "GIT_CONFIG_NOSYSTEM": "1",
    }


@contextmanager
def shell(commands: str, env: dict[str, str]) -> "Iterator[subprocess.Popen[str]]":
    """Run commands in the repository, in a session of their own that is ended as a whole."""
    process = subprocess.Popen(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    with process:
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGTERM)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
def test_the_tour_works(tmp_path: Path) -> None:
    port, model, github = free_port(), free_port(), free_port()
    env = environment(tmp_path, port)
    with shell(server_commands().replace("11435", str(model)).replace("11437", str(github)), env) as server:
        wait_for_line(server, f"listening on http://127.0.0.1:{port}")
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", blocks("tour")],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the same, bit for bit" in done.stdout
    assert re.search(r"^! hello\.py$", done.stdout, re.MULTILINE)
    assert 'print("hello")\nprint("hello again")\n' in done.stdout
    assert "merged main: 0 files added, 1 updated, 0 deleted" in done.stderr
    assert re.search(r"^run\.py:3 +high ", done.stdout, re.MULTILINE)
    assert "What is in this project?" in done.stdout
    assert "-echo hello\n+echo hello again\n" in done.stdout
    assert "https://github.com/octo/demo/pull/2\n" in done.stdout
    assert "Traceback" not in done.stderr


def wait_for_line(process: "subprocess.Popen[str]", wanted: str) -> None:
    assert process.stdout
    seen = []
    for line in process.stdout:
        seen.append(line)
        if wanted in line:
            return
    raise AssertionError("".join(seen))
