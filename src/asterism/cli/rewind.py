"""`asterism rewind`: going back to an earlier moment of a conversation."""

from typing import Annotated

import typer

from asterism.cli.options import AsJson, Token, Url, verb_app

app = verb_app("Go back to an earlier moment of a conversation.")


@app.command()
def rewind(
    conversation: Annotated[str, typer.Argument(metavar="CONVERSATION", help="The id of the conversation.")],
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="CHECKPOINT", help="A checkpoint (default: list them)."),
    ] = None,
    before: Annotated[
        str | None, typer.Option("--before", metavar="MESSAGE", help="The state before this prompt was sent.")
    ] = None,
    undo: Annotated[
        str | None, typer.Option("--undo", metavar="REWIND", help="Come back from where a rewind went.")
    ] = None,
    files: Annotated[bool, typer.Option(help="Bring the workspace's files back.")] = True,
    messages: Annotated[bool, typer.Option(help="Hide the messages that came later.")] = True,
    preview: Annotated[bool, typer.Option("--preview", help="Change nothing, say what would change.")] = False,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Bring files and messages of a conversation back to where they were; nothing is deleted.

    A folder that is bound to the workspace follows by `asterism pull`.
    """
    from asterism.base.errors import Invalid
    from asterism.cli.output import command, count, emit, say, show
    from asterism.cli.session import open_api

    with command(as_json=as_json, unknown="`asterism talk` says the id of a conversation when it begins."):
        if sum(one is not None for one in (to, before, undo)) > 1:
            raise Invalid("--to, --before and --undo exclude each other.", hint="Give one of them.")
        with open_api(url, token) as api:
            if to is None and before is None and undo is None:
                found = api.checkpoints(conversation)
                if as_json:
                    emit({"checkpoints": found})
                    return
                for one in found:
                    names = ", ".join(file["path"] for file in one["files"][:3])
                    show(f"{one['id']}  {one['created_at'][:19]}  {one['tool'] or '-':8}  {names}")
                return
            if undo is not None:
                done = api.undo_rewind(conversation, undo)
            else:
                moment = {"checkpoint_id": to} if to is not None else {"message_id": before}
                done = api.rewind(conversation, {**moment, "files": files, "messages": messages, "preview": preview})
        if as_json:
            emit(done)
            return
        for file in done["files"]:
            show(f"{file['change']:8}  {file['path']}")
        if preview:
            rest = f" and {count(done['hidden_parts'], 'step')} of a turn" if done["hidden_parts"] else ""
            say(f"{count(done['hidden_messages'], 'message')}{rest} would be hidden; nothing has changed")
            return
        if done["safety_snapshot_id"]:
            say(f"what was not saved is snapshot {done['safety_snapshot_id']}")
        say("came back" if undo else f"went back; asterism rewind {conversation} --undo {done['rewind_id']} comes back")
