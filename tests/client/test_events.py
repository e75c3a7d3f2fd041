"""Reading event streams: however they are cut, whatever they hold, and when they end too early."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterism.asgi.sse import comment, frame
from asterism.client.errors import BadAnswer, ConnectionBroken
from asterism.client.events import ServerEvent, read_events

LAST = frozenset({"end"})
texts = st.text(max_size=30)
bodies = st.dictionaries(texts, texts | st.integers(0, 2**53) | st.booleans() | st.none(), max_size=4)
names = st.sampled_from(["status", "token.delta", "tool.start"])


@given(st.lists(st.tuples(names, bodies), max_size=8), st.lists(st.integers(1, 50), min_size=1, max_size=40))
def test_what_is_written_is_read_however_it_is_cut(
    events: list[tuple[str, dict[str, object]]], cuts: list[int]
) -> None:
    told = [*events, ("end", {})]
    stream = b"".join(frame(name, data, seq) + comment("ping") for seq, (name, data) in enumerate(told, start=1))
    read = list(read_events(cut(stream, cuts), last=LAST))
    assert read == [ServerEvent(name, data, seq) for seq, (name, data) in enumerate(told, start=1)]


def cut(stream: bytes, sizes: list[int]) -> Iterator[bytes]:
    """Yield the stream in pieces of the given sizes, over and over."""
    position = number = 0
    while position < len(stream):
        size = sizes[number % len(sizes)]
        yield stream[position : position + size]
        position, number = position + size, number + 1


def test_a_stream_that_breaks_off_is_an_error_after_what_it_said() -> None:
    events = read_events([frame("status", {"message": "reading"}, 1), b"id: 2\nevent: en"], last=LAST)
    assert next(events).data == {"message": "reading"}
    with pytest.raises(ConnectionBroken):
        next(events)


@pytest.mark.parametrize("data", [b"no json", b"[1]", b"{", b"7"])
def test_a_frame_that_is_no_object_is_refused(data: bytes) -> None:
    with pytest.raises(BadAnswer):
        list(read_events([b"event: end\ndata: " + data + b"\n\n"], last=LAST))
