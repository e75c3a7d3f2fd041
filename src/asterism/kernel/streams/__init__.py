"""Streams: append-only logs of numbered events, with readers that follow them live.

A stream is a log and nothing else. SSE, WebSocket frames, replay and resume are encodings of it, so "resume" is simply
`subscribe(stream, after=seq)`. A writer appends a typed `Fact`, a tagged Struct of its feature's `events.py`; it
becomes an `Event` with a `seq` 1, 2, 3, … in its stream, a `type` (the tag) and `data` (the other fields as JSON).

    class Said(Fact, frozen=True, tag="said"):
        text: str

    streams.create(tx, run_id)                                  # with the row of the run, in one transaction
    streams.append_in(tx, run_id, Said("Collecting"))           # durable with the caller's transaction, heard after it
    await streams.append(run_id, Said("a piece"))               # heard at once, durable within 50 ms
    streams.append_in(tx, run_id, Said("the end"), close=True)  # the terminal event(s); nothing may follow

    async for event in streams.subscribe(run_id, after=5): ...  # ends when the stream is closed and exhausted
    streams.read_after(tx, run_id, 5)                           # a page of it, the not yet written tail included
    streams.head(tx, run_id)                                    # Head(last_seq, closed, expired), None when unknown

    streams.create(tx, log_id, shared=True)                     # a log without an end that several processes write
    await streams.tell(log_id, Said("a piece"))                 # durable within 50 ms, heard after that
    streams.rewrite(tx, log_id, drop=[5], put={6: Said("all")}) # fewer events that say the same
    logs.append(tx, log_id, "said", b"{}")                      # an entry of a log, by whoever has a transaction
    streams.trim(tx, log_id, 100)                               # forget the oldest; `Head.floor` tells up to where

Rules
-----
* **One writer.** While a stream is open, one process writes it, and that process does not call `append` between
  `append_in` and the commit of that transaction. After `append_in(..., close=True)` every `append` raises
  `StreamClosed`; when that transaction is rolled back, call `append_in` again (nothing that was appended is lost).
* **Committed before heard.** What goes through `append_in` reaches listeners only after the commit, together with all
  earlier events that were not yet written: they are written by the same transaction, in front.
* **Live events** (`append`) are heard by listeners of this process at once. Writes are coalesced over all streams, at
  most 50 ms late, and at most 500 events of a stream are ahead of the disk: then `append` waits.
* **Shared streams** may be written by any number of processes. Their events are numbered 1, 2, 3, … by the transaction
  that writes them, so nothing is heard before it is durable and no number is left out, also after a restart. What was
  told by `tell` goes in front of an `append_in` only if `flush` was awaited in between.
* **Logs** (`logs`) are shared streams that are written by their functions alone; no object is at hand where it
  happens, only the transaction.
* **Taking over.** A process that appends to a stream which another one (or its own former life) wrote starts at *last
  durable seq + 1000*, so a number that somebody may have seen is never given to a second event (Starbot 5.5).
* **Wake-ups are hints**: in-process at once, LISTEN/NOTIFY between processes on PostgreSQL, and a poll of 1 s behind
  both. The log decides.
* Any number of readers may follow; a slow one reads from the log and never holds up the writer.

`DatabaseStreams` is the real thing (call `await start()` and `await stop()`), `MemoryStreams` the fake for tests.
"""

from asterism.kernel.streams import logs
from asterism.kernel.streams.database import DatabaseStreams
from asterism.kernel.streams.facts import Fact, type_of
from asterism.kernel.streams.memory import MemoryStreams
from asterism.kernel.streams.models import Event, Head, StreamClosed, Streams, UnknownStream

__all__ = [
    "DatabaseStreams",
    "Event",
    "Fact",
    "Head",
    "MemoryStreams",
    "StreamClosed",
    "Streams",
    "UnknownStream",
    "logs",
    "type_of",
]
