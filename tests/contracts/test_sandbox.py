"""The contract of every sandbox: bounds hold, the environment is clean, nothing is left running."""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from asterism.kernel.sandbox import (
    BubblewrapSandbox,
    Command,
    Ending,
    MemorySandbox,
    PlainSandbox,
    ProgramMissing,
    Sandbox,
    SandboxUnavailable,
    bubblewrap_problem,
    exited,
    find_sandbox,
)
from tests.support.facts import until


def shell(script: str, folder: Path, **options: object) -> Command:
    return Command(("/bin/sh", "-c", script), folder, **options)  # type: ignore[arg-type]


@pytest.fixture(params=["plain", "bubblewrap"])
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    if request.param == "plain":
        return PlainSandbox()
    problem = bubblewrap_problem()
    if problem is not None:
        pytest.skip(problem)
    return BubblewrapSandbox()


def test_output_status_and_standard_input_come_through(sandbox: Sandbox, tmp_path: Path) -> None:
    outcome = sandbox.run(shell("cat; echo err >&2; exit 3", tmp_path, stdin=b"hello"))
    assert (outcome.ending, outcome.returncode, outcome.stdout, outcome.stderr) == (
        Ending.EXITED,
        3,
        b"hello",
        b"err\n",
    )
    assert not outcome.ok


def test_large_input_and_output_do_not_block(sandbox: Sandbox, tmp_path: Path) -> None:
    data = os.urandom(3 << 20)
    outcome = sandbox.run(shell("cat", tmp_path, stdin=data))
    assert outcome.stdout == data


def test_input_that_is_not_read_is_no_error(sandbox: Sandbox, tmp_path: Path) -> None:
    assert sandbox.run(shell("true", tmp_path, stdin=b"x" * (1 << 20))).ok


def test_the_environment_is_what_the_command_says(sandbox: Sandbox, tmp_path: Path) -> None:
    os.environ["ASTERISM_TEST_LEAK"] = "leaked"
    try:
        outcome = sandbox.run(shell("env", tmp_path, environment={"GIVEN": "yes"}))
    finally:
        del os.environ["ASTERISM_TEST_LEAK"]
    names = {line.split(b"=")[0] for line in outcome.stdout.splitlines()}
    assert b"GIVEN" in names
    assert b"ASTERISM_TEST_LEAK" not in names
    assert f"HOME={Path.home()}".encode() not in outcome.stdout.splitlines()


def test_time_is_bounded(sandbox: Sandbox, tmp_path: Path) -> None:
    outcome = sandbox.run(shell("echo begun; exec sleep 60", tmp_path, seconds=0.3))
    assert (outcome.ending, outcome.stdout) == (Ending.TIMED_OUT, b"begun\n")
    assert outcome.seconds < 5


def test_time_is_bounded_for_a_program_that_closes_its_output(sandbox: Sandbox, tmp_path: Path) -> None:
    outcome = sandbox.run(shell("exec sleep 60 >&- 2>&-", tmp_path, seconds=0.3))
    assert outcome.ending is Ending.TIMED_OUT


def test_output_is_bounded(sandbox: Sandbox, tmp_path: Path) -> None:
    outcome = sandbox.run(shell("yes", tmp_path, output=100_000))
    assert outcome.ending is Ending.TOO_MUCH_OUTPUT
    assert len(outcome.stdout) == 100_000


def test_standard_error_is_kept_in_part(sandbox: Sandbox, tmp_path: Path) -> None:
    outcome = sandbox.run(shell("yes | head -c 1000000 >&2; echo done", tmp_path))
    assert outcome.stdout == b"done\n"
    assert len(outcome.stderr) == 1 << 16


def test_memory_is_bounded(sandbox: Sandbox, tmp_path: Path) -> None:
    script = "x = bytearray(1 << 30); print(len(x))"
    small = Command((sys.executable, "-c", script), tmp_path, memory=512 << 20)
    assert sandbox.run(small).returncode != 0
    assert sandbox.run(Command((sys.executable, "-c", script), tmp_path, memory=None)).ok


def test_children_do_not_outlive_the_program(sandbox: Sandbox, tmp_path: Path) -> None:
    with _held_open(tmp_path) as pipe:
        outcome = sandbox.run(shell(f"exec 9>{pipe}; sleep 600 & echo started", tmp_path, writable=True))
        assert (outcome.ending, outcome.stdout) == (Ending.EXITED, b"started\n")


def test_children_do_not_outlive_a_timeout(sandbox: Sandbox, tmp_path: Path) -> None:
    with _held_open(tmp_path) as pipe:
        outcome = sandbox.run(shell(f"exec 9>{pipe}; sleep 600 & wait", tmp_path, writable=True, seconds=1))
        assert outcome.ending is Ending.TIMED_OUT


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


def test_a_run_can_be_cancelled(sandbox: Sandbox, tmp_path: Path) -> None:
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    outcome = sandbox.run(shell("exec sleep 60", tmp_path), stop.is_set)
    assert outcome.ending is Ending.CANCELLED


def test_a_missing_program_is_told(sandbox: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(ProgramMissing):
        sandbox.run(Command(("no-such-program",), tmp_path))
    (tmp_path / "planted").write_text("#!/bin/sh\n")
    (tmp_path / "planted").chmod(0o755)
    with pytest.raises(ProgramMissing):
        sandbox.run(Command(("planted",), tmp_path))


def test_isolation_hides_other_files_and_the_network(tmp_path: Path) -> None:
    problem = bubblewrap_problem()
    if problem is not None:
        pytest.skip(problem)
    (tmp_path / "secret").write_text("s")
    (tmp_path / "work").mkdir()
    sandbox = BubblewrapSandbox()
    assert sandbox.run(shell(f"cat {tmp_path}/secret", tmp_path / "work")).returncode != 0
    assert sandbox.run(shell("touch here", tmp_path / "work")).returncode != 0
    assert sandbox.run(shell("touch here", tmp_path / "work", writable=True)).ok
    script = "import socket; print(sorted(n for _, n in socket.if_nameindex()))"
    assert sandbox.run(Command((sys.executable, "-c", script), tmp_path / "work")).stdout == b"['lo']\n"


def test_the_choice_follows_what_works_and_what_is_allowed() -> None:
    if bubblewrap_problem() is None:
        assert find_sandbox(allow_plain=True).isolates
    else:
        assert find_sandbox(allow_plain=True).name == "plain"
        with pytest.raises(SandboxUnavailable):
            find_sandbox(allow_plain=False)


@pytest.mark.parametrize(
    ("answer", "options", "ending"),
    [
        (lambda _: exited(b"out"), {}, Ending.EXITED),
        (lambda _: exited(b"x" * 10), {"output": 5}, Ending.TOO_MUCH_OUTPUT),
        (lambda _: exited(seconds=2), {"seconds": 1}, Ending.TIMED_OUT),
    ],
)
def test_the_fake_keeps_the_bounds(
    tmp_path: Path, answer: Callable[[Command], object], options: dict[str, float], ending: Ending
) -> None:
    fake = MemorySandbox(answer)  # type: ignore[arg-type]
    command = Command(("tool",), tmp_path, **options)  # type: ignore[arg-type]
    assert fake.run(command).ending is ending
    assert fake.run(command, lambda: True).ending is Ending.CANCELLED
    assert fake.commands == [command, command]
