"""What a stream is made of, and the port."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias, TypeVar

import msgspec

from asterism.base.errors import Conflict, NotFound
from asterism.kernel.db import Tx
from asterism.kernel.streams.facts import Fact, data_of, tagged, type_of

F = TypeVar("F", bound=Fact)
FactClass: TypeAlias = type[F]


@dataclass(frozen=True, slots=True)
class Event:
    """One fact in a stream: its type, and its fields as a JSON object on one line."""

    seq: int
    type: str
    data: bytes
    created_at: str

    @classmethod
    def of(cls, seq: int, fact: Fact, created_at: str) -> "Event":
        """Write a fact down."""
        return cls(seq, type_of(fact), data_of(fact), created_at)

    @property
    def tagged(self) -> bytes:
        """The data with the event's type as its first member."""
        return tagged(self.type, self.data)

    def fact(self, kind: FactClass[F]) -> F | None:
        """Return the fact that was appended when it is of this class, else None."""
        return msgspec.json.decode(self.data, type=kind) if self.type == type_of(kind) else None


@dataclass(frozen=True, slots=True)
class Head:
    """How far a stream has come. `expired`: it is closed and its events were purged.

    Of a shared stream, events up to `floor` were dropped; above it, numbers may be missing where it was rewritten.
    """

    last_seq: int
    closed: bool
    expired: bool = False
    shared: bool = False
    floor: int = 0


class UnknownStream(NotFound):
    """There is no such stream (any more)."""


class StreamClosed(Conflict):
    """The stream has its terminal event; nothing may follow."""

    code = "STREAM_CLOSED"


class Streams(Protocol):
    """The port; its rules are in the package's docstring."""

    async def start(self) -> None:
        """Begin to hear of other processes' events."""
        ...

    async def stop(self) -> None:
        """Make everything durable, let readers have it, end them, and let go."""
        ...

    def create(self, tx: Tx, stream: str, *, shared: bool = False) -> None:
        """Make an empty open stream with the caller's transaction."""
        ...

    def append_in(self, tx: Tx, stream: str, *facts: Fact, close: bool = False) -> list[Event]:
        """Append with the caller's transaction; heard after its commit. Raises StreamClosed, UnknownStream."""
        ...

    async def append(self, stream: str, fact: Fact) -> Event:
        """Append now: heard at once, durable within 50 ms. Raises StreamClosed, UnknownStream."""
        ...

    async def tell(self, stream: str, *facts: Fact) -> None:
        """Append to a shared stream soon: numbered and durable within 50 ms, heard after that.

        Waits while 500 are ahead. What is told to a stream that was closed or deleted meanwhile is dropped.
        """
        ...

    def rewrite(self, tx: Tx, stream: str, *, drop: Sequence[int], put: Mapping[int, Fact]) -> None:
        """Drop events of a shared stream, and put facts in the place of others, with the caller's transaction."""
        ...

    def trim(self, tx: Tx, stream: str, seq: int) -> None:
        """Drop the events of a shared stream up to a seq, which becomes its floor, with the caller's transaction."""
        ...

    def retain(self, tx: Tx, stream: str, before: str, *, keep: int) -> None:
        """Trim a shared stream: what was told before a stamp goes, except for the last `keep` numbers."""
        ...

    async def flush(self) -> None:
        """Return when everything appended so far is durable. Raises Unavailable when the database is."""
        ...

    def head(self, tx: Tx, stream: str) -> Head | None:
        """Return how far the stream has come (unwritten tail included), None when it is unknown."""
        ...

    def read_after(self, tx: Tx, stream: str, seq: int, limit: int | None = None) -> list[Event]:
        """Return the events with a higher seq, in order, unwritten tail included; all of them without `limit`."""
        ...

    def subscribe(self, stream: str, after: int = 0) -> AsyncGenerator[Event, None]:
        """Yield every event with a higher seq as it comes.

        Ends when the stream is closed and exhausted, when it is deleted, and when all streams are stopped.
        """
        ...

    def delete(self, tx: Tx, stream: str) -> None:
        """Remove a stream and its events with the caller's transaction; close it first, so that readers end well."""
        ...

    def purge(self, tx: Tx, closed_before: str, *, prefix: str = "", heads: bool = False) -> int:
        """Drop the events of streams closed before the stamp, of those whose name begins with `prefix`.

        Return how many streams that were. Their heads stay, expired, unless `heads` are dropped too.
        """
        ...

    def purge_orphans(self, tx: Tx, prefix: str, table: str) -> int:
        """Remove the streams named `prefix` + id whose id no row of `table` has (any more); return how many."""
        ...
