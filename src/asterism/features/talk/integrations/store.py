"""SQL of integrations."""

from collections.abc import Mapping, Sequence

import msgspec
import sqlalchemy as sa

from asterism.features.talk.integrations.models import Account, Integration, ProviderName
from asterism.features.talk.integrations.tables import integration_states, integrations
from asterism.kernel.db import Prepared, RowDict, Tx, insert_ignore

_MINE = sa.select(integrations).where(integrations.c.user_id == sa.bindparam("user"))
_OF_USER = Prepared(_MINE)
_ROW = Prepared(_MINE.where(integrations.c.provider == sa.bindparam("provider")))


def of_user(tx: Tx, user_id: str) -> Mapping[ProviderName, Integration]:
    """Return the user's integrations by provider."""
    return {row["provider"]: _integration(row) for row in _OF_USER.all(tx, user=user_id)}


def row(tx: Tx, user_id: str, provider: ProviderName) -> RowDict | None:
    """Return the row of one integration with its sealed credential."""
    return _ROW.one(tx, user=user_id, provider=provider)


def put(tx: Tx, new: Mapping[str, object]) -> None:
    """Add a row, or replace the one with its id."""
    if insert_ignore(tx, integrations, [dict(new)]) == 0:
        tx.execute(sa.update(integrations).where(integrations.c.id == new["id"]).values(dict(new)))


def set_status(tx: Tx, row_id: str, connected_at: str, status: str) -> None:
    """Change the status of an integration, unless it was connected anew since: the service spoke of the old one."""
    where = (integrations.c.id == row_id, integrations.c.connected_at == connected_at)
    tx.execute(sa.update(integrations).where(*where).values(status=status))


def claim_refresh(tx: Tx, row_id: str, until: str) -> bool:
    """Take the right to refresh a credential until a time; return False when somebody has it."""
    free = integrations.c.refreshing_until.is_(None) | (integrations.c.refreshing_until < tx.now())
    found = tx.execute(sa.update(integrations).where(integrations.c.id == row_id, free).values(refreshing_until=until))
    return found.rowcount == 1


def end_refresh(tx: Tx, row_id: str, until: str, sealed: str | None, status: str | None) -> None:
    """Give back the right that was taken `until` a time, with the new credential and status where there are any.

    Changes nothing where the right is lost: connected anew meanwhile, the row holds another credential.
    """
    values = {"refreshing_until": None, "credential": sealed, "status": status}
    kept = {name: value for name, value in values.items() if value is not None or name == "refreshing_until"}
    where = (integrations.c.id == row_id, integrations.c.refreshing_until == until)
    tx.execute(sa.update(integrations).where(*where).values(kept))


def delete(tx: Tx, user_id: str, provider: ProviderName) -> bool:
    """Remove an integration; return whether there was one."""
    where = (integrations.c.user_id == user_id, integrations.c.provider == provider)
    return tx.execute(sa.delete(integrations).where(*where)).rowcount == 1


def add_state(tx: Tx, new: Mapping[str, object]) -> None:
    """Remember a sign-in under way."""
    tx.execute(sa.insert(integration_states).values(dict(new)))


def find_state(tx: Tx, state_hash: str) -> RowDict | None:
    """Return a sign-in under way."""
    return tx.one(sa.select(integration_states).where(integration_states.c.state_hash == state_hash))


def take_state(tx: Tx, state_hash: str) -> bool:
    """Remove a sign-in under way; return whether it was there: of two who take it, one gets it."""
    return tx.execute(sa.delete(integration_states).where(integration_states.c.state_hash == state_hash)).rowcount == 1


def purge_states(tx: Tx, now: str) -> int:
    """Remove the states that are too old; return how many."""
    return tx.execute(sa.delete(integration_states).where(integration_states.c.expires_at < now)).rowcount


def _integration(row: RowDict) -> Integration:
    scopes: Sequence[str] = msgspec.json.decode(row["scopes"], type=list[str])
    account = Account(row["account_id"], row["account_name"], tuple(scopes))
    return Integration(row["provider"], row["status"], row["auth_type"], account, row["connected_at"])
