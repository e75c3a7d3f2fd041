"""Use cases of tokens: made, authenticated, listed, taken back."""

from collections.abc import Sequence
from datetime import datetime

from asterism.base import ids
from asterism.base.clock import parse, shift
from asterism.features.accounts import audit
from asterism.features.accounts.identity import store, token_store
from asterism.features.accounts.identity.errors import NotSignedIn, UnknownToken
from asterism.features.accounts.identity.models import Caller, IssuedToken, Token, User
from asterism.features.accounts.identity.scope import ALL, Scope, read_scope, write_scope
from asterism.features.accounts.identity.token_format import kind_of, make_token, token_hash, token_hint
from asterism.kernel.db import Tx

BEARER_KINDS = frozenset("uas")
LISTED_KINDS = ("u", "a", "r", "s")
FAMILY_KINDS = frozenset("ur")  # revoking one of these signs its device out
AGENT_SECONDS = 2 * 3600
TICKET_SECONDS = 60
KEEP_SECONDS = 30 * 24 * 3600  # after expiry, for tokens that people see


def authenticate(tx: Tx, bearer: str | None) -> Caller:
    """Return the caller behind a bearer token. Raises NotSignedIn, always with the same words.

    One indexed look-up, and none while nothing was written since the last one (ADR 0217); a token whose form or check
    is wrong costs none.
    """
    if bearer is None:
        raise NotSignedIn
    name = token_hash(bearer)
    found = tx.recall(("token", name), lambda: _given(tx, name) if is_bearer(bearer) else None)
    if found is None or found[1] <= tx.clock.now():
        raise NotSignedIn
    return found[0]


def _given(tx: Tx, token_hash: str) -> tuple[Caller, datetime] | None:
    """Return whom a token that is not revoked stands for, and until when."""
    row = token_store.given_row(tx, token_hash)
    if row is None:
        return None
    user_id, token_id, kind, client, scope, device_id, expires_at = row
    return Caller(user_id, token_id, kind, client, read_scope(scope), device_id), parse(expires_at)


def is_bearer(text: str | None) -> bool:
    """Tell, without a look-up, whether a text could be a bearer token of this API."""
    return text is not None and kind_of(text) in BEARER_KINDS


def create_token(
    tx: Tx,
    user: User,
    *,
    kind: str,
    name: str,
    client: str,
    seconds: int,
    scope: Scope = ALL,
    device_id: str | None = None,
    parent_id: str | None = None,
) -> IssuedToken:
    """Make a token; its text exists in the result alone, the database keeps its SHA-256."""
    text, now = make_token(kind), tx.now()
    issued = IssuedToken(ids.ulid(), text, user, seconds, shift(now, seconds=seconds))
    token_store.insert_token(
        tx,
        {
            "id": issued.id,
            "user_id": user.id,
            "device_id": device_id,
            "parent_id": parent_id,
            "kind": kind,
            "name": name,
            "client": client,
            "hash": token_hash(text),
            "hint": token_hint(text),
            "scope": write_scope(scope),
            "created_at": now,
            "expires_at": issued.expires_at,
        },
    )
    return issued


def create_agent_token(tx: Tx, user_id: str, scope: Scope, *, name: str, seconds: int = AGENT_SECONDS) -> IssuedToken:
    """Make a token for one agent's work, bound to the project and workspace of `scope`; at most two hours."""
    user = store.user_by_id(tx, user_id)
    if user is None or scope.name != "agent" or scope.project_id is None or scope.workspace_id is None:
        raise ValueError("an agent token needs a user, a project and a workspace")
    seconds = min(seconds, AGENT_SECONDS)
    issued = create_token(tx, user, kind="s", name=name, client="system", seconds=seconds, scope=scope)
    audit.record(tx, user_id, "agent_token_created", issued.id, name=name, workspace_id=scope.workspace_id)
    return issued


