"""Lasting sandboxes: many programs in one place, and nothing of them afterwards. Both kinds keep the same promises."""

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from asterism.kernel.sandbox import (
    Ending,
    Isolation,
    Place,
    Run,
    SandboxUnavailable,
    Session,
    SessionLost,
    bubblewrap_problem,
    isolation_problem,
    open_session,
)
from tests.support.sandboxes import needs_bubblewrap

KINDS = ["plain", pytest.param("bubblewrap", marks=needs_bubblewrap)]
both = pytest.mark.parametrize("kind", KINDS)


def inside(kind: Isolation, place: Place, body: Callable[[Session], Awaitable[None]]) -> None:
    async def main() -> None:
        async with asyncio.timeout(120), open_session(kind, place) as session:
            await body(session)

    asyncio.run(main())


def sh(script: str, **options: object) -> Run:
    return Run(("/bin/sh", "-c", script), **options)  # type: ignore[arg-type]


@both
def test_programs_share_the_place_and_its_bare_environment(kind: Isolation, tmp_path: Path) -> None:
    async def body(session: Session) -> None:
        heard: list[bytes] = []
        os.environ["ASTERISM_TEST_LEAK"] = "leaked"
        try:
            outcome = await session.run(sh("echo $GIVEN; pwd; env", environment={"GIVEN": "yes"}), heard.append)
        finally:
            del os.environ["ASTERISM_TEST_LEAK"]
        lines = outcome.stdout.decode().splitlines()
        assert outcome.ok
        assert lines[:2] == ["yes", session.tree]
        assert f"HOME={session.home}" in lines
        assert "LEAK" not in outcome.stdout.decode()
        assert b"".join(heard) == outcome.stdout
        outcome = await session.run(sh("echo one > a; echo oops >&2; exit 3"))
        assert (outcome.ending, outcome.returncode, outcome.stdout) == (Ending.EXITED, 3, b"oops\n")

    inside(kind, Place(tmp_path), body)
    assert (tmp_path / "a").read_text() == "one\n"


@both
def test_programs_run_beside_each_other(kind: Isolation, tmp_path: Path) -> None:
    async def body(session: Session) -> None:
        first = session.run(sh("while [ ! -e go ]; do sleep 0.05; done; echo first"))
        second = session.run(sh("touch go; echo second"))
        assert [outcome.stdout for outcome in await asyncio.gather(first, second)] == [b"first\n", b"second\n"]

    inside(kind, Place(tmp_path), body)


@both
def test_time_and_output_are_bounded(kind: Isolation, tmp_path: Path) -> None:
    async def body(session: Session) -> None:
        outcome = await session.run(sh("echo begun; sleep 1000", seconds=0.5))
        assert (outcome.ending, outcome.stdout) == (Ending.TIMED_OUT, b"begun\n")
        outcome = await session.run(sh("head -c 3000000 /dev/zero", output=1000))
        assert (outcome.ending, outcome.returncode, len(outcome.stdout)) == (Ending.EXITED, 0, 1000)
        outcome = await session.run(sh("yes", output=1000))
        assert (outcome.ending, len(outcome.stdout)) == (Ending.TOO_MUCH_OUTPUT, 1000)

    inside(kind, Place(tmp_path), body)


@both
def test_a_program_that_is_not_there_is_told(kind: Isolation, tmp_path: Path) -> None:
    async def body(session: Session) -> None:
        outcome = await session.run(Run(("/no/such/program",)))
        assert (outcome.ok, outcome.returncode, outcome.stderr) == (False, 127, b"No such file or directory")
        assert (await session.run(sh("echo still here"))).ok

    inside(kind, Place(tmp_path), body)


