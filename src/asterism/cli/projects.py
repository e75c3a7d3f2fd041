"""`asterism projects`: list your projects."""

from asterism.cli.options import AsJson, Token, Url, verb_app

app = verb_app("List your projects.")


@app.command()
def projects(url: Url = None, token: Token = None, as_json: AsJson = False) -> None:
    """List your projects, most recently changed first."""
    from asterism.cli.output import command, emit, say, show
    from asterism.cli.session import open_api

    with command(as_json=as_json):
        with open_api(url, token) as api:
            found = api.projects()
        if as_json:
            emit({"projects": found})
            return
        for project in found:
            show(f"{project['id']}  {project.get('updated_at', '')}  {project['name']}")
        if not found:
            say("you have no projects; `asterism push` makes one")
