"""Use cases of users and their one-time sign-in links."""

from collections.abc import Sequence
from dataclasses import replace

from asterism.base import ids
from asterism.base.errors import Invalid, NotFound
from asterism.base.pagination import Page, decode_cursor, encode_cursor
from asterism.features.accounts import audit
from asterism.features.accounts.identity import store, token_store
from asterism.features.accounts.identity.errors import InvalidLink, NotAdmin, NotSignedIn, OwnerStays, UserExists
from asterism.features.accounts.identity.models import Caller, ClientInfo, IssuedToken, Lifetimes, User
from asterism.features.accounts.identity.sessions import start_session
from asterism.features.accounts.identity.token_format import kind_of, token_hash
from asterism.features.accounts.identity.tokens import create_token
from asterism.kernel.db import Tx

LINK_SECONDS = 15 * 60


def ensure_owner(tx: Tx, email: str) -> tuple[User, bool]:
    """Return the local owner, made at the first start, and whether this call made it."""
    found = store.owner(tx)
    if found is not None:
        return found, False
    user = User(ids.ulid(), email.lower(), "Owner", None, True, tx.now(), is_owner=True)
    made = store.insert_user(tx, user)
    return store.owner(tx) or user, made


def add_user(tx: Tx, email: str, *, is_admin: bool = False) -> User:
    """Add a local user. Raises Invalid for something that is no address, UserExists for a known one."""
    email = email.strip().lower()
    if not (3 <= len(email) <= 254) or "@" not in email[1:-1] or any(c.isspace() or not c.isprintable() for c in email):
        raise Invalid.field("email", "is not an e-mail address")
    tx.take_turns("users")
    if store.local_user_by_email(tx, email) is not None:
        raise UserExists(email)
    user = User(ids.ulid(), email, None, None, is_admin, tx.now())
    store.insert_user(tx, user)
    audit.record(tx, user.id, "user_added", user.id, is_admin=is_admin)
    return user


def list_users(tx: Tx) -> Sequence[User]:
    """Return every user of the server, the first one first. For who looks after it: users see no others."""
    return store.all_users(tx)


def page_of_users(tx: Tx, *, limit: int, cursor: str | None = None) -> Page[User]:
    """Return a page of every user of the server, the first one first. Raises Invalid for a cursor of another list."""
    after = decode_cursor("users", cursor, tuple[str, str]) if cursor else None
    found = store.users_after(tx, after, limit + 1)
    shown = found[:limit]
    more = len(found) > limit
    return Page(shown, encode_cursor("users", [shown[-1].created_at, shown[-1].id]) if more else None)


def set_admin(tx: Tx, user: User, is_admin: bool) -> User:
    """Let a user look after the server, or no longer. Raises OwnerStays for the owner, who always does."""
    if user.is_owner:
        raise OwnerStays
    store.set_admin(tx, user.id, is_admin)
    return replace(user, is_admin=is_admin)


def remove_user(tx: Tx, user: User) -> None:
    """Let a user in no more: every token, sign-in, link and device ends. Raises OwnerStays, or NotFound when removed.

    What other features keep for the user is theirs to remove (`operations.removals`).
    """
    if user.is_owner:
        raise OwnerStays
    if not store.remove_user(tx, user.id, tx.now()):
        raise NotFound(f"There is no user {user.email}.")
    token_store.revoke_all(tx, user.id, tx.now())
    audit.record(tx, user.id, "user_removed", user.id)


def find_user(tx: Tx, email: str | None) -> User:
    """Return the user with this address (a local one first), the owner when it is None. Raises NotFound."""
    if email is None:
        user = store.owner(tx)
    else:
        address = email.strip().lower()
        user = store.local_user_by_email(tx, address) or store.user_by_email(tx, address)
    if user is None:
        raise NotFound(f"There is no user {email or 'yet'}.", hint="Add one with: asterism user add EMAIL")
    return user


def user_by_id(tx: Tx, user_id: str) -> User | None:
    """Return a user, None when there is none with this id."""
    return store.user_by_id(tx, user_id)


def current_user(tx: Tx, caller: Caller) -> User:
    """Return the caller's own user. Raises NotSignedIn when it is gone."""
    user = store.user_by_id(tx, caller.user_id)
    if user is None:
        raise NotSignedIn
    return user


def require_admin(tx: Tx, caller: Caller) -> None:
    """Raise NotAdmin unless the caller looks after this server, and InsufficientScope for a token of an agent."""
    caller.scope.reach_all()
    if not current_user(tx, caller).is_admin:
        raise NotAdmin


def create_link(tx: Tx, user: User) -> IssuedToken:
    """Make a one-time sign-in code, good for 15 minutes."""
    audit.record(tx, user.id, "link_created")
    return create_token(tx, user, kind="l", name="sign-in link", client="web", seconds=LINK_SECONDS)


def redeem_link(
    tx: Tx, code: str, *, lifetimes: Lifetimes | None = None, origin: audit.Origin = audit.NOWHERE
) -> IssuedToken:
    """Exchange a sign-in code for a session, once. Raises InvalidLink."""
    now = tx.now()
    found = token_store.token_by_hash(tx, token_hash(code)) if kind_of(code) == "l" else None
    if found is None or not found.live(now) or not token_store.revoke_token(tx, found.id, now):
        raise InvalidLink
    user = store.user_by_id(tx, found.user_id)
    if user is None:
        raise InvalidLink
    seconds = (lifetimes or Lifetimes()).session
    client = ClientInfo("web", "sign-in link")
    return start_session(tx, user, client, seconds=seconds, method="link", origin=origin)
