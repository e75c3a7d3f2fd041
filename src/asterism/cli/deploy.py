"""`asterism deploy`: run what was pushed from this folder."""

from typing import Annotated

import typer

from asterism.cli.options import AsJson, Token, Url, verb_app
from asterism.cli.seeing_through import Wait

app = verb_app("Deploy this folder's workspace.")


@app.command()
def deploy(
    wait: Wait = False,
    logs: Annotated[bool, typer.Option("--logs", help="Show what it says meanwhile; implies --wait.")] = False,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Deploy the newest snapshot of this folder's workspace. Edits that are not pushed are not in it."""
    from asterism.cli.output import command, emit, say
    from asterism.cli.places import working_copy
    from asterism.cli.seeing_through import see_through
    from asterism.cli.session import open_api
    from asterism.client import deployments as calls

    with command(as_json=as_json):
        state = working_copy()
        with open_api(url, token, at=state) as api:
            begun = calls.deploy(api, state.bound().workspace_id)
            if wait or logs:
                see_through(api, begun, logs=logs and not as_json, as_json=as_json)
            elif as_json:
                emit(calls.deployment(api, begun))
            else:
                say(f"Deployment {begun} is under way. `asterism logs -f` shows what it says.")
