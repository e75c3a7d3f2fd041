"""SQL of provider records."""

from dataclasses import replace

import sqlalchemy as sa

from asterism.features.review.local_providers.models import Saved
from asterism.features.review.local_providers.tables import local_providers
from asterism.kernel.db import RowDict, Tx, upsert

_COLUMNS = ("model", "active", "key_source", "variable", "updated_at")


def all_saved(tx: Tx) -> dict[str, Saved]:
    """Return every record by provider."""
    return {row["provider"]: _saved(row) for row in tx.all(sa.select(local_providers))}


def saved(tx: Tx, provider: str) -> Saved:
    """Return the record of a provider, an empty one when there is none."""
    row = tx.one(sa.select(local_providers).where(local_providers.c.provider == provider))
    return Saved(provider) if row is None else _saved(row)


def active(tx: Tx) -> Saved | None:
    """Return the record of the active provider."""
    row = tx.one(sa.select(local_providers).where(local_providers.c.active.is_(True)))
    return None if row is None else _saved(row)


def save(tx: Tx, record: Saved) -> None:
    """Write a record in place of an older one."""
    row = {
        "provider": record.provider,
        "model": record.model,
        "active": record.active,
        "key_source": record.key_source,
        "variable": record.variable,
        "updated_at": tx.now(),
    }
    upsert(tx, local_providers, row, key=["provider"], update=_COLUMNS)


def activate(tx: Tx, record: Saved) -> Saved:
    """Write a record as the active one and make every other inactive; return it."""
    if tx.dialect == "postgresql":  # two of them at once would both find nothing to make inactive
        tx.execute(sa.text("LOCK TABLE local_providers IN SHARE ROW EXCLUSIVE MODE"))
    tx.execute(sa.update(local_providers).values(active=False))
    chosen = replace(record, active=True)
    save(tx, chosen)
    return chosen


def delete(tx: Tx, provider: str) -> bool:
    """Forget a record; return whether there was one."""
    return tx.execute(sa.delete(local_providers).where(local_providers.c.provider == provider)).rowcount == 1


def _saved(row: RowDict) -> Saved:
    return Saved(row["provider"], row["model"], row["active"], row["key_source"], row["variable"])
