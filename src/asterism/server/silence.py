"""Silent connections: nobody's fill the server (ADR 0106).

A connection that has said nothing yet is known to the HTTP server alone, which closes it after half a minute. Until
then it takes one of the places that there are. So whoever holds too many places from one address loses those that have
been silent longest, and where many addresses take too many together, those give way that never said anything. Seen from
the system: the open sockets of this process, and what the kernel knows of each.
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
# Of `struct tcp_info`: tcpi_state, tcpi_last_data_sent and tcpi_last_data_recv (milliseconds), tcpi_bytes_received.
_FIELDS = struct.Struct("=B 43x I 4x I 72x Q")
_ESTABLISHED = 1


class _Silent(NamedTuple):
    """A connection: whether it never said anything, and for how many milliseconds no data went either way."""

    mute: bool
    silence: int
    handle: int


def hush(port: int, each: int, together: int) -> int:
    """Close the longest silent connections to `port` of each address that has more than `each` of them.

    Where more than `together` are left, those that never said anything are closed too, the longest silent first.
    Returns how many were closed. Does nothing where the system does not tell how long a connection has been silent.
    """
    if not hasattr(socket, "TCP_INFO") or _open_files() <= each:
        return 0
    by_address: dict[str, list[_Silent]] = defaultdict(list)
    for address, found in _connections(port):
        by_address[address].append(found)
    giving_way, left = list[_Silent](), list[_Silent]()
    for of_one in by_address.values():
        of_one.sort(key=lambda one: -one.silence)
        over = max(0, len(of_one) - each)
        giving_way += of_one[:over]
        left += of_one[over:]
    mute = sorted((one for one in left if one.mute), key=lambda one: -one.silence)
    giving_way += mute[: max(0, len(left) - together)]
    return sum(_close(one.handle, port) for one in giving_way)


def _open_files() -> int:
    with suppress(OSError):
        return len(os.listdir(_TABLE))
    return 0


def _connections(port: int) -> Iterator[tuple[str, _Silent]]:
    """Yield address and silence of every standing connection that somebody made to `port`.

    Who looks at connections elsewhere in this process holds one twice for that moment; it counts once.
    """
    met = set[tuple[str, int]]()
    for name in os.listdir(_TABLE):
        with suppress(OSError), _borrowed(int(name)) as connection:
            if _is_to(connection, port):
                info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _FIELDS.size)
                # A kernel that counts no bytes tells less: then nobody is taken for mute.
                state, sent, received, heard = _FIELDS.unpack(info.ljust(_FIELDS.size, b"\xff"))
                if state == _ESTABLISHED and (peer := connection.getpeername()[:2]) not in met:
                    met.add(peer)
                    yield peer[0], _Silent(heard == 0, min(sent, received), int(name))


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
