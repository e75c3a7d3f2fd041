"""Use case: signing in with what an OpenID provider says (Fastest 1.3)."""

from dataclasses import replace
from urllib.parse import urlsplit

from asterism.base.ids import ulid
from asterism.features.accounts import audit
from asterism.features.accounts.identity import store
from asterism.features.accounts.identity.errors import SignUpNotAllowed
from asterism.features.accounts.identity.models import SignUp, User
from asterism.kernel.db import Tx
from asterism.kernel.oidc import GOOGLE_ISSUERS, Identity

MAX_NAME = 255
MAX_PICTURE = 2048


def user_of_identity(tx: Tx, who: Identity, sign_up: SignUp, *, origin: audit.Origin = audit.NOWHERE) -> User:
    """Return the user whom a provider vouches for, made or linked at the first sign-in, refreshed at every one.

    Issuer and subject decide, never the address; only the owner's configured address links, and only once per
    issuer. Raises SignUpNotAllowed.
    """
    who = cleaned(who)
    issuer = GOOGLE_ISSUERS[0] if who.issuer in GOOGLE_ISSUERS else who.issuer
    user = store.user_by_identity(tx, issuer, who.subject)
    if user is None:
        tx.take_turns("users")  # one identity of an issuer links the owner, whoever else asks at the same moment
        user = store.user_by_identity(tx, issuer, who.subject)
    if user is None:
        user = _linked_owner(tx, issuer, who, sign_up) or _new_user(tx, who, sign_up)
        row = {"id": ulid(), "user_id": user.id, "issuer": issuer, "subject": who.subject, "created_at": tx.now()}
        if not store.insert_identity(tx, row):
            raise SignUpNotAllowed
        audit.record(tx, user.id, "identity_linked", issuer, origin=origin)
    store.update_profile(tx, user.id, email=who.email, name=who.name, picture=who.picture)
    return User(user.id, who.email, who.name, who.picture, user.is_admin, user.created_at)


def cleaned(who: Identity) -> Identity:
    """Return an identity as it may be stored and shown. Raises SignUpNotAllowed when what names the person is not text.

    A provider passes on what people typed: a picture may be a script, a name or an address hold control characters.
    """
    if not all(text.isprintable() for text in (who.issuer, who.subject, who.email)):
        raise SignUpNotAllowed
    name = "".join(c if c.isprintable() else " " for c in who.name or "").strip()[:MAX_NAME]
    return replace(who, name=name or None, picture=who.picture if _is_picture(who.picture) else None)


def _is_picture(address: str | None) -> bool:
    if address is None or len(address) > MAX_PICTURE or not address.isprintable() or " " in address:
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _linked_owner(tx: Tx, issuer: str, who: Identity, sign_up: SignUp) -> User | None:
    owner = store.owner(tx)
    if owner is None or who.email != sign_up.owner_email.lower() or store.has_identity(tx, owner.id, issuer):
        return None
    return owner


def _new_user(tx: Tx, who: Identity, sign_up: SignUp) -> User:
    if not sign_up.admits(who.email):
        raise SignUpNotAllowed
    user = User(ulid(), who.email, who.name, who.picture, False, tx.now())
    store.insert_user(tx, user)
    return user
