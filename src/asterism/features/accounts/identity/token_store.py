"""SQL of tokens."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from asterism.features.accounts.identity.models import Token
from asterism.features.accounts.identity.scope import read_scope
from asterism.features.accounts.identity.tables import access_tokens, devices
from asterism.kernel.db import Prepared, RowDict, Tx

_TOKEN = [access_tokens.c[name] for name in Token.__slots__]
_NOT_REVOKED = access_tokens.c.revoked_at.is_(None)

# Every request asks for this one, unless it is remembered.
_GIVEN = Prepared(
    sa.select(
        access_tokens.c.user_id,
        access_tokens.c.id,
        access_tokens.c.kind,
        access_tokens.c.client,
        access_tokens.c.scope,
        access_tokens.c.device_id,
        access_tokens.c.expires_at,
    ).where(access_tokens.c.hash == sa.bindparam("hash"), _NOT_REVOKED)
)


def insert_token(tx: Tx, row: Mapping[str, Any]) -> None:
    """Add a token."""
    tx.execute(sa.insert(access_tokens).values(row))


def given_row(tx: Tx, token_hash: str) -> tuple[Any, ...] | None:
    """Return (user_id, id, kind, client, scope, device_id, expires_at) of a token that is not revoked."""
    return _GIVEN.first(tx, hash=token_hash)


def token_by_hash(tx: Tx, token_hash: str) -> Token | None:
    """Find a token in any state."""
    return _token(tx.one(sa.select(*_TOKEN).where(access_tokens.c.hash == token_hash)))


def token_by_id(tx: Tx, token_id: str) -> Token | None:
    """Find a token in any state."""
    return _token(tx.one(sa.select(*_TOKEN).where(access_tokens.c.id == token_id)))


def live_tokens(tx: Tx, user_id: str, kinds: Sequence[str], now: str) -> Sequence[Token]:
    """Return a user's live tokens of the given kinds, newest first."""
    query = (
        sa.select(*_TOKEN)
        .where(access_tokens.c.user_id == user_id, access_tokens.c.kind.in_(kinds))
        .where(access_tokens.c.expires_at > now, _NOT_REVOKED)
        .order_by(access_tokens.c.created_at.desc(), access_tokens.c.id.desc())
    )
    return [_read(row) for row in tx.all(query)]


def revoke_token(tx: Tx, token_id: str, now: str) -> bool:
    """Revoke a token; return whether this call did it, so at most one of any number of calls does."""
    statement = sa.update(access_tokens).where(access_tokens.c.id == token_id, _NOT_REVOKED).values(revoked_at=now)
    return tx.execute(statement).rowcount == 1


def revoke_all(tx: Tx, user_id: str, now: str) -> None:
    """Revoke every device and token of a user; devices first, which a refresh of their tokens holds."""
    for table in (devices, access_tokens):
        mine = (table.c.user_id == user_id, table.c.revoked_at.is_(None))
        tx.execute(sa.update(table).where(*mine).values(revoked_at=now))


def mark_exchanged(tx: Tx, token_id: str, now: str) -> bool:
    """Mark a refresh token as exchanged; return whether it was the first time."""
    first = (access_tokens.c.id == token_id, access_tokens.c.exchanged_at.is_(None))
    return tx.execute(sa.update(access_tokens).where(*first).values(exchanged_at=now)).rowcount == 1


def successor_was_exchanged(tx: Tx, token_id: str) -> bool:
    """Tell whether a token that this one was exchanged for has itself been exchanged."""
    where = (access_tokens.c.parent_id == token_id, access_tokens.c.exchanged_at.is_not(None))
    return tx.one(sa.select(access_tokens.c.id).where(*where).limit(1)) is not None


def write_uses(tx: Tx, tokens: Mapping[str, str], device_uses: Mapping[str, str]) -> None:
    """Write when tokens and devices were last used (id -> stamp)."""
    for table, column, uses in ((access_tokens, "last_used_at", tokens), (devices, "last_seen_at", device_uses)):
        if uses:
            statement = sa.update(table).where(table.c.id == sa.bindparam("which")).values({column: sa.bindparam("at")})
            tx.execute(statement, [{"which": key, "at": at} for key, at in sorted(uses.items())])


def delete_expired_before(tx: Tx, kinds: Sequence[str], moment: str) -> int:
    """Delete tokens of these kinds that expired before the stamp `moment`; return how many."""
    where = (access_tokens.c.kind.in_(kinds), access_tokens.c.expires_at < moment)
    return tx.execute(sa.delete(access_tokens).where(*where)).rowcount


def _token(row: RowDict | None) -> Token | None:
    return None if row is None else _read(row)


def _read(row: RowDict) -> Token:
    return Token(**{**row, "scope": read_scope(row["scope"])})
