"""Receiving the contents of a clone, with several processes where they are many (ADR 0215)."""

import os

import msgspec

from asterism.client.api import Api
from asterism.client.download import BIG_BYTES, fetch, groups
from asterism.client.progress import Progress, Silent
from asterism.kernel.workcopy.crew import MOST_PORTIONS, Crew, Start, helpers_at_hand
from asterism.kernel.workcopy.scan import Written
from asterism.kernel.workcopy.writer import Writer

MANY_BLOBS = 2000  # of fewer, a helper's own connection costs more than it saves
_decoder = msgspec.msgpack.Decoder(dict[str, Written])


def receive(api: Api, writer: Writer, progress: Progress) -> None:
    """Fetch and write what the writer wants. Raises what `download.fetch` raises, and CannotWrite."""
    sizes = writer.wanted()
    progress.start("Receiving", sum(sizes.values()))
    try:
        helpers = helpers_at_hand() if len(sizes) >= MANY_BLOBS else 0
        if helpers:
            sizes = receive_together(api, writer, sizes, progress, helpers)
        fetch(api, sizes, writer, progress)
    finally:
        progress.finish()


def receive_together(
    api: Api, writer: Writer, sizes: dict[str, int], progress: Progress, helpers: int, start: Start | None = None
) -> dict[str, int]:
    """Fetch and write small contents with helpers; return hash and size of what is left to do."""
    line = _Line(api)
    small = [blob for blob, size in sizes.items() if size <= BIG_BYTES]
    portions = list(groups(small, sizes))[:MOST_PORTIONS]

    def do(number: int) -> bytes:
        portion = portions[number]
        fetch(line.api(), {blob: sizes[blob] for blob in portion}, writer, Silent(), threads=1)
        return msgspec.msgpack.encode(writer.facts(portion))

    left, lost = dict(sizes), set(range(len(portions)))
    with Crew(len(portions), do, helpers, start) as crew:
        for number, facts in crew.finished():
            writer.written.update(_decoder.decode(facts))
            progress.advance(sum(left.pop(blob) for blob in portions[number]))
            lost.discard(number)
    if not lost:
        return left
    writer.resume()  # a helper ended amid one: it was killed, or met an error that will be met again
    return writer.wanted()


class _Line:
    """The way to the server: in a fork a connection of its own."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._process = os.getpid()

    def api(self) -> Api:
        """Return the API as this process may call it."""
        if os.getpid() != self._process:
            self._api, self._process = Api(self._api.http.again()), os.getpid()
        return self._api
