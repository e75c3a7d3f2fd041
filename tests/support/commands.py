"""Running client commands as a person would, and reading what they print."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support.process import asterism


def run(
    home: Path, environment: Mapping[str, str], *arguments: str, cwd: Path | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end; whatever comes of it, it shows no traceback and no token."""
    done = asterism(*arguments, home=home, extra=environment, cwd=cwd)
    assert "Traceback" not in done.stdout + done.stderr
    token = environment.get("ASTERISM_TOKEN")
    assert not token or token not in done.stdout + done.stderr
    return done


def answer(done: "subprocess.CompletedProcess[str]", code: int = 0) -> dict[str, Any]:
    """Return the one object that a command printed; fails unless it exited with `code`."""
    assert done.returncode == code, done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found
