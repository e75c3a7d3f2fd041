"""`asterism talk` against a server whose agents follow a script."""

import json
import os
import pty
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from asterism.kernel.agents import Ask, Fail, Inquiry, Option, Spend, Wait, Write
from asterism.kernel.llm import Usage
from tests.support.forks import ASTERISM, popen, run
from tests.support.turns import Person, Scripts
from tests.wire.v1.conversations.conftest import Gate


def command(person: Person, *arguments: str) -> tuple[list[str], dict[str, str]]:
    token = person.client.headers["authorization"].removeprefix("Bearer ")
    environment = {**os.environ, "ASTERISM_TOKEN": token, "ASTERISM_URL": str(person.client.base_url)}
    return [*ASTERISM, "talk", *arguments], environment


def talk(person: Person, *arguments: str, given: str = "") -> "subprocess.CompletedProcess[str]":
    line, environment = command(person, *arguments)
    return run(line, env=environment, input=given, text=True)


@contextmanager
def terminal(person: Person, *arguments: str) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """Run the command in a terminal of its own, and yield it with our side of that."""
    ours, theirs = pty.openpty()
    line, environment = command(person, *arguments)
    process = popen(line, env=environment, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    try:
        yield process, ours
    finally:
        process.kill()
        process.wait(30)
        os.close(ours)


def read_until(terminal_: int, text: str) -> str:
    shown = b""
    while text.encode() not in shown:
        shown += os.read(terminal_, 4096)
    return shown.decode()


def test_one_prompt_is_answered_and_its_files_are_told(person: Person, scripts: Scripts) -> None:
    used = Usage(1204, 96, reported=True)
    scripts["Make a file"] = ("On ", "it.", Write("made.txt", "1"), " Done.", Spend(used), Spend(used))
    done = talk(person, person.conversation, "-m", "Make a file")
    assert (done.returncode, done.stdout) == (0, "On it. Done.\n")
    assert "· write made.txt" in done.stderr
    assert "changed: made.txt" in done.stderr
    assert "2,408 tokens in, 192 out (local:demo)" in done.stderr


def test_a_new_conversation_takes_its_prompt_from_standard_input(person: Person, scripts: Scripts) -> None:
    scripts["From a pipe"] = ("Read.",)
    done = talk(person, "--workspace", person.workspace, "--json", given="From a pipe")
    assert done.returncode == 0, done.stderr
    frames = [json.loads(line) for line in done.stdout.splitlines()]
    assert frames[0]["type"] == "conversation_update"
    assert frames[-1]["type"] == "message_complete"
    assert frames[-1]["message"]["content"] == "Read."


def test_failures_have_an_exit_code(person: Person, scripts: Scripts) -> None:
    scripts["fail here"] = (Fail("The key was rejected."),)
    done = talk(person, person.conversation, "-m", "fail here")
    assert done.returncode == 1
    assert "error: The key was rejected." in done.stderr
    done = talk(person, "nope", "-m", "x")
    assert done.returncode == 4
    assert "no such conversation" in done.stderr


def test_a_question_is_answered_in_the_terminal(person: Person, scripts: Scripts) -> None:
    asks = Inquiry("Where to?", "Place", [Option("left", "the old way"), Option("right", "the new way")], custom=True)
    scripts["Which way"] = (Ask((asks,)), "Gone.")
    with terminal(person, person.conversation) as (process, ours):
        read_until(ours, "> ")
        os.write(ours, b"Which way\n")
        shown = read_until(ours, "nothing to leave it: ")
        assert "Place: Where to?" in shown
        assert "2. right  the new way" in shown
        os.write(ours, b"2\n")
        read_until(ours, "Gone.")
        read_until(ours, "> ")
        os.write(ours, b"\n")
        assert process.wait(60) == 0
    [question] = person.get("/opencode-questions", status="all")["questions"]
    assert question["answers"] == [["right"]]


def test_ctrl_c_cancels_the_turn(person: Person, scripts: Scripts, gate: Gate) -> None:
    scripts["Go on for ever"] = ("begun", Wait(gate.event))
    with terminal(person, person.conversation, "--message", "Go on for ever") as (process, ours):
        read_until(ours, "begun")
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(60) == 130
    assert person.messages()[-1]["status"] == "cancelled"
