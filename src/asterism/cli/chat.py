"""`asterism chat`: ask something in a project and see the answer as it is written."""

import sys
from typing import Annotated, Literal

import typer

from asterism.cli.completions import complete_projects
from asterism.cli.options import AsJson, Token, Url, verb_app

app = verb_app("Ask something in a project.")


@app.command()
def chat(
    project: Annotated[
        str, typer.Argument(metavar="PROJECT", help="Its name or id.", autocompletion=complete_projects)
    ],
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to ask; `-` reads standard input.")],
    chat_id: Annotated[str | None, typer.Option("--chat", metavar="ID", help="Go on in this chat.")] = None,
    mode: Annotated[Literal["quick", "standard", "deep"], typer.Option(help="How much thought.")] = "standard",
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Ask TEXT in a chat of PROJECT and print the answer while it is written.

    The id of the chat goes to standard error; give it to --chat to go on.
    """
    from asterism.cli.output import command, emit, say
    from asterism.cli.session import open_api
    from asterism.client.chat import Question, ask, start_chat
    from asterism.client.projects import get_project

    with command(as_json=as_json):
        question = Question(sys.stdin.read() if text == "-" else text, mode)
        with open_api(url, token) as api:
            chat_id = chat_id or start_chat(api.http, get_project(api, project).id)
            final = {}
            for event in ask(api.http, chat_id, question):
                if event.name == "token.delta" and not as_json:
                    sys.stdout.write(event.data["delta"])
                    sys.stdout.flush()
                elif event.name == "proposal.created":
                    say(f"proposed: {event.data['preview']}; see `asterism proposals show {event.data['proposal_id']}`")
                elif event.name == "message.final":
                    final = event.data
        if as_json:
            emit({"chat_id": chat_id, **final})
            return
        sys.stdout.write("\n")
        say(f"chat {chat_id}")
