"""Which server a command talks to, and with which token."""

from collections.abc import Iterator
from contextlib import contextmanager

from asterism.base.errors import Unauthenticated
from asterism.cli import signin
from asterism.client.api import Api
from asterism.client.http import Http

DEFAULT_URL = "http://127.0.0.1:3000"


@contextmanager
def open_api(url: str | None, token: str | None) -> Iterator[Api]:
    """Open the API: `--url` or the default; `--token` or the saved sign-in. Raises Unauthenticated without either."""
    server = normal_url(url)
    bearer = (token or "").strip() or signin.find(server)
    if not bearer:
        raise Unauthenticated(f"You are not signed in at {server}.")
    if not bearer.isascii() or not bearer.isprintable() or " " in bearer:
        raise Unauthenticated("The given token is no token.")
    with Http(server, bearer) as http:
        yield Api(http)


def normal_url(url: str | None) -> str:
    """Return the server's address without a trailing slash, the default one for none."""
    return (url or "").strip().rstrip("/") or DEFAULT_URL
