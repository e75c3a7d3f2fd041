"""What a running app is let into: the folders, sockets and servers that providers made for its project. Pure.

A sandbox has no network, so a server is reached by a door of its own, and the app is told the door's address. Names
in certificates do not match it: who insists on that (`sslmode=verify-full`) cannot connect. Storage is spoken to by
HTTPS, through a proxy that admits its host alone.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit, urlunsplit

FIRST_DOOR: Final = 4100
_PORTS: Final = {"postgres": 5432, "postgresql": 5432, "mysql": 3306, "redis": 6379, "rediss": 6379}


@dataclass(frozen=True, slots=True)
class Ways:
    """`variables` as the app is told them, folders to read and to write to, what its ports lead to, and hosts."""

    variables: Mapping[str, str]
    readable: tuple[Path, ...] = ()
    writable: tuple[Path, ...] = ()
    servers: Mapping[int, tuple[str, int]] = field(default_factory=dict)
    hosts: tuple[str, ...] = ()


def ways_of(variables: Mapping[str, str], own: Set[str], *, isolated: bool) -> Ways:
    """Return the ways of an app. `own` are the addresses made for its project: no other value opens anything.

    Without isolation everything is reached as it is.
    """
    told, servers = dict(variables), dict[int, tuple[str, int]]()
    readable, writable, hosts = list[Path](), list[Path](), list[str]()
    for key, value in variables.items():
        if value not in own:
            continue
        if value.startswith("/"):
            writable.append(Path(value))
        elif (socket := _socket(value)) is not None:
            readable.append(socket)
        elif isolated and (server := _server(value)) is not None:
            port = FIRST_DOOR + len(servers)
            servers[port] = server
            told[key] = _moved(value, port)
        elif isolated and value.startswith("s3://"):
            hosts.append(urlsplit(value).hostname or "")
    return Ways(told, tuple(readable), tuple(writable), servers, tuple(hosts))


def _socket(url: str) -> Path | None:
    """Return the folder of the Unix socket that an address names: `host` of PostgreSQL's, `unix_socket` of MySQL's."""
    query = parse_qs(urlsplit(url).query)
    for name, folder in (("host", Path), ("unix_socket", lambda value: Path(value).parent)):
        for value in query.get(name, []):
            if value.startswith("/"):
                return folder(value)
    return None


def _server(url: str) -> tuple[str, int] | None:
    parts = urlsplit(url)
    usual = _PORTS.get(parts.scheme)
    return (parts.hostname, parts.port or usual) if parts.hostname and usual else None


def _moved(url: str, port: int) -> str:
    parts = urlsplit(url)
    user, at, _ = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user}{at}127.0.0.1:{port}"))
