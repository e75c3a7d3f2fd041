"""The socket between a watcher and commands, in the state folder: one question and one answer for each connection.

Only the same user is talked to. Sockets are reached by the handle of their folder, since their addresses may have 107
bytes at most.
"""

import os
import select
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import msgspec

from asterism.client.workcopy.watching.messages import Answer, Question

if TYPE_CHECKING:
    from asterism.client.workcopy.watching.watcher import Watcher

NAME = "watch"
SECONDS = 1.0
_READ_BYTES = 1 << 20
_PEER = struct.Struct("3i")


def call(folder: str, question: Question) -> Answer | None:
    """Ask the watcher whose socket lies in a state folder; None when nobody answers soon, or somebody else does."""
    try:
        with _address(folder) as address, socket.socket(socket.AF_UNIX) as line:
            line.settimeout(SECONDS)
            line.connect(address)
            if not _same_user(line):
                return None
            line.sendall(msgspec.json.encode(question))
            line.shutdown(socket.SHUT_WR)
            return msgspec.json.decode(_read(line), type=Answer)
    except (OSError, AttributeError, msgspec.MsgspecError, UnicodeError):  # Windows knows no AF_UNIX
        return None


@contextmanager
def listening(folder: str) -> Iterator[socket.socket]:
    """Listen in a state folder. Whoever calls holds the lock that says that no other watcher runs. Raises OSError."""
    with _address(folder) as address, socket.socket(socket.AF_UNIX) as door:
        with suppress(FileNotFoundError):
            os.unlink(address)
        before = os.umask(0o177)
        try:
            door.bind(address)
        finally:
            os.umask(before)
        door.listen()
        try:
            yield door
        finally:
            with suppress(OSError):
                os.unlink(address)


def serve(watcher: "Watcher", door: socket.socket, folder: str, *, look_after: float = 10.0) -> None:
    """Answer until somebody says stop, or the socket is not in its folder any more (looked at every so many seconds).

    Raises what `Watcher.answer` raises.
    """
    own = _at(folder)
    awaited: list[socket.socket | Watcher] = [door, watcher]
    while own is not None and _at(folder) == own:
        ready, _, _ = select.select(awaited, [], [], look_after)
        if door in ready:
            if not _answer(watcher, door):
                return
        elif ready:
            watcher.take()


def _answer(watcher: "Watcher", door: socket.socket) -> bool:
    """Answer one connection; False when it says stop."""
    line, _ = door.accept()
    with line:
        line.settimeout(SECONDS)
        try:
            question = msgspec.json.decode(_read(line), type=Question) if _same_user(line) else None
        except (OSError, msgspec.MsgspecError, UnicodeError):
            return True
        if question is None:
            return True
        answer = watcher.answer(question)
        with suppress(OSError):
            line.sendall(msgspec.json.encode(answer))
        return not question.stop


def _at(folder: str) -> int | None:
    try:
        return os.stat(os.path.join(folder, NAME)).st_ino
    except OSError:
        return None


@contextmanager
def _address(folder: str) -> Iterator[str]:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{handle}/{NAME}"
    finally:
        os.close(handle)


def _same_user(line: socket.socket) -> bool:
    _, user, _ = _PEER.unpack(line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size))
    return bool(user == os.geteuid())


def _read(line: socket.socket) -> bytes:
    pieces = []
    while piece := line.recv(_READ_BYTES):
        pieces.append(piece)
    return b"".join(pieces)
