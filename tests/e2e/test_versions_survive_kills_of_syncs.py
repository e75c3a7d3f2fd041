"""SIGINT and SIGKILL of `asterism pull` and `asterism sync`: nobody's work is lost, and the next command finishes.

Interrupted, a command ends with the old tree or the new one. Killed, every file is old or new. A full disk is harmless.
"""

import resource
import signal
import subprocess
import time
from pathlib import Path

import pytest

from asterism.client import workspaces
from asterism.client.api import Api
from asterism.client.clone import clone
from asterism.client.http import Http
from asterism.client.join import by_path
from asterism.client.progress import Silent
from asterism.client.pull import pull
from asterism.client.push import Wish, push
from asterism.client.sync import Asked, sync
from asterism.client.workcopy.state import State
from tests.client.trees import build, describe
from tests.support.commands import run
from tests.support.process import ASTERISM, clean_environment, started

FILES = 300
TRIALS = 6
BIG = 3 << 20


class Place:
    """The folder `work` in the workspace `side`, and the folder that its new work comes from."""

    def __init__(self, top: Path, signed_in: dict[str, str], verb: str) -> None:
        self.top, self.environment, self.verb = top, signed_in, verb
        self.work, self.source = top / "work", top / "source"
        build(self.source, tree(0))
        with self.calls() as http:
            first = push(Api(http), str(self.source), Wish("demo"), progress=Silent(), threads=1)
            workspaces.create(Api(http), first.project.id, "side", first.snapshot.id)
            clone(Api(http), "demo:side", str(self.work), progress=Silent())
            if verb == "pull":
                clone(Api(http), "demo:side", str(top / "colleague"), progress=Silent())
                self.source = top / "colleague"

    def calls(self) -> Http:
        return Http(self.environment["ASTERISM_URL"], self.environment["ASTERISM_TOKEN"])

    def change(self, files: dict[str, tuple]) -> None:
        """Push other files from where new work comes from."""
        build(self.source, files)
        with self.calls() as http:
            push(Api(http), str(self.source), Wish(), progress=Silent(), threads=1)

    def finish(self) -> None:
        """Run the command again, to its end."""
        decide = by_path(None, (), ())
        with self.calls() as http:
            if self.verb == "pull":
                pull(Api(http), State(str(self.work)), decide, threads=1, progress=Silent())
            else:
                asked = Asked(lambda _: {}, decide)
                sync(Api(http), State(str(self.work)), asked, threads=1, progress=Silent())


def tree(version: int) -> dict[str, tuple]:
    return {f"f{number}": ("file", b"%d\n" % version * (number + 1), 0o644) for number in range(FILES)}


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("verb", ["pull", "sync"])
def test_a_command_that_is_ended_leaves_a_tree_and_is_finished_by_the_next(
    verb: str, tmp_path: Path, signed_in: dict[str, str]
) -> None:
    place = Place(tmp_path, signed_in, verb)
    whole = 1.0
    for trial in range(1, TRIALS + 1):
        place.change(tree(trial))
        own = b"own %d\n" % trial
        (place.work / "own").write_bytes(own)
        old = describe(place.work)
        new = {**old, **describe_files(tree(trial))}
        number = signal.SIGINT if trial % 2 else signal.SIGKILL
        began = time.monotonic()
        environment = clean_environment(tmp_path, signed_in)
        with started([*ASTERISM, verb, "--json"], cwd=place.work, env=environment, stdout=-3, stderr=-3) as process:
            wait(place.work, process, whole * trial / TRIALS, until_it_changes=trial % 4 < 2)
            process.send_signal(number)
            process.wait(60)
        whole = max(whole, time.monotonic() - began)
        seen = describe(place.work)
        assert seen.keys() == old.keys()
        assert [path for path in seen if seen[path] not in (old[path], new[path])] == []
        if number == signal.SIGINT:
            assert seen in (old, new)
        place.finish()
        assert describe(place.work) == new


def wait(work: Path, process: "subprocess.Popen[bytes]", seconds: float, *, until_it_changes: bool) -> None:
    """Return when the command begins to change the tree, or after a while, or when it has ended."""
    deadline = time.monotonic() + seconds
    while process.poll() is None and (until_it_changes or time.monotonic() < deadline):
        if until_it_changes and (work / ".asterism" / "journal.json").exists():
            return


def describe_files(files: dict[str, tuple]) -> dict[str, tuple]:
    return {path: ("file", mode, content) for path, (_, content, mode) in files.items()}


@pytest.mark.parametrize("verb", ["pull", "sync"])
def test_a_full_disk_changes_no_file(verb: str, tmp_path: Path, signed_in: dict[str, str]) -> None:
    place = Place(tmp_path, signed_in, verb)
    place.change({"big": ("file", bytes(BIG), 0o644), "f1": ("file", b"new\n", 0o644)})
    (place.work / "own").write_bytes(b"own\n")
    before = describe(place.work)
    limited = subprocess.run(
        [*ASTERISM, verb],
        cwd=place.work,
        env=clean_environment(tmp_path, signed_in),
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (BIG // 2, BIG // 2)),
    )
    assert limited.returncode == 1
    assert "File too large" in limited.stderr
    assert "Traceback" not in limited.stderr
    assert describe(place.work) == before
    assert run(tmp_path, signed_in, verb, cwd=place.work).returncode == 0
    after = describe(place.work)
    assert (after["big"][-1], after["f1"][-1], after["own"][-1]) == (bytes(BIG), b"new\n", b"own\n")
