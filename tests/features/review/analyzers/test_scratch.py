"""Copies of source never outlive their process for longer than until the next start."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from asterism.features.review.analyzers import Scratch
from tests.support.process import started

WORKER = """
import sys, time
from pathlib import Path
from asterism.features.review.analyzers import Scratch
with Scratch(Path(sys.argv[1])).folder() as folder:
    (folder / "secret.py").write_text("x = 1")
    print(folder, flush=True)
    sys.stdin.read()
"""


@contextmanager
def working(shared: Path) -> Iterator[tuple["subprocess.Popen[str]", Path]]:
    command = [sys.executable, "-c", WORKER, str(shared)]
    with started(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process, Path(process.stdout.readline().strip())


def test_copies_of_a_killed_process_are_swept_and_those_of_a_living_one_are_not(tmp_path):
    with working(tmp_path / "reviews") as (dead, left), working(tmp_path / "reviews") as (alive, used):
        os.kill(dead.pid, signal.SIGKILL)
        dead.wait(30)
        assert (left / "secret.py").exists()
        scratch = Scratch(tmp_path / "reviews")
        scratch.open()
        assert not left.exists()
        assert (used / "secret.py").exists()
        alive.communicate("", timeout=30)
        assert not used.exists()
        scratch.close()


def test_folders_are_private_and_go_with_their_use(tmp_path):
    scratch = Scratch(tmp_path / "reviews")
    with scratch.folder() as folder:
        assert folder.is_relative_to(tmp_path / "reviews")
        assert {path.stat().st_mode & 0o777 for path in (folder, folder.parent, folder.parent.parent)} == {0o700}
        (folder / "a").mkdir()
    assert not folder.exists()
    scratch.close()
    assert [path.name for path in (tmp_path / "reviews").iterdir()] == [".lock"]


def test_a_link_in_the_place_of_the_lock_is_refused(tmp_path):
    (tmp_path / "reviews").mkdir()
    (tmp_path / "reviews/.lock").symlink_to(tmp_path / "other")
    with pytest.raises(OSError, match="symbolic links"):
        Scratch(tmp_path / "reviews").open()
    assert not (tmp_path / "other").exists()
