"""`asterism logout`: end the saved sign-in."""

from asterism.base.errors import DomainError
from asterism.cli.options import AsJson, Url, verb_app

app = verb_app("End the saved sign-in.")


@app.command()
def logout(url: Url = None, as_json: AsJson = False) -> None:
    """Revoke the saved token of the server and forget it. Tokens given by --token or ASTERISM_TOKEN are not touched."""
    from asterism.cli import signin
    from asterism.cli.output import command, emit, say
    from asterism.cli.session import server_of
    from asterism.client.api import Api
    from asterism.client.http import Http

    with command(as_json=as_json):
        server = server_of(url)
        token = signin.find(server)
        revoked = False
        if token:
            with Http(server, token) as http:
                try:
                    Api(http).sign_out()
                    revoked = True
                except DomainError as error:
                    say(f"warning: the token was not revoked at the server: {error.message}")
        forgotten = signin.forget(server)
        say(f"signed out of {server}" if forgotten else f"you were not signed in at {server}")
        if as_json:
            emit({"server": server, "signed_out": forgotten, "revoked": revoked})
