"""`asterism talk`: a conversation with a coding agent, in the terminal."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from asterism.cli.options import Token, Url, verb_app

if TYPE_CHECKING:
    from asterism.client.talk import Frame, Shown, Talk

app = verb_app("Talk with a coding agent about a workspace.")
FAILED, INTERRUPTED = 1, 130


@app.command()
def talk(
    conversation: Annotated[
        str | None,
        typer.Argument(metavar="CONVERSATION", help="Its id (default: a new one in this folder's workspace)."),
    ] = None,
    message: Annotated[
        str | None, typer.Option("--message", "-m", metavar="TEXT", help="Say this, wait for the answer, and leave.")
    ] = None,
    workspace: Annotated[
        str | None, typer.Option("--workspace", metavar="ID", help="Where a new conversation takes place.")
    ] = None,
    url: Url = None,
    token: Token = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print each frame as one line of JSON.")] = False,
) -> None:
    """Say something, see the agent work, answer what it asks; an empty line or Ctrl-D ends it, Ctrl-C cancels a turn.

    The agent works on the workspace on the server, in a copy of its own; `asterism pull` brings the result here.
    Without a terminal standard input is one prompt.
    """
    from asterism.base.errors import Invalid
    from asterism.cli.output import command, say
    from asterism.cli.places import working_copy
    from asterism.cli.session import open_api
    from asterism.client.talk import Talk

    with command(as_json=as_json), open_api(url, token) as api:
        if message is None and not sys.stdin.isatty():
            message = sys.stdin.read()
        if message is not None and not message.strip():  # before a conversation is made for it
            raise Invalid("There is nothing to say.", hint="Give the prompt with --message or on standard input.")
        if conversation is not None:
            spoken = Talk(api.http, conversation)
        else:
            spoken = Talk.begin(api.http, workspace or working_copy().bound().workspace_id)
        say(f"conversation {spoken.id}")
        if message is not None:
            code = one_turn(spoken, message, as_json=as_json)
        else:
            code = many_turns(spoken, as_json=as_json)
    sys.exit(code)


def many_turns(spoken: "Talk", *, as_json: bool) -> int:
    """Take prompts from the terminal until there is none; return the exit code."""
    while True:
        prompt = asked("> ")
        if not prompt:
            return 0
        one_turn(spoken, prompt, as_json=as_json)


def one_turn(spoken: "Talk", prompt: str, *, as_json: bool) -> int:
    """Say something and show the answer as it comes; return the exit code. Ctrl-C cancels the turn."""
    from asterism.cli.output import say
    from asterism.client.talk import Shown

    sent = spoken.send(prompt)
    if sent.status == "pending":
        say(f"{sent.position} before this one is answered; it waits")
    shown, cancelled, status = Shown(sent.message_id), False, "failed"
    frames = spoken.follow(sent.message_id)
    while True:
        try:
            for frame in frames:
                status = show_frame(spoken, shown, frame, as_json=as_json) or status
        except KeyboardInterrupt:
            if cancelled:
                raise
            cancelled = True
            spoken.cancel(sent.message_id)
            frames = spoken.follow(sent.message_id)
        else:
            return INTERRUPTED if cancelled else 0 if status == "completed" else FAILED


def show_frame(spoken: "Talk", shown: "Shown", frame: "Frame", *, as_json: bool) -> str | None:
    """Show a frame and ask what it asks; return the status that the turn has ended with, if it did."""
    from asterism.cli.output import emit, printable, say
    from asterism.client.talk import taken

    if as_json:
        emit(frame)
    else:
        sys.stdout.write(printable(shown.text(frame)))
        sys.stdout.flush()
        if (line := shown.call(frame)) is not None:
            say(f"· {line}")
    question = shown.question(frame)
    if question is not None and sys.stdin.isatty():
        answer(spoken, question)
    elif question is not None:
        say(f"asked, and nobody is here to answer: asterism talk {spoken.id}")
    if frame["type"] in ("warning", "error"):
        say(f"{frame['type']}: {frame[frame['type']]}")
    elif frame["type"] == "files_changed" and not as_json:
        say(f"changed: {', '.join(frame['files'][:20])}")
    elif frame["type"] == "message_complete" and frame["message"]["id"] == shown.message_id:
        if not as_json:
            sys.stdout.write("\n")
            sys.stdout.flush()
            if (line := taken(frame["message"])) is not None:
                say(line)
        return str(frame["message"]["status"])
    return None


def answer(spoken: "Talk", question: dict[str, Any]) -> None:
    """Ask a person what the agent asks; an empty answer rejects it."""
    from asterism.cli.output import say

    answers = []
    for one in question["questions"]:
        options = [option["label"] for option in one["options"]]
        say(f"{one['header']}: {one['question']}")
        for number, option in enumerate(one["options"], 1):
            say(f"  {number}. {option['label']}  {option['description']}")
        text = asked("a number, or your own words; nothing to leave it: ")
        if not text:
            spoken.reject(question["id"])
            return
        chosen = int(text) - 1 if text.isdigit() else -1
        answers.append([options[chosen] if 0 <= chosen < len(options) else text])
    spoken.answer(question["id"], answers)


def asked(prompt: str) -> str:
    """Read a line from the terminal; nothing at its end."""
    sys.stderr.write(prompt)
    sys.stderr.flush()
    return sys.stdin.readline().strip()
