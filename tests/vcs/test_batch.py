"""The batch format: what is written is read back, however the bytes are cut."""

import hashlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterism.base.errors import TooLarge
from asterism.vcs import batch
from asterism.vcs.batch import BadBatch, BatchReader, FrameData, FrameEnd, FrameStart


def name(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def collect(pieces: list[bytes]) -> list[tuple[str, bytes | None]]:
    reader = BatchReader()
    found: list[tuple[str, bytes | None]] = []
    content: bytearray | None = None
    current = ""
    for piece in pieces:
        for event in reader.feed(piece):
            match event:
                case FrameStart(blob, size):
                    current, content = blob, None if size is None else bytearray()
                case FrameData(data):
                    assert content is not None
                    content += data
                case FrameEnd():
                    found.append((current, None if content is None else bytes(content)))
    reader.finish()
    return found


@given(st.lists(st.one_of(st.none(), st.binary(max_size=90)), max_size=6), st.lists(st.integers(0, 400), max_size=8))
def test_frames_survive_any_cutting(blobs: list[bytes | None], cuts: list[int]) -> None:
    sent = [(name(blob or b"gone"), blob) for blob in blobs]
    data = b"".join(batch.frame_head(h, None if b is None else len(b)) + (b or b"") for h, b in sent)
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    assert collect([data[a:b] for a, b in itertools.pairwise(edges)]) == sent


@pytest.mark.parametrize("keep", [1, 39, 41, 44])
def test_a_batch_cut_off_inside_a_frame_is_noticed(keep: int) -> None:
    data = batch.frame_head(name(b"hello"), 5) + b"hello"
    with pytest.raises(BadBatch):
        collect([data[:keep]])


def test_a_frame_over_the_limit_is_refused_before_its_content() -> None:
    reader = BatchReader(limit=4)
    with pytest.raises(TooLarge, match=name(b"hello")):
        list(reader.feed(batch.frame_head(name(b"hello"), 5)))


def test_the_frame_of_a_missing_blob_is_forty_bytes() -> None:
    head = batch.frame_head("ab" * 32, None)
    assert head == b"\xab" * 32 + b"\xff" * 8
