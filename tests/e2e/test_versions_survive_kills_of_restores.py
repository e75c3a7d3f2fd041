"""SIGKILL of `asterism restore` and `asterism pull`: every file is old or new, and the next command finishes."""

import random
import subprocess
import time
from pathlib import Path

import pytest

from tests.client.trees import build, describe
from tests.support.commands import answer, run
from tests.support.process import ASTERISM, clean_environment, started

TRIALS = 4
FILES = 400
APPLYING_SECONDS = 0.02


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_killed_restore_or_pull_leaves_whole_files_and_is_finished_by_the_next(
    tmp_path: Path, signed_in: dict[str, str]
) -> None:
    work, chance = tmp_path / "work", random.Random(4)
    trees = two_versions(work, tmp_path, signed_in)
    home, cut_off = clean_environment(tmp_path, signed_in), 0
    whole_command = 1.0
    for trial in range(TRIALS):
        here, there = trees[1 - trial % 2][1], trees[trial % 2][1]
        verb = ["pull"] if trial % 2 else ["restore", trees[0][0]]  # the workspace's head is the second version
        assert describe(work) == here
        with started([*ASTERISM, *verb, "--json"], cwd=work, env=home, stdout=-3, stderr=-3) as process:
            if trial % 4 < 2:
                wait_for_journal(work, process)
                time.sleep(chance.uniform(0, APPLYING_SECONDS))
            else:
                time.sleep(chance.uniform(0, whole_command))
        cut_off += (work / ".asterism" / "journal.json").exists()
        seen = describe(work)
        for path in here.keys() | there.keys() | seen.keys():
            assert seen.get(path) in (here.get(path), there.get(path)), path
        began = time.monotonic()
        answer(run(tmp_path, signed_in, *verb, "--json", cwd=work))
        whole_command = time.monotonic() - began
        assert describe(work) == there
        assert answer(run(tmp_path, signed_in, "status", "--json", cwd=work))["clean"]
    assert cut_off, "none was killed while it changed the tree"


def two_versions(work: Path, home: Path, signed_in: dict[str, str]) -> list[tuple[str, dict[str, tuple]]]:
    """Push two trees that differ in every file, in folders and in links; return their snapshots and what they hold."""
    found = []
    for version in (b"old", b"new"):
        files = {f"f{n}": ("file", version * (n + 1), 0o644 if version == b"old" else 0o755) for n in range(FILES)}
        only = {version.decode(): {"inside": ("file", version, 0o644)}, "link": ("link", version.decode())}
        for gone in ("old/inside", "link"):
            (work / gone).unlink(missing_ok=True)
        if version == b"new":
            (work / "old").rmdir()
        build(work, {**files, **only})
        done = answer(run(home, signed_in, "push", str(work), "--json"))
        found.append((done["snapshot_id"], describe(work)))
    return found


def wait_for_journal(work: Path, process: "subprocess.Popen[bytes]") -> None:
    """Return as soon as a command begins to change the tree, or has ended."""
    while process.poll() is None and not (work / ".asterism" / "journal.json").exists():
        pass
