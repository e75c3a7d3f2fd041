"""From bytes to events: server-sent events (WHATWG HTML, 9.2), and what servers send in their place."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MAX_EVENT = 32 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"


class Unreadable(Exception):
    """What came is no event: JSON that is cut off or broken, or without end."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One event: its name, "" without one, and its value; `done` for the end marker `[DONE]`, however it is written."""

    name: str = ""
    value: Any = None
    done: bool = False


class Frames:
    """Takes bytes as they come and yields events as soon as they are whole.

    Lines end with LF, CRLF or CR; a BOM, comments and unknown fields are passed over. The blank line between two events
    may be missing, and the last one before the end. A body that is plain JSON (one value, an array of events, or one
    value per line) is read as the events that it holds. `junk` says that there were lines of no such kind.
    """

    def __init__(self) -> None:
        self._rest = bytearray()
        self._after_cr = False
        self._name = ""
        self._data: list[str] = []
        self._size = 0
        self._open = False  # the data is known to need further lines
        self._plain = False
        self.junk = False

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Yield the events that are whole now. Raises Unreadable."""
        if self._after_cr and data.startswith(b"\n"):
            data = data[1:]
            self._after_cr = False
        if not data:
            return
        self._after_cr = data.endswith(b"\r")
        first, *lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        self._rest += first
        self._check(len(self._rest))
        for line in lines:
            whole = bytes(self._rest)
            self._rest = bytearray(line)
            yield from self._line(whole)

    def close(self) -> Iterator[Frame]:
        """Yield what the end of the body makes whole. Raises Unreadable."""
        yield from self._line(bytes(self._rest))
        self._rest.clear()
        yield from self._dispatch()

    def _line(self, raw: bytes) -> Iterator[Frame]:
        line = raw.removeprefix(_BOM).decode(errors="replace")
        if not line.strip():
            if not self._plain:
                yield from self._dispatch()
            return
        if self._plain or (line.lstrip()[0] in "{[" and not self._data):
            yield from self._json_line(line)
            return
        name, _, value = line.partition(":")
        name, value = name.strip().lower(), value.removeprefix(" ")
        if name == "data":
            yield from self._unless_open()
            self._add(value)
        elif name == "event":
            yield from self._unless_open()
            self._name = value.strip()
        elif name not in _PASSED_OVER:
            if self._is_open():
                self._add(line)  # JSON over several lines behind one `data:`
            else:
                self.junk = True

    def _json_line(self, line: str) -> Iterator[Frame]:
        """Take a line of plain JSON: an event if it is whole, else a part of one that fills the body."""
        found = None if self._data else _value(line)
        if found is None:
            self._plain = True
            self._add(line)
        else:
            yield from _spread(self._name, found)

    def _add(self, line: str) -> None:
        self._data.append(line)
        self._size += len(line)
        self._check(self._size)

    def _check(self, size: int) -> None:
        if size > MAX_EVENT:
            raise Unreadable

    def _is_open(self) -> bool:
        self._open = self._open or (len(self._data) == 1 and _value(self._data[0]) is None)
        return self._open

    def _unless_open(self) -> Iterator[Frame]:
        """Dispatch an event that the next one follows without a blank line."""
        if len(self._data) == 1 and not self._is_open():
            yield from self._dispatch()

    def _dispatch(self) -> Iterator[Frame]:
        name, data = self._name, "\n".join(self._data)
        self._name, self._data, self._size, self._open, self._plain = "", [], 0, False, False
        if not data.strip():
            if name.lower() == "done":
                yield Frame(name, done=True)
            return
        found = _value(data)
        if found is not None:
            yield from _spread(name, found)
        elif data.lstrip()[0] in "{[":
            for value in _several(data):
                yield from _spread(name, value)
        elif name.lower() == "error":
            yield Frame(name, {"error": {"message": data}})
        else:
            self.junk = True


_PASSED_OVER = frozenset({"", "id", "retry"})
_DONE = object()
_DECODER = json.JSONDecoder()


def _value(data: str) -> Any:
    """Return the JSON object or array of a text, `_DONE` for the end marker, None when it is neither."""
    bare = data.strip()
    if len(bare) < 10 and bare.strip("\"'").strip("[]").strip().upper() == "DONE":
        return _DONE
    try:
        value = json.loads(bare)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) else None


def _several(data: str) -> Iterator[Any]:
    """Yield the values of a text that holds several in a row. Raises Unreadable."""
    place = 0
    while place < len(data):
        if data[place].isspace() or data[place] == ",":
            place += 1
        elif data.startswith("[DONE]", place):
            yield _DONE
            place += len("[DONE]")
        else:
            try:
                value, place = _DECODER.raw_decode(data, place)
            except (ValueError, RecursionError) as error:
                raise Unreadable from error
            yield value


def _spread(name: str, value: Any) -> Iterator[Frame]:
    if value is _DONE:
        yield Frame(name, done=True)
        return
    for each in value if isinstance(value, list) else (value,):
        yield Frame(name, each)
