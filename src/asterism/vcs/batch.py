"""The batch format: many blobs in one body (media type `application/x-asterism-batch`), both directions.

A batch is a sequence of frames and ends where the body ends. A frame is the blob's SHA-256 (32 raw bytes), the length
of its content (8 bytes, big-endian), and the content. In a download a blob that is not stored has the length 2^64-1
and no content.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from asterism.base.errors import Invalid, TooLarge

MEDIA_TYPE = "application/x-asterism-batch"
MISSING = 2**64 - 1
HEAD_BYTES = 40

_head = struct.Struct(">32sQ")


class BadBatch(Invalid):
    """The bytes are no batch."""


@dataclass(frozen=True, slots=True)
class FrameStart:
    """A frame begins; `size` is None for a blob that the sender does not have (then the frame has no data)."""

    hash: str
    size: int | None


@dataclass(frozen=True, slots=True)
class FrameData:
    """A further part of the content of the frame that began last."""

    data: bytes


@dataclass(frozen=True, slots=True)
class FrameEnd:
    """The content of the frame is complete (its hash is not checked here)."""


Event: TypeAlias = FrameStart | FrameData | FrameEnd


def frame_head(blob: str, size: int | None) -> bytes:
    """Return what stands before the content of a blob; `size` None writes the frame of a missing one."""
    return _head.pack(bytes.fromhex(blob), MISSING if size is None else size)


class BatchReader:
    """Takes a batch apart as its bytes arrive, in whatever pieces, without holding more than one piece.

    `limit` is the largest content that a frame may announce, None for any.
    """

    def __init__(self, limit: int | None = None) -> None:
        self._limit = limit
        self._head = bytearray()
        self._left = 0

    def feed(self, data: bytes) -> Iterator[Event]:
        """Yield what `data` completes. Raises TooLarge when a frame announces more than the limit."""
        position, end = 0, len(data)
        while position < end:
            if self._left:
                part = data[position : position + self._left] if position or self._left < end else data
                position += len(part)
                self._left -= len(part)
                yield FrameData(part)
                if not self._left:
                    yield FrameEnd()
                continue
            if not self._head and end - position >= HEAD_BYTES:
                name, size = _head.unpack_from(data, position)
                position += HEAD_BYTES
            else:
                piece = data[position : position + HEAD_BYTES - len(self._head)]
                self._head += piece
                position += len(piece)
                if len(self._head) < HEAD_BYTES:
                    return
                name, size = _head.unpack(self._head)
                self._head.clear()
            yield from self._begin(name.hex(), size)

    def _begin(self, blob: str, size: int) -> Iterator[Event]:
        if size == MISSING:
            yield FrameStart(blob, None)
            yield FrameEnd()
            return
        if self._limit is not None and size > self._limit:
            raise TooLarge.bytes(self._limit, f"Blob {blob}")
        self._left = size
        yield FrameStart(blob, size)
        if not size:
            yield FrameEnd()

    def finish(self) -> None:
        """Say that no more bytes come. Raises BadBatch when they end within a frame."""
        if self._left or self._head:
            raise BadBatch("The batch ends in the middle of a frame.", hint="Send the rest again.")
