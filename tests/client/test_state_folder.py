"""The folder `.asterism` of a working copy, where git versions the same files."""

import subprocess
from pathlib import Path

from asterism.client.workcopy.state import State
from tests.client.fake_server import FakeServer
from tests.client.test_round_trip import cloned, pushed
from tests.client.trees import build


def untracked(folder: Path) -> list[str]:
    """Return what git would add."""
    command = ["git", "ls-files", "--others", "--exclude-standard", "-z"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=True, text=True)
    return [name for name in done.stdout.split("\0") if name]


def test_git_does_not_see_the_state_folder(tmp_path: Path) -> None:
    server = FakeServer()
    build(tmp_path / "here", {"a": ("file", b"1", 0o644)})
    subprocess.run(["git", "init", "-q", tmp_path / "here"], check=True)
    pushed(server, tmp_path / "here", project="p")
    assert (tmp_path / "here" / ".asterism" / "config.json").exists()
    assert untracked(tmp_path / "here") == ["a"]
    cloned(server, "p", tmp_path / "there")
    subprocess.run(["git", "init", "-q", tmp_path / "there"], check=True)
    assert untracked(tmp_path / "there") == ["a"]


def test_what_stands_there_already_stays(tmp_path: Path) -> None:
    build(tmp_path, {".asterism": {".gitignore": ("file", b"stat\n", 0o644)}})
    with State(str(tmp_path)).locked():
        pass
    assert (tmp_path / ".asterism" / ".gitignore").read_bytes() == b"stat\n"