@both
def test_a_cancelled_run_ends_its_program(kind: Isolation, tmp_path: Path) -> None:
    async def body(session: Session) -> None:
        running = asyncio.create_task(session.run(sh("touch begun; sleep 1000", seconds=None)))
        while not (tmp_path / "begun").exists():
            await asyncio.sleep(0.02)
        running.cancel()
        await asyncio.wait({running})
        assert running.cancelled()
        gone = sh("while ps ax -o args= | grep -q '[s]leep 1000$'; do sleep 0.05; done")
        if session.isolates:  # only there no other program has this name
            assert (await session.run(gone)).ok

    inside(kind, Place(tmp_path), body)


@both
def test_nothing_outlives_the_session_not_even_what_left_its_group(kind: Isolation, tmp_path: Path) -> None:
    script = "setsid sh -c 'touch alive; while :; do sleep 0.05; done' & (while :; do sleep 0.05; done) & exit 0"
    mark = f"marked-{tmp_path.name}-{os.getpid()}"

    async def body(session: Session) -> None:
        assert (await session.run(sh(script, environment={"MARK": mark}))).ok
        while not (tmp_path / "alive").exists():
            await asyncio.sleep(0.02)
        assert len(marked(mark)) >= 2

    inside(kind, Place(tmp_path), body)
    assert marked(mark) == []


def marked(mark: str) -> list[str]:
    """Return the living processes that have `mark` in their environment."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if mark.encode() in path.read_bytes():
                found.append(path.parent.name)
    return found


@both
@pytest.mark.parametrize(
    "script", ["while :; do sleep 1000 & done", "head -c 400000000 /dev/zero | tail -n 1; sleep 1000"]
)
def test_too_much_of_everything_ends_the_session(kind: Isolation, script: str, tmp_path: Path) -> None:
    async def body(session: Session) -> None:
        with pytest.raises(SessionLost, match="were ended"):
            await session.run(sh(script))
        with pytest.raises(SessionLost, match="were ended"):
            await session.run(sh("echo"))

    inside(kind, Place(tmp_path, processes=40, memory=200 << 20), body)


@needs_bubblewrap
def test_only_the_place_and_the_system_are_seen(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "secret").write_text("s3cret")

    async def body(session: Session) -> None:
        assert not (await session.run(sh(f"cat {tmp_path}/secret"))).ok
        assert not (await session.run(sh("touch /usr/written || touch /etc/written"))).ok
        assert (await session.run(sh("ls -A $HOME"))).stdout == b""
        assert (await session.run(sh("cat /proc/net/route | wc -l"))).stdout.strip() == b"1"
        assert (await session.run(sh(f"cat {Path.home()}/.profile"))).returncode != 0
        assert (await session.run(sh("ls /opt"))).stdout == b""

    inside("bubblewrap", Place(tmp_path / "tree", hidden=(Path("/opt"),)), body)


@needs_bubblewrap
def test_no_secret_is_on_a_command_line(tmp_path: Path) -> None:
    async def body(session: Session) -> None:
        outcome = await session.run(
            sh("cat /proc/*/cmdline | tr '\\0' ' '; echo; echo $KEY", environment={"KEY": "ast_" + "s_1"})
        )
        shown, _, key = outcome.stdout.decode().strip().rpartition("\n")
        assert key == "ast_s_1"
        assert "ast_s_1" not in shown

    inside("bubblewrap", Place(tmp_path), body)


@needs_bubblewrap
def test_a_program_that_attacks_its_keeper_loses_only_its_own_session(tmp_path: Path) -> None:
    async def body(session: Session) -> None:
        with pytest.raises(SessionLost):
            await session.run(sh("kill -9 $PPID; sleep 1000"))

    inside("bubblewrap", Place(tmp_path), body)


def test_plain_processes_must_be_asked_for() -> None:
    assert isolation_problem("plain") is None
    assert isolation_problem("auto") == isolation_problem("bubblewrap") == bubblewrap_problem()
    if bubblewrap_problem() is not None:
        with pytest.raises(SandboxUnavailable):
            inside("auto", Place(Path("/")), lambda _: asyncio.sleep(0))
