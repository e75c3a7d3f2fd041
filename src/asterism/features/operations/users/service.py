"""Use cases of administrators: who has an account here, and who looks after the server.

Whoever is no administrator sees no other users: lists and additions raise NotAdmin, and every id is unknown. What is
done stands in the audit logs of both.
"""

from typing import Any

from asterism.base.pagination import Page
from asterism.features.accounts import audit, identity
from asterism.features.accounts.identity import Caller, IssuedToken, NotAdmin, User
from asterism.features.operations import removals
from asterism.features.operations.users.errors import UnknownUser
from asterism.kernel.db import Tx


def list_users(tx: Tx, caller: Caller, *, limit: int, cursor: str | None = None) -> Page[User]:
    """Return a page of the server's users, the first one first. Raises NotAdmin, or Invalid for another's cursor."""
    identity.require_admin(tx, caller)
    return identity.page_of_users(tx, limit=limit, cursor=cursor)


def add_user(
    tx: Tx, caller: Caller, email: str, *, is_admin: bool = False, origin: audit.Origin = audit.NOWHERE
) -> IssuedToken:
    """Add a local user and make the link that lets them in, once. Raises NotAdmin, Invalid or UserExists."""
    identity.require_admin(tx, caller)
    user = identity.add_user(tx, email, is_admin=is_admin)
    audit.record(tx, caller.user_id, "user_added", user.id, origin=origin, is_admin=is_admin)
    return identity.create_link(tx, user)


def change_user(
    tx: Tx, caller: Caller, user_id: str, *, is_admin: bool | None, origin: audit.Origin = audit.NOWHERE
) -> User:
    """Make a user an administrator, or no longer; None leaves it. Raises UnknownUser, or OwnerStays for the owner."""
    user = _found(tx, caller, user_id)
    if is_admin is None or is_admin == user.is_admin:
        return user
    changed = identity.set_admin(tx, user, is_admin)
    _tell(tx, caller, user, "user_changed", origin, is_admin=is_admin)
    return changed


def remove_user(tx: Tx, caller: Caller, user_id: str, *, origin: audit.Origin = audit.NOWHERE) -> int:
    """Remove a user with their projects (`removals`); return how many. Raises UnknownUser, or OwnerStays."""
    user = _found(tx, caller, user_id)
    count = removals.remove_user(tx, user)
    if caller.user_id != user.id:
        audit.record(tx, caller.user_id, "user_removed", user.id, origin=origin, projects=count)
    return count


def _found(tx: Tx, caller: Caller, user_id: str) -> User:
    try:
        identity.require_admin(tx, caller)
    except NotAdmin:
        raise UnknownUser from None
    user = identity.user_by_id(tx, user_id)
    if user is None:
        raise UnknownUser
    return user


def _tell(tx: Tx, caller: Caller, user: User, action: str, origin: audit.Origin, **details: Any) -> None:
    for whose in {caller.user_id, user.id}:
        audit.record(tx, whose, action, user.id, origin=origin, **details)
