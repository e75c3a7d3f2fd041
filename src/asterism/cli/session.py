"""Which server a command talks to, and with which token."""

from collections.abc import Iterator
from contextlib import contextmanager

from asterism.base.errors import Unauthenticated
from asterism.cli import signin
from asterism.client.api import Api
from asterism.client.http import Http
from asterism.client.workcopy.state import State

DEFAULT_URL = "http://127.0.0.1:3000"


@contextmanager
def open_api(url: str | None, token: str | None, *, at: State | None = None, anonymous: bool = False) -> Iterator[Api]:
    """Open the API: `--url`, else the server of the working copy `at`, else the default one.

    The token is `--token`, else the saved sign-in. Raises Unauthenticated without either, unless `anonymous`: then only
    calls fail.
    """
    binding = at.binding() if at is not None else None
    server = normal_url(url or (binding.server if binding is not None else None))
    bearer = (token or "").strip() or signin.find(server)
    if not bearer and anonymous:
        with Http(server, None) as http:
            yield Api(http)
        return
    if not bearer:
        raise Unauthenticated(f"You are not signed in at {server}.")
    if not bearer.isascii() or not bearer.isprintable() or " " in bearer:
        raise Unauthenticated("The given token is no token.")
    with Http(server, bearer) as http:
        yield Api(http)


def normal_url(url: str | None) -> str:
    """Return the server's address without a trailing slash, the default one for none."""
    return (url or "").strip().rstrip("/") or DEFAULT_URL
