"""Buckets as rows: each says when it will be full again."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from asterism.kernel.db import Tx
from asterism.kernel.db.upsert import upsert_returning
from asterism.kernel.rates.tables import rate_buckets

_full_at = rate_buckets.c.full_at


@dataclass(frozen=True, slots=True)
class Spend:
    """What one server has let through of a rate for a key since it last told: `seconds` is how long that refills."""

    rate: str
    key: str
    seconds: float

    @property
    def id(self) -> str:
        """The bucket's name in the table."""
        return hashlib.sha256(f"{self.rate}\0{self.key}".encode(errors="surrogatepass")).hexdigest()[:32]


def spend(tx: Tx, now: float, spends: Sequence[Spend]) -> list[float]:
    """Add what was let through to the buckets of all; return when each will be full again, in the order given.

    Times are Unix seconds. Of a bucket there may be one `Spend` only. Rows are locked in the order of their names, so
    servers that tell at once wait for each other and never in a circle.
    """
    rows = sorted(({"id": one.id, "full_at": now + one.seconds} for one in spends), key=lambda row: str(row["id"]))
    since = sa.case((_full_at > now, _full_at), else_=now)
    found = upsert_returning(
        tx, rate_buckets, rows, key=["id"], update=lambda new: {"full_at": since + new["full_at"] - now}
    )
    full = {str(row["id"]): float(row["full_at"]) for row in found}
    return [full[one.id] for one in spends]


def purge(tx: Tx) -> int:
    """Remove the buckets that are full; return how many."""
    return tx.execute(sa.delete(rate_buckets).where(_full_at < tx.clock.now().timestamp())).rowcount
