"""`asterism whoami`: who the token belongs to."""

from typing import Any

from asterism.cli.options import AsJson, Token, Url, verb_app

app = verb_app("Show who you are signed in as.")


@app.command()
def whoami(url: Url = None, token: Token = None, as_json: AsJson = False) -> None:
    """Show the user that the token belongs to, as the server answers it."""
    from asterism.cli.output import command, emit, say, show
    from asterism.cli.session import open_api

    with command(as_json=as_json):
        with open_api(url, token) as api:
            answer: dict[str, Any] = api.http.json("GET", "/v1/auth/me", dict[str, Any])
            server = api.http.url
        if as_json:
            emit(answer)
            return
        show(str(answer["user"]["email"]))
        say(f"user {answer['user']['id']} at {server}")
