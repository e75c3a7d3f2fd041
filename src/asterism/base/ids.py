"""Ids and random codes.

ULIDs (26 upper-case Crockford characters: 48 bits of milliseconds, 80 random bits) name most rows; they sort by time
of creation. UUIDv4 is used where a contract or an existing client demands it.
"""

import os
import secrets
import string
import threading
import time

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase


class Rising:
    """The last value that was given out: of two ids of one process the later one sorts later, also in one millisecond.

    The step to the next is random, so that an id tells nothing about its neighbours.
    """

    def __init__(self) -> None:
        self._last, self._lock = 0, threading.Lock()

    def next(self, moment: int) -> int:
        """Return the 128 bits of an id of the Unix time `moment` in milliseconds."""
        value = (moment << 80) | secrets.randbits(79)  # the upper half stays free for steps
        with self._lock:
            if value <= self._last and moment >= self._last >> 80:
                value = self._last + 1 + secrets.randbits(64)
            self._last = max(self._last, value)
        return value


_rising = Rising()


def ulid(milliseconds: int | None = None) -> str:
    """Make a ULID for the given Unix time in milliseconds (default: now).

    Those of one process rise, as far as its clock does.
    """
    moment = time.time_ns() // 1_000_000 if milliseconds is None else milliseconds
    value = _rising.next(moment)
    return "".join(CROCKFORD[(value >> shift) & 31] for shift in range(125, -1, -5))


def snapshot_id() -> str:
    """Make the id of a snapshot that the server creates: `snap-` and a ULID (31 characters)."""
    return f"snap-{ulid()}"


def uuid4() -> str:
    """Make a random UUIDv4 in lower case."""
    text = os.urandom(16).hex()
    variant = "89ab"[int(text[16], 16) & 3]  # RFC 9562 5.4; `uuid.uuid4` takes three times as long
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{variant}{text[17:20]}-{text[20:]}"


def random_text(length: int, alphabet: str = BASE62) -> str:
    """Make a secret of `length` characters drawn independently and uniformly from `alphabet`."""
    return "".join(secrets.choice(alphabet) for _ in range(length))
