"""Use cases of the audit log."""

from typing import Any

from asterism.base.clock import shift
from asterism.base.ids import ulid
from asterism.base.pagination import Page, decode_cursor, encode_cursor
from asterism.features.accounts.audit import store
from asterism.features.accounts.audit.models import NOWHERE, Entry, Origin
from asterism.kernel.db import Tx

KEEP_SECONDS = 365 * 24 * 3600


def record(
    tx: Tx, user_id: str, action: str, subject: str | None = None, *, origin: Origin = NOWHERE, **details: Any
) -> None:
    """Write down what was done, in the transaction that does it. `details` are JSON values without secrets."""
    entry = Entry(ulid(), action, subject, origin.token_id, origin.address, details, tx.now())
    store.insert(tx, user_id, entry)


def list_entries(tx: Tx, user_id: str, *, limit: int, cursor: str | None = None) -> Page[Entry]:
    """Return a page of the user's entries, newest first. Raises Invalid for a cursor that is not of this list."""
    scope = f"audit:{user_id}"
    before = decode_cursor(scope, cursor, tuple[int])[0] if cursor else None
    found = store.entries(tx, user_id, before=before, limit=limit + 1)
    more = len(found) > limit
    shown = found[:limit]
    return Page([entry for _, entry in shown], encode_cursor(scope, [shown[-1][0]]) if more else None)


def purge(tx: Tx) -> int:
    """Delete entries older than a year; return how many."""
    return store.delete_before(tx, shift(tx.now(), seconds=-KEEP_SECONDS))
