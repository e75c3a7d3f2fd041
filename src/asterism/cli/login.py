"""`asterism login`: sign this machine in, approved by a person in a browser (device flow, RFC 8628)."""

import socket
import time
from typing import TYPE_CHECKING

from asterism.base.errors import DomainError, Forbidden, Unauthenticated, Unavailable
from asterism.cli.options import AsJson, Url, verb_app

if TYPE_CHECKING:
    from asterism.client.api import Api

app = verb_app("Sign in to a server.")
PATIENCE_SECONDS = 1  # added to the pace of polling for each `slow_down`


@app.command()
def login(url: Url = None, as_json: AsJson = False) -> None:
    """Sign in: shows a code and a page to approve it on, waits, and saves the token for this user of this machine."""
    from asterism.cli import signin
    from asterism.cli.output import command, count, emit, say
    from asterism.cli.session import server_of
    from asterism.client.api import Api
    from asterism.client.http import Http

    with command(as_json=as_json):
        server = server_of(url)
        with Http(server, None) as http:
            api = Api(http)
            grant = api.start_sign_in(f"asterism on {socket.gethostname()}"[:200])
            say(f"Open   {grant.verification_uri_complete}")
            say(f"and approve the code   {grant.user_code}")
            say(f"It is valid for {count(max(1, grant.expires_in // 60), 'minute')}; this command waits for you.")
            token, email, lasts = _wait(api, grant.device_code, grant.interval, grant.expires_in)
        where = signin.store(server, token, email, lasts)
        say(f"signed in at {server} as {email}; the token is in {where}")
        if as_json:
            emit({"server": server, "email": email, "stored_in": where})


def _wait(api: "Api", device_code: str, interval: int, expires_in: int) -> tuple[str, str, int | None]:
    """Poll until the code is approved. Returns token, address and how many seconds the token is good for.

    Raises Forbidden or Unauthenticated.
    """
    deadline = time.monotonic() + expires_in
    pace = max(1, interval)
    while time.monotonic() < deadline:
        try:
            answer = api.poll_sign_in(device_code)
        except Unavailable:  # a restart of the server does not end the sign-in
            time.sleep(pace)
            continue
        if answer.access_token:
            return answer.access_token, answer.user.email if answer.user else "", answer.expires_in
        if answer.error == "slow_down":
            pace += PATIENCE_SECONDS
        elif answer.error != "authorization_pending":
            raise _refused(answer.error)
        time.sleep(pace)
    raise _refused("expired_token")


def _refused(error: str | None) -> DomainError:
    if error == "access_denied":
        return Forbidden("The sign-in was denied.")
    return Unauthenticated("The code is no longer valid; nobody approved it in time.")
