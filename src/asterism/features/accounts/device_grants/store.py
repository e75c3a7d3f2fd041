"""SQL of device grants."""

from dataclasses import asdict

import sqlalchemy as sa

from asterism.features.accounts.device_grants.rules import Grant, GrantState
from asterism.features.accounts.device_grants.tables import device_grants
from asterism.kernel.db import Tx, insert_ignore

_FIELDS = [device_grants.c[name] for name in Grant.__slots__]


def insert(tx: Tx, grant: Grant, device_code_hash: str, user_code_hash: str) -> bool:
    """Add a grant; return False, adding nothing, when one of the codes is in use."""
    row = {**asdict(grant), "device_code_hash": device_code_hash, "user_code_hash": user_code_hash}
    return insert_ignore(tx, device_grants, [row]) == 1


def by_device_code(tx: Tx, device_code_hash: str) -> Grant | None:
    """Find a grant by the hash of its device code."""
    return _one(tx, device_grants.c.device_code_hash == device_code_hash)


def by_user_code(tx: Tx, user_code_hash: str) -> Grant | None:
    """Find a grant by the hash of its normalised user code."""
    return _one(tx, device_grants.c.user_code_hash == user_code_hash)


def decide(tx: Tx, grant_id: str, state: GrantState, user_id: str | None, now: str) -> bool:
    """Approve or deny a pending grant; return whether this call did it."""
    return _move(tx, grant_id, GrantState.PENDING, {"state": state, "user_id": user_id, "decided_at": now})


def redeem(tx: Tx, grant_id: str) -> bool:
    """Mark an approved grant as redeemed; return whether this call did it. At most one of any number of calls does."""
    return _move(tx, grant_id, GrantState.APPROVED, {"state": GrantState.REDEEMED})


def write_poll(tx: Tx, grant_id: str, polls_left: float, now: str) -> None:
    """Write down how many polls are left."""
    tx.execute(
        sa.update(device_grants).where(device_grants.c.id == grant_id).values(polls_left=polls_left, polled_at=now)
    )


def delete_expired_before(tx: Tx, moment: str) -> int:
    """Delete grants that expired before the stamp `moment`; return how many."""
    return tx.execute(sa.delete(device_grants).where(device_grants.c.expires_at < moment)).rowcount


def _move(tx: Tx, grant_id: str, expected: GrantState, values: dict[str, str | None]) -> bool:
    where = (device_grants.c.id == grant_id, device_grants.c.state == expected)
    return tx.execute(sa.update(device_grants).where(*where).values(values)).rowcount == 1


def _one(tx: Tx, condition: sa.ColumnElement[bool]) -> Grant | None:
    row = tx.one(sa.select(*_FIELDS).where(condition))
    return None if row is None else Grant(**{**row, "state": GrantState(row["state"])})
