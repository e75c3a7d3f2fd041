"""One program, run to its end: bounds hold, the environment is what was said, nothing is left running."""

import os
import select
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from asterism.kernel.sandbox import Ending, Outcome
from asterism.kernel.sandbox.process import _told_by_thread, absolute_path, run_bounded
from tests.support.facts import until
from tests.support.process import started


def run(script: str, folder: Path, **options: Any) -> Outcome:
    defaults: dict[str, Any] = {"env": {"PATH": os.defpath}, "timeout": 60.0, "max_output": 20 << 20}
    return run_bounded(("/bin/sh", "-c", script), cwd=folder, **(defaults | options))


def test_output_status_and_standard_input_come_through(tmp_path: Path) -> None:
    outcome = run("cat; echo err >&2; exit 3", tmp_path, stdin=b"hello")
    assert (outcome.ending, outcome.returncode, outcome.ok) == (Ending.EXITED, 3, False)
    assert (outcome.stdout, outcome.stderr) == (b"hello", b"err\n")


def test_large_input_and_output_do_not_block(tmp_path: Path) -> None:
    data = os.urandom(3 << 20)
    assert run("cat", tmp_path, stdin=data).stdout == data


def test_input_that_is_not_read_is_no_error(tmp_path: Path) -> None:
    assert run("true", tmp_path, stdin=b"x" * (1 << 20)).ok


def test_the_environment_is_what_the_caller_says(tmp_path: Path) -> None:
    os.environ["ASTERISM_TEST_LEAK"] = "leaked"
    try:
        outcome = run("env", tmp_path, env={"GIVEN": "yes", "PATH": os.defpath})
    finally:
        del os.environ["ASTERISM_TEST_LEAK"]
    names = {line.split(b"=")[0] for line in outcome.stdout.splitlines()}
    assert b"GIVEN" in names
    assert b"ASTERISM_TEST_LEAK" not in names


@pytest.mark.parametrize("script", ["echo begun; exec sleep 600", "echo begun; exec sleep 600 >&- 2>&-"])
def test_time_is_bounded_for_a_program_that_closes_its_output_too(script: str, tmp_path: Path) -> None:
    outcome = run(script, tmp_path, timeout=0.3)
    assert (outcome.ending, outcome.stdout) == (Ending.TIMED_OUT, b"begun\n")


def test_output_is_bounded(tmp_path: Path) -> None:
    outcome = run("yes", tmp_path, max_output=100_000)
    assert (outcome.ending, len(outcome.stdout)) == (Ending.TOO_MUCH_OUTPUT, 100_000)
    assert run("head -c 100000 /dev/zero", tmp_path, max_output=100_000).ok
    outcome = run("head -c 100001 /dev/zero", tmp_path, max_output=100_000)
    assert outcome.ending is Ending.TOO_MUCH_OUTPUT


def test_standard_error_is_kept_in_part(tmp_path: Path) -> None:
    outcome = run("yes | head -c 1000000 >&2; echo done", tmp_path)
    assert (outcome.stdout, len(outcome.stderr)) == (b"done\n", 1 << 16)


def test_memory_is_bounded(tmp_path: Path) -> None:
    script = f"exec {sys.executable} -c 'x = bytearray(1 << 30); print(len(x))'"
    assert run(script, tmp_path, memory=512 << 20).returncode != 0
    assert run(script, tmp_path).ok


@pytest.mark.parametrize(
    ("then", "ending", "own_session"), [("echo on", Ending.EXITED, False), ("wait", Ending.TIMED_OUT, True)]
)
def test_children_do_not_outlive_the_program(then: str, ending: Ending, own_session: bool, tmp_path: Path) -> None:
    with _held_open(tmp_path) as pipe:
        script = f"exec 9>{pipe}; sleep 600 & {then}"
        assert run(script, tmp_path, timeout=2.0, own_session=own_session).ending is ending


@contextmanager
def _held_open(folder: Path) -> Iterator[Path]:
    """Make a pipe; at the end, wait until every process that opened it for writing is gone."""
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        yield pipe
        until(lambda: _is_at_its_end(reading))
    finally:
        os.close(reading)


def _is_at_its_end(pipe: int) -> bool:
    try:
        return os.read(pipe, 1) == b""
    except BlockingIOError:
        return False


@pytest.mark.parametrize("script", ["exec sleep 600", "exec sleep 600 >&- 2>&-"])
def test_a_run_can_be_cancelled(script: str, tmp_path: Path) -> None:
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    assert run(script, tmp_path, cancelled=stop.is_set).ending is Ending.CANCELLED


def test_a_thread_tells_the_end_where_the_system_does_not() -> None:
    with started(["cat"], stdin=subprocess.PIPE) as process:
        watch = _told_by_thread(process)
        assert select.select([watch], [], [], 0) == ([], [], [])
        assert process.stdin is not None
        process.stdin.close()
        assert select.select([watch], [], [], 60)[0] == [watch]
        os.close(watch)


def test_a_program_that_cannot_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        run_bounded(["no-such-program"], cwd=tmp_path, env={}, timeout=1, max_output=1)


def test_no_program_is_found_in_the_folder_of_work() -> None:
    assert absolute_path("/usr/bin:.::tools:/bin") == "/usr/bin:/bin"
