"""SQL of provider keys."""

from collections.abc import Sequence

import sqlalchemy as sa

from asterism.features.accounts.apikeys.tables import api_keys
from asterism.kernel.db import Prepared, RowDict, Tx, insert_ignore

_OF_USER = sa.select(api_keys).where(api_keys.c.user_id == sa.bindparam("user"))
_ROW = Prepared(_OF_USER.where(api_keys.c.provider == sa.bindparam("provider")))
_ROWS = Prepared(_OF_USER.order_by(api_keys.c.provider))


def rows(tx: Tx, user_id: str) -> Sequence[RowDict]:
    """Return a user's rows, by provider."""
    return _ROWS.all(tx, user=user_id)


def row(tx: Tx, user_id: str, provider: str) -> RowDict | None:
    """Return the row of one provider, None when there is none."""
    return _ROW.one(tx, user=user_id, provider=provider)


def insert_unless_there(tx: Tx, new: dict[str, str]) -> bool:
    """Add a row; return False, changing nothing, when the user has one for that provider."""
    return insert_ignore(tx, api_keys, [new]) == 1


def update_value(tx: Tx, row_id: str, sealed: str, now: str) -> None:
    """Replace the sealed value of a row."""
    tx.execute(sa.update(api_keys).where(api_keys.c.id == row_id).values(key_value=sealed, updated_at=now))


def delete(tx: Tx, user_id: str, provider: str) -> bool:
    """Delete a row; return whether it existed."""
    where = (api_keys.c.user_id == user_id, api_keys.c.provider == provider)
    return tx.execute(sa.delete(api_keys).where(*where)).rowcount == 1
