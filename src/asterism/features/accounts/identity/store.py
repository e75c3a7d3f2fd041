"""SQL of users, their external identities and devices. A removed user is found by nobody."""

from collections.abc import Sequence

import sqlalchemy as sa

from asterism.features.accounts.identity.models import Device, User
from asterism.features.accounts.identity.tables import access_tokens, devices, external_identities, users
from asterism.kernel.db import Prepared, RowDict, Tx, insert_ignore

_HERE = users.c.removed_at.is_(None)
_BY_ID = Prepared(sa.select(users).where(users.c.id == sa.bindparam("id"), _HERE))
_DEVICE = [devices.c[name] for name in Device.__slots__]


def insert_user(tx: Tx, user: User) -> bool:
    """Add a user; return False, adding nothing, when a second owner would come of it."""
    row = {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "picture": user.picture,
        "is_admin": user.is_admin,
        "is_owner": user.is_owner,
        "created_at": user.created_at,
    }
    return insert_ignore(tx, users, [row]) == 1


def user_by_id(tx: Tx, user_id: str) -> User | None:
    """Find a user by id."""
    return _user(_BY_ID.one(tx, id=user_id))


def user_by_email(tx: Tx, email: str) -> User | None:
    """Find the first user with this address."""
    where = (users.c.email == email, _HERE)
    return _user(tx.one(sa.select(users).where(*where).order_by(users.c.created_at, users.c.id)))


def local_user_by_email(tx: Tx, email: str) -> User | None:
    """Find the user with this address whom no provider brought here: the owner, or an added one."""
    external = sa.exists().where(external_identities.c.user_id == users.c.id)
    where = (users.c.email == email, _HERE, sa.or_(users.c.is_owner.is_(True), ~external))
    return _user(tx.one(sa.select(users).where(*where)))


def all_users(tx: Tx) -> Sequence[User]:
    """Return every user, the first one first."""
    rows = tx.all(sa.select(users).where(_HERE).order_by(users.c.created_at, users.c.id))
    return [user for row in rows if (user := _user(row))]


def users_after(tx: Tx, after: tuple[str, str] | None, limit: int) -> Sequence[User]:
    """Return users, the first one first; with `after`, those behind this time and id."""
    query = sa.select(users).where(_HERE)
    if after is not None:
        query = query.where(sa.tuple_(users.c.created_at, users.c.id) > sa.tuple_(*after))
    rows = tx.all(query.order_by(users.c.created_at, users.c.id).limit(limit))
    return [user for row in rows if (user := _user(row))]


def set_admin(tx: Tx, user_id: str, is_admin: bool) -> None:
    """Let a user look after the server, or no longer."""
    tx.execute(sa.update(users).where(users.c.id == user_id, _HERE).values(is_admin=is_admin))


def remove_user(tx: Tx, user_id: str, now: str) -> bool:
    """Mark a user as removed, forget name, picture and who they are at providers; False when it was removed before."""
    values = {"removed_at": now, "name": None, "picture": None, "is_admin": False}
    tx.execute(sa.delete(external_identities).where(external_identities.c.user_id == user_id))
    return tx.execute(sa.update(users).where(users.c.id == user_id, _HERE).values(values)).rowcount == 1


def owner(tx: Tx) -> User | None:
    """Find the local owner."""
    return _user(tx.one(sa.select(users).where(users.c.is_owner.is_(True))))


def update_profile(tx: Tx, user_id: str, *, email: str, name: str | None, picture: str | None) -> None:
    """Refresh what the provider says about a user."""
    tx.execute(sa.update(users).where(users.c.id == user_id).values(email=email, name=name, picture=picture))


def user_by_identity(tx: Tx, issuer: str, subject: str) -> User | None:
    """Find the user whom an issuer knows as `subject`."""
    found = users.join(external_identities, external_identities.c.user_id == users.c.id)
    where = (external_identities.c.issuer == issuer, external_identities.c.subject == subject)
    return _user(tx.one(sa.select(users).select_from(found).where(*where)))


def has_identity(tx: Tx, user_id: str, issuer: str) -> bool:
    """Tell whether a user is linked to this issuer."""
    where = (external_identities.c.user_id == user_id, external_identities.c.issuer == issuer)
    return tx.one(sa.select(external_identities.c.id).where(*where)) is not None


def insert_identity(tx: Tx, row: dict[str, str]) -> bool:
    """Link a user to an issuer's subject; return False when that subject is linked already."""
    return insert_ignore(tx, external_identities, [row]) == 1


def insert_device(tx: Tx, device: Device) -> None:
    """Add a device."""
    tx.execute(sa.insert(devices).values({name: getattr(device, name) for name in Device.__slots__}))


def live_devices(tx: Tx, user_id: str, now: str) -> Sequence[Device]:
    """Return a user's devices that still hold a live token, last seen first."""
    alive = sa.exists().where(
        access_tokens.c.device_id == devices.c.id,
        access_tokens.c.revoked_at.is_(None),
        access_tokens.c.expires_at > now,
    )
    query = sa.select(*_DEVICE).where(devices.c.user_id == user_id, devices.c.revoked_at.is_(None), alive)
    return [Device(**row) for row in tx.all(query.order_by(devices.c.last_seen_at.desc(), devices.c.id.desc()))]


def hold_device(tx: Tx, device_id: str) -> bool:
    """Hold a device until the transaction ends, so that it gets no tokens while it is revoked; False when it is."""
    query = sa.select(devices.c.id).where(devices.c.id == device_id, devices.c.revoked_at.is_(None))
    return tx.one(query.with_for_update(key_share=True)) is not None


def revoke_devices(tx: Tx, device_ids: Sequence[str], now: str) -> None:
    """Revoke devices with all of their tokens."""
    tx.execute(
        sa.update(devices).where(devices.c.id.in_(device_ids), devices.c.revoked_at.is_(None)).values(revoked_at=now)
    )
    tx.execute(
        sa.update(access_tokens)
        .where(access_tokens.c.device_id.in_(device_ids), access_tokens.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def delete_empty_devices(tx: Tx) -> int:
    """Delete devices that no token belongs to any more; return how many."""
    used = sa.exists().where(access_tokens.c.device_id == devices.c.id)
    return tx.execute(sa.delete(devices).where(~used)).rowcount


def _user(row: RowDict | None) -> User | None:
    if row is None:
        return None
    return User(**{name: row[name] for name in User.__slots__})
