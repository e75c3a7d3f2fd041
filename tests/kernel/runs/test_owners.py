"""Whether the process that performs a run still lives."""

import os
import socket
import subprocess
import sys

from asterism.kernel.runs.owners import is_gone, is_here, is_silent, this_process
from tests.support.process import started

NOW = "2026-02-04T12:01:00.000Z"


def test_a_process_lives_until_it_has_ended() -> None:
    program = "from asterism.kernel.runs import this_process; print(this_process(), flush=True); input()"
    command = [sys.executable, "-c", program]
    with started(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        owner = other.stdout.readline().strip()
        assert is_here(owner)
        assert not is_gone(owner)
        other.communicate("\n", timeout=30)
    assert is_gone(owner)


def test_a_number_that_was_given_anew_is_not_the_process_that_had_it() -> None:
    host, _, rest = this_process().partition("/")
    pid, _, name = rest.partition("/")
    parent = f"{host}/{os.getppid()}"
    assert is_gone(f"{host}/{pid}/another")
    assert not is_gone(f"{parent}/{name}")
    if "." in pid and pid.partition(".")[2]:  # where the system tells when a process began
        assert is_gone(f"{parent}.1/{name}")


def test_of_other_machines_nothing_is_known() -> None:
    assert not is_gone("elsewhere/1.5/x")
    assert not is_here("elsewhere/1.5/x")
    assert not is_gone(f"{socket.gethostname()}/none/x")


def test_a_minute_of_silence_is_too_long_and_less_is_not() -> None:
    assert is_silent("2026-02-04T11:59:59.999Z", "2026-02-04T11:00:00.000Z", NOW)
    assert not is_silent("2026-02-04T12:00:00.000Z", "2026-02-04T11:00:00.000Z", NOW)


def test_a_run_just_begun_is_a_sign_of_life_before_the_first_beat() -> None:
    assert not is_silent(None, "2026-02-04T12:00:00.000Z", NOW)
    assert is_silent(None, "2026-02-04T11:59:59.999Z", NOW)
    assert not is_silent("2026-02-04T11:00:00.000Z", "2026-02-04T12:00:30.000Z", NOW)
