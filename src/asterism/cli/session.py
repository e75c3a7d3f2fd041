"""Which server a command talks to, and with which token.

A folder stays with the server that it is bound to: in a working copy that one is asked, whatever `ASTERISM_URL` says,
and another one given by `--url` is refused. A folder may come from anywhere, so it cannot make a token go to whom it
likes: `ASTERISM_TOKEN` goes to the server of `ASTERISM_URL`, else to one that was typed or is on this machine.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from asterism.base.errors import Unauthenticated
from asterism.cli import signin
from asterism.cli.output import SIGN_IN
from asterism.client.api import Api
from asterism.client.http import Http, address_parts
from asterism.client.servers import bound_elsewhere, is_here, normal_url, same_server
from asterism.client.workcopy.state import State, find_top

DEFAULT_URL = "http://127.0.0.1:3000"


class NotSignedIn(Unauthenticated):
    """There is no token to send to the server."""

    def __init__(self, server: str) -> None:
        hint = SIGN_IN
        if os.environ.get("ASTERISM_TOKEN"):
            hint = f"ASTERISM_TOKEN is sent there only with ASTERISM_URL={server}; or sign in with `asterism login`."
        super().__init__(f"You are not signed in at {server}.", hint=hint)


@contextmanager
def open_api(
    url: str | None, token: str | None, *, at: State | None = None, anonymous: bool = False, rebind: bool = False
) -> Iterator[Api]:
    """Open the API of the server that `server_of` finds.

    The token is `--token`, else `ASTERISM_TOKEN` where that belongs, else the saved sign-in. Raises Unauthenticated
    without any, unless `anonymous`: then only calls fail. Raises BoundElsewhere, and Invalid for what is no address.
    """
    server = server_of(url, at, rebind=rebind)
    address_parts(server)  # before anything is said about a token for it
    bearer = _bearer(server, token, typed=bool(url))
    if not bearer and not anonymous:
        raise NotSignedIn(server)
    if bearer and (not bearer.isascii() or not bearer.isprintable() or " " in bearer):
        raise Unauthenticated("The given token is no token.")
    with Http(server, bearer) as http:
        try:
            yield Api(http)
        except Unauthenticated as error:
            if bearer and (day := signin.expired_on(server, bearer)):
                raise Unauthenticated(f"Your sign-in at {server} expired on {day}.", hint=SIGN_IN) from error
            raise


def server_of(url: str | None, at: State | None = None, *, rebind: bool = False) -> str:
    """Return the address of the server: that of the working copy `at` (default: the one around the current folder),
    else `url`, else ASTERISM_URL, else this machine's. With `rebind` the working copy has no say.
    """
    given = normal_url(url or "")
    top = find_top(".") if at is None else at.top
    binding = State(top).binding() if top is not None and not rebind else None
    if binding is None:
        return given or _from_environment("ASTERISM_URL") or DEFAULT_URL
    if given and at is not None and not same_server(given, binding.server):
        raise bound_elsewhere(at.top, binding.server, given)
    return given or binding.server


def _bearer(server: str, token: str | None, *, typed: bool) -> str | None:
    if token and token.strip():
        return token.strip()
    meant = _from_environment("ASTERISM_URL")
    if same_server(meant, server) if meant else typed or is_here(server):
        found = (os.environ.get("ASTERISM_TOKEN") or "").strip()
        if found:
            return found
    return signin.find(server)


def _from_environment(name: str) -> str:
    return normal_url(os.environ.get(name) or "")