def end_agent_token(tx: Tx, token_id: str) -> None:
    """Take an agent's token back: its work is done."""
    token_store.revoke_token(tx, token_id, tx.now())


def create_ticket(tx: Tx, caller: Caller, purpose: str) -> IssuedToken:
    """Make a one-time ticket that stands for the caller for 60 seconds, where `purpose` is asked for only."""
    user = store.user_by_id(tx, caller.user_id)
    if user is None:
        raise NotSignedIn
    return create_token(
        tx, user, kind="w", name=purpose, client=caller.client, seconds=TICKET_SECONDS, parent_id=caller.token_id
    )


def redeem_ticket(tx: Tx, ticket: str, purpose: str) -> Caller:
    """Return the caller that a ticket stands for, once. Raises NotSignedIn, also when its token was revoked since."""
    now = tx.now()
    found = token_store.token_by_hash(tx, token_hash(ticket)) if kind_of(ticket) == "w" else None
    if found is None or not found.live(now) or found.name != purpose or not token_store.revoke_token(tx, found.id, now):
        raise NotSignedIn
    parent = token_store.token_by_id(tx, found.parent_id or "")
    if parent is None or not parent.live(now):
        raise NotSignedIn
    return Caller(parent.user_id, parent.id, parent.kind, parent.client, parent.scope, parent.device_id)


def still_valid(tx: Tx, caller: Caller) -> bool:
    """Tell whether the caller's token still opens doors; for connections that stay open longer than a request."""
    found = token_store.token_by_id(tx, caller.token_id)
    return found is not None and found.live(tx.now())


def list_tokens(tx: Tx, caller: Caller) -> Sequence[Token]:
    """Return the caller's live tokens, newest first."""
    return token_store.live_tokens(tx, caller.user_id, LISTED_KINDS, tx.now())


def revoke_token(tx: Tx, caller: Caller, token_id: str, *, origin: audit.Origin = audit.NOWHERE) -> None:
    """Take back one of the caller's tokens; with a session or refresh token its whole device. Raises UnknownToken."""
    found = token_store.token_by_id(tx, token_id)
    if found is None or found.user_id != caller.user_id or not found.live(tx.now()) or found.kind not in LISTED_KINDS:
        raise UnknownToken
    _revoke(tx, found, origin)


def revoke_presented(tx: Tx, text: str, *, origin: audit.Origin = audit.NOWHERE) -> None:
    """Take back the token that the caller holds (RFC 7009); an unknown or dead one is no error."""
    found = token_store.token_by_hash(tx, token_hash(text)) if kind_of(text) is not None else None
    if found is not None and found.live(tx.now()):
        _revoke(tx, found, origin)


def introspect(tx: Tx, caller: Caller, text: str) -> tuple[Token, User] | None:
    """Return a live token of the caller's own and its user (RFC 7662), None for every other text."""
    found = token_store.token_by_hash(tx, token_hash(text)) if kind_of(text) in LISTED_KINDS else None
    if found is None or found.user_id != caller.user_id or not found.live(tx.now()):
        return None
    user = store.user_by_id(tx, found.user_id)
    return None if user is None else (found, user)


def purge(tx: Tx) -> int:
    """Delete codes and tickets that are over, and tokens that expired 30 days ago; return how many."""
    short = token_store.delete_expired_before(tx, ("l", "w", "s"), tx.now())
    long = token_store.delete_expired_before(tx, ("u", "a", "r"), shift(tx.now(), seconds=-KEEP_SECONDS))
    store.delete_empty_devices(tx)
    return short + long


def _revoke(tx: Tx, token: Token, origin: audit.Origin) -> None:
    if token.device_id is not None and token.kind in FAMILY_KINDS:
        store.revoke_devices(tx, [token.device_id], tx.now())
    else:
        token_store.revoke_token(tx, token.id, tx.now())
    audit.record(tx, token.user_id, "token_revoked", token.id, origin=origin, kind=token.kind, name=token.name)
