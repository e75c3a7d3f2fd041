"""Silent connections: nobody's fill the server (ADR 0106).

A connection that has said nothing yet is known to the HTTP server alone, which closes it after half a minute. Until
then it takes one of the places that there are. So whoever holds too many places from one address loses those that have
been silent longest. Seen from the system: the open sockets of this process, and what the kernel knows of each.
"""

import os
import socket
import struct
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

_TABLE = "/proc/self/fd" if sys.platform == "linux" else "/dev/fd"
_INFO_BYTES = 60  # of `struct tcp_info`: up to tcpi_last_ack_recv
_FIELDS = struct.Struct("=B 43x I 4x I 4x")  # tcpi_state, tcpi_last_data_sent, tcpi_last_data_recv (milliseconds)
_ESTABLISHED = 1


class _Silent(NamedTuple):
    """A connection, and for how many milliseconds no data went either way."""

    silence: int
    handle: int


def hush(port: int, each: int) -> int:
    """Close the longest silent connections of each address that has more than `each` of them to `port`.

    Returns how many were closed. Does nothing where the system does not tell how long a connection has been silent.
    """
    if not hasattr(socket, "TCP_INFO") or _open_files() <= each:
        return 0
    closed = 0
    by_address: dict[str, list[_Silent]] = defaultdict(list)
    for address, silence, handle in _connections(port):
        by_address[address].append(_Silent(silence, handle))
    for found in by_address.values():
        for _, handle in sorted(found, reverse=True)[: max(0, len(found) - each)]:
            closed += _close(handle, port)
    return closed


def _open_files() -> int:
    with suppress(OSError):
        return len(os.listdir(_TABLE))
    return 0


def _connections(port: int) -> Iterator[tuple[str, int, int]]:
    """Yield address, silence and handle of every standing connection that somebody made to `port`."""
    for name in os.listdir(_TABLE):
        with suppress(OSError), _borrowed(int(name)) as connection:
            if _is_to(connection, port):
                info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO_BYTES)
                state, sent, received = _FIELDS.unpack(info)
                if state == _ESTABLISHED:
                    yield connection.getpeername()[0], min(sent, received), int(name)


def _close(handle: int, port: int) -> bool:
    """End a connection for both sides; whoever serves it finds that out by reading."""
    with suppress(OSError), _borrowed(handle) as connection:
        if _is_to(connection, port):  # the number may be somebody else's by now
            connection.shutdown(socket.SHUT_RDWR)
            return True
    return False


def _is_to(connection: socket.socket, port: int) -> bool:
    internet = connection.family in (socket.AF_INET, socket.AF_INET6) and connection.type == socket.SOCK_STREAM
    return internet and connection.getsockname()[1] == port


def _borrowed(handle: int) -> socket.socket:
    """Return a socket of our own for an open file. Raises OSError when it is none, or closed by now."""
    own = os.dup(handle)
    try:
        return socket.socket(fileno=own)
    except OSError:
        os.close(own)
        raise
