"""Reading contents by hash: from the working copy where it has them, else from the server, many at a time."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence

from asterism.client.api import Api
from asterism.client.download import fetch
from asterism.client.errors import Corrupt
from asterism.client.progress import Silent
from asterism.vcs.content import hash_bytes
from asterism.vcs.manifest import Entry

Read = Callable[[Sequence[str]], Mapping[str, bytes]]
"""Returns the contents that can be had, by hash; the others are absent."""


def reader(api: Api, stored: Sequence[Entry], top: str = "", local: Sequence[Entry] = ()) -> Read:
    """Return a reader of the contents of `stored` (the server has them) and `local` (they lie below `top`)."""
    places = {entry.hash: entry.path for entry in local if entry.type == "file"}
    sizes = {entry.hash: entry.size for entry in stored if entry.type == "file"}

    def read(hashes: Sequence[str]) -> Mapping[str, bytes]:
        found: dict[str, bytes] = {}
        for blob in hashes:
            content = _own(os.path.join(top, places[blob])) if blob in places else None
            if content is not None and hash_bytes(content) == blob:
                found[blob] = content
        _fetch(api, {blob: sizes[blob] for blob in hashes if blob in sizes and blob not in found}, found)
        return found

    return read


def _fetch(api: Api, sizes: dict[str, int], found: dict[str, bytes]) -> None:
    sink = _Collected(found)
    try:
        fetch(api, sizes, sink, Silent())
    except Corrupt:  # the server lacks one of them: get the others one by one
        for blob, size in sizes.items():
            if blob not in found:
                try:
                    fetch(api, {blob: size}, sink, Silent(), threads=1)
                except Corrupt:
                    continue


class _Collected:
    """Keeps contents in memory (a `download.Sink`)."""

    def __init__(self, found: dict[str, bytes]) -> None:
        self._found = found

    def small(self, blob: str, content: bytes) -> None:
        """Keep a content."""
        self._found[blob] = content

    def big(self, blob: str, chunks: Iterator[bytes]) -> None:
        """Keep a content that comes in pieces."""
        self._found[blob] = b"".join(chunks)


def _own(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None
