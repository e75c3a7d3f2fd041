"""Content-addressed snapshot ids: the hash of manifest, parents, author and time (Fastest 6.3).

The client that made such an id does not send author and time, but checks the id against them after a clone; so they
are recovered here, by trying what they can have been.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from asterism.base.clock import stamp

EARLIEST_SECONDS = -600
LATEST_SECONDS = 120
MAX_KNOWN_AUTHORS = 6

Author = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Recovered:
    """Author and time that hash to the id; `created_at` without a fraction, as the client spelled it."""

    name: str
    email: str
    created_at: str


def content_id(manifest_hash: str, parents: Iterable[str], author: Author, created_at: str) -> str:
    """Return the id of a snapshot with this content."""
    digest = hashlib.sha256(_prefix(manifest_hash, parents))
    digest.update(_suffix(author, created_at))
    return digest.hexdigest()


def recover(
    wanted: str,
    manifest_hash: str,
    parents: Sequence[str],
    *,
    given: tuple[Author, datetime] | None,
    authors: Iterable[Author],
    now: datetime,
) -> Recovered | None:
    """Return author and time that make the id `wanted`, None when none of those tried does.

    `authors` are asked for only where what was `given` does not make it.
    """
    base = hashlib.sha256(_prefix(manifest_hash, parents))
    for author, moment in _candidates(given, authors, now):
        created_at = stamp(moment)[:19] + "Z"
        digest = base.copy()
        digest.update(_suffix(author, created_at))
        if digest.hexdigest() == wanted:
            return Recovered(*author, created_at)
    return None


def _candidates(
    given: tuple[Author, datetime] | None, authors: Iterable[Author], now: datetime
) -> Iterator[tuple[Author, datetime]]:
    if given is not None:
        yield given
    for author in dict.fromkeys(authors):
        for seconds in range(LATEST_SECONDS, EARLIEST_SECONDS - 1, -1):
            yield author, now + timedelta(seconds=seconds)


def _prefix(manifest_hash: str, parents: Iterable[str]) -> bytes:
    lines = [f"manifest_hash {manifest_hash}\n", *(f"parent {p}\n" for p in sorted(parents, key=str.encode))]
    return b"snapshot\0" + "".join(lines).encode()


def _suffix(author: Author, created_at: str) -> bytes:
    return f"author {author[0]} {author[1]}\ncreated_at {created_at}\n".encode()
