"""`asterism logs`: what a deployment says."""

from typing import Annotated

import typer

from asterism.cli.options import AsJson, Token, Url, verb_app

app = verb_app("Show what a deployment said.")
Which = Annotated[
    str | None, typer.Argument(metavar="DEPLOYMENT", help="Its id, or how the id ends (default: the newest).")
]


@app.command()
def logs(
    which: Which = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as more comes.")] = False,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Show what a deployment said, and what its app says since."""
    from asterism.base.errors import NotFound
    from asterism.cli.output import command, emit
    from asterism.cli.places import working_copy
    from asterism.cli.seeing_through import show_line
    from asterism.cli.session import open_api
    from asterism.client import deployments as calls

    with command(as_json=as_json):
        state = working_copy()
        with open_api(url, token, at=state) as api:
            here = state.bound().workspace_id
            newest = calls.deployments(api, here, 1) if which is None else [calls.find_deployment(api, here, which)]
            if not newest:
                raise NotFound("Nothing was deployed from here yet.", hint="`asterism deploy`")
            if as_json:
                emit({"deployment": newest[0], "entries": calls.log(api, newest[0]["id"])})
                return
            for entry in calls.follow(api, newest[0]["id"], forever=follow):
                show_line(entry)
