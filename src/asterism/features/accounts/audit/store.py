"""SQL of the audit log."""

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from asterism.features.accounts.audit.models import Entry
from asterism.features.accounts.audit.tables import audit_entries
from asterism.kernel.db import RowDict, Tx


def insert(tx: Tx, user_id: str, entry: Entry) -> None:
    """Append an entry."""
    tx.execute(
        sa.insert(audit_entries).values(
            id=entry.id,
            user_id=user_id,
            action=entry.action,
            subject=entry.subject,
            token_id=entry.token_id,
            address=entry.address,
            details=msgspec.json.encode(entry.details).decode(),
            created_at=entry.created_at,
        )
    )


def entries(tx: Tx, user_id: str, *, before: int | None, limit: int) -> Sequence[tuple[int, Entry]]:
    """Return a user's entries with their sequence numbers, newest first; with `before`, those below that number."""
    query = sa.select(audit_entries).where(audit_entries.c.user_id == user_id)
    if before is not None:
        query = query.where(audit_entries.c.seq < before)
    return [(row["seq"], _entry(row)) for row in tx.all(query.order_by(audit_entries.c.seq.desc()).limit(limit))]


def _entry(row: RowDict) -> Entry:
    details = msgspec.json.decode(row["details"])
    return Entry(row["id"], row["action"], row["subject"], row["token_id"], row["address"], details, row["created_at"])


def delete_before(tx: Tx, moment: str) -> int:
    """Delete entries older than the stamp `moment`; return how many."""
    return tx.execute(sa.delete(audit_entries).where(audit_entries.c.created_at < moment)).rowcount
