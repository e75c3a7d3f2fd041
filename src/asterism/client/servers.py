"""Addresses of servers: how they are written down, and when two of them mean the same server."""

from urllib.parse import urlsplit

from asterism.base.errors import Conflict

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_PORTS = {"http": 80, "https": 443}


class BoundElsewhere(Conflict):
    """The folder belongs to another server than the one that was named."""

    code = "BOUND_ELSEWHERE"


def normal_url(url: str) -> str:
    """Return an address as it is kept: without blanks around it and without slashes at its end."""
    return url.strip().rstrip("/")


def same_server(one: str, other: str) -> bool:
    """Say whether two addresses are certainly those of one server: letter case, a default port and the names of this
    machine's own interface don't matter.
    """
    return one == other or _parts(one) == _parts(other)


def is_here(url: str) -> bool:
    """Say whether an address is on this machine's own interface."""
    return _parts(url)[1] == _LOOPBACK[0]


def _parts(url: str) -> tuple[str, str, int | None, str]:
    try:
        parsed = urlsplit(normal_url(url))
        scheme, host, port = parsed.scheme, parsed.hostname or "", parsed.port
    except ValueError:
        return "", url, None, ""
    host = _LOOPBACK[0] if host in _LOOPBACK else host
    return scheme, host, port or _PORTS.get(scheme), parsed.path


def bound_elsewhere(top: str, bound: str, asked: str) -> BoundElsewhere:
    """Say that the folder `top` belongs to the server `bound`, not to the one that was asked for."""
    return BoundElsewhere(
        f"{top} belongs to the server {bound}, not to {asked}.",
        hint="Leave out --url, or move the folder over with `asterism init --rebind --url ...`.",
    )
