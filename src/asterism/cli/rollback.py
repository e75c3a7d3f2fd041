"""`asterism rollback`: an earlier deployment again."""

from typing import Annotated

import typer

from asterism.cli.options import AsJson, Token, Url, verb_app
from asterism.cli.seeing_through import Wait

app = verb_app("Repeat an earlier deployment exactly.")


@app.command()
def rollback(
    which: Annotated[str, typer.Argument(metavar="DEPLOYMENT", help="Its id, or how the id ends.")],
    wait: Wait = False,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Deploy the tree, the variables and the plan of an earlier deployment again."""
    from asterism.cli.output import command, emit, say
    from asterism.cli.places import working_copy
    from asterism.cli.seeing_through import see_through
    from asterism.cli.session import open_api
    from asterism.client import deployments as calls

    with command(as_json=as_json):
        state = working_copy()
        with open_api(url, token, at=state) as api:
            old = calls.find_deployment(api, state.bound().workspace_id, which)
            begun = calls.roll_back(api, old["id"])
            if wait:
                see_through(api, begun, logs=False, as_json=as_json)
            elif as_json:
                emit(calls.deployment(api, begun))
            else:
                say(f"Deployment {begun} repeats {old['id']}.")
