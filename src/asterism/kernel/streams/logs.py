"""Logs: shared streams that whoever has a transaction can append to, with nothing else at hand.

A log is made by its first entry. Entries are numbered 1, 2, 3, … in the order of the commits and written as the last
thing of the transaction that reports them (`Tx.leave_to_end`), so many may write one log and none waits for long. They
are followed by `Streams.subscribe` as any stream is; nothing but this module may write them.
"""

from collections.abc import Collection, Sequence

from asterism.kernel.db import Tx
from asterism.kernel.streams import store
from asterism.kernel.streams.models import Event, Head

NEWS = "streams.logs"


def append(tx: Tx, log: str, kind: str, data: bytes) -> None:
    """Append an entry with the caller's transaction: its kind, and a JSON object on one line."""
    tx.leave_to_end(_write, log, (kind, data))


def _write(tx: Tx, log: str, entries: Sequence[tuple[str, bytes]]) -> None:
    last = store.extend(tx, log, len(entries))
    if last is None:
        store.insert_missing(tx, log)
        last = store.extend(tx, log, len(entries))
    if last is None:
        return  # it was closed for good
    first, now = last - len(entries) + 1, tx.now()
    store.write_new(tx, log, [Event(first + n, kind, data, now) for n, (kind, data) in enumerate(entries)])
    store.notify(tx, log)
    tx.tell(NEWS, log)


def head(tx: Tx, log: str) -> Head:
    """Return how far a log has come; one without entries ends at 0."""
    return store.head(tx, log) or Head(0, closed=False, shared=True)


def read(tx: Tx, log: str, after: int, limit: int, kinds: Collection[str] | None = None) -> list[Event]:
    """Return entries above a number, oldest first; of these kinds, if any are named."""
    return store.read_after(tx, log, after, limit, kinds)


def retain(tx: Tx, prefix: str, before: str, *, keep: int) -> int:
    """Trim the logs whose name begins with `prefix`: what is older than a stamp goes, but not the last `keep` numbers.

    Return how many logs became shorter.
    """
    return sum(store.retain(tx, log, before, keep) for log in store.names(tx, prefix))


def remove(tx: Tx, log: str) -> None:
    """Remove a log; who follows it hears the end."""
    store.delete(tx, log)
    store.notify(tx, log)
    tx.tell(NEWS, log)
