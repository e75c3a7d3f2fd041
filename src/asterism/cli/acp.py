"""`asterism acp`: conversations with a workspace's agent, for editors that speak the Agent Client Protocol."""

import os
import stat
from typing import Annotated

import typer

from asterism.cli.options import Token, Url, verb_app

app = verb_app("Serve conversations with a workspace's agent to editors.")


@app.command()
def acp(
    push_pull: Annotated[
        bool, typer.Option("--push-pull", help="Push the folder before each prompt, and pull after each answer.")
    ] = False,
    url: Url = None,
    token: Token = None,
) -> None:
    """Speak the Agent Client Protocol on standard input and output, until the input ends.

    An editor is told to run `asterism acp`. A session is a conversation in the workspace that the editor's folder is
    bound to. The agent works there, on the server: without --push-pull it sees what was pushed, and `asterism pull`
    brings back what it changed.
    """
    import asyncio
    from contextlib import ExitStack

    from asterism.base.errors import Invalid
    from asterism.cli.output import command
    from asterism.cli.places import threads, working_copy
    from asterism.cli.questions import decider
    from asterism.cli.session import open_api
    from asterism.client.acp import Carrier, Folder, serve

    with command(as_json=False), ExitStack() as opened:
        if not (is_spoken_over(0) and is_spoken_over(1)):
            raise Invalid(
                "`asterism acp` speaks with an editor, over pipes.",
                hint="Name it as an agent in your editor's settings; docs/howto/editors.md shows how.",
            )
        known: dict[tuple[str, str], Folder] = {}

        def open_folder(cwd: str) -> Folder:
            state = working_copy(cwd)
            place = (state.top, state.bound().workspace_id)
            if place not in known:
                api = opened.enter_context(open_api(url, token, at=state))
                carrier = Carrier(api, state, decider(None, [], [], may_ask=False), threads()) if push_pull else None
                known[place] = Folder(*place[:1], api.http, place[1], carrier)
            return known[place]

        asyncio.run(serve(open_folder))


def is_spoken_over(number: int) -> bool:
    """Say whether a file descriptor is a pipe, a socket or a terminal, which can be waited for; a file cannot."""
    mode = os.fstat(number).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or os.isatty(number)
