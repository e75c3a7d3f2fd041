"""`asterism fork`: going on from a moment of a conversation in a new one."""

from typing import Annotated

import typer

from asterism.cli.options import AsJson, Token, Url, verb_app

app = verb_app("Go on from a moment of a conversation in a new one.")


@app.command()
def fork(
    conversation: Annotated[str, typer.Argument(metavar="CONVERSATION", help="The id of the conversation.")],
    at: Annotated[str | None, typer.Option("--at", metavar="CHECKPOINT", help="The checkpoint to go on from.")] = None,
    before: Annotated[
        str | None, typer.Option("--before", metavar="MESSAGE", help="Go on from before this prompt was sent.")
    ] = None,
    same: Annotated[bool, typer.Option("--same-workspace", help="Stay in the same workspace, with its files.")] = False,
    name: Annotated[str | None, typer.Option("--name", help="What the new workspace is called.")] = None,
    title: Annotated[str | None, typer.Option("--title", help="The title (default: that of the other one).")] = None,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Begin a conversation that knows the other one up to a moment, in a workspace that shows the files of then."""
    from asterism.base.errors import Invalid
    from asterism.cli.output import command, emit, say, show
    from asterism.cli.session import open_api

    with command(as_json=as_json, unknown="`asterism talk` says the id of a conversation when it begins."):
        if (at is None) == (before is None):
            raise Invalid(
                "Give the moment by --at or --before.", hint=f"`asterism rewind {conversation}` lists the checkpoints."
            )
        body = {"checkpoint_id": at, "message_id": before, "name": name, "title": title}
        body["workspace"] = "same" if same else "new"
        with open_api(url, token) as api:
            made = api.fork(conversation, {member: value for member, value in body.items() if value is not None})
        if as_json:
            emit(made)
            return
        show(made["conversation"]["id"])
        say(f"it works in the workspace {made['workspace']['name']}")
