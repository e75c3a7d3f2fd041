"""What the sign-in routes share: provider tokens checked, sessions started, token objects written."""

import msgspec

from asterism.base.errors import Invalid
from asterism.faces.v1.call import Call
from asterism.features.accounts import identity
from asterism.features.accounts.audit import Origin
from asterism.features.accounts.identity import ClientInfo, IssuedToken, SignUp, TokenPair, User
from asterism.kernel.db import Tx
from asterism.kernel.oidc import Identity


class TokenUser(msgspec.Struct):
    """Whose token it is."""

    id: str
    email: str


class TokenObject(msgspec.Struct):
    """A freshly made token, as every sign-in answers it."""

    access_token: str
    token_type: str
    expires_in: int
    user: TokenUser


class PairObject(msgspec.Struct):
    """A pair of an access and a refresh token."""

    access_token: str
    refresh_token: str
    token_type: str
    expires_in: int


PROVIDER_NAMES = {"google": "Google", "oidc": "OpenID Connect"}


async def verified(call: Call, provider: str, credential: str, nonce: str | None = None) -> Identity:
    """Return who an ID token says signed in. Raises ProviderNotConfigured, IdTokenRefused, KeysUnavailable, Invalid."""
    if not credential.strip():
        raise Invalid.field("credential", "must not be blank")
    known = call.rt.sign_in.providers.get(provider)
    if known is None:
        raise identity.ProviderNotConfigured(provider)
    return await call.rt.sign_in.id_tokens.verify(credential.strip(), known[0], nonce=nonce)


def user_of(tx: Tx, call: Call, provider: str, who: Identity) -> User:
    """Return the user of a verified identity. Raises SignUpNotAllowed."""
    sign_up: SignUp = call.rt.sign_in.providers[provider][1]
    return identity.user_of_identity(tx, who, sign_up, origin=call.origin)


def start_web_session(tx: Tx, call: Call, provider: str, who: Identity) -> IssuedToken:
    """Sign the person in for 30 days."""
    user = user_of(tx, call, provider, who)
    name = f"{PROVIDER_NAMES[provider]} sign-in"
    seconds = call.rt.sign_in.lifetimes.session
    origin: Origin = call.origin
    return identity.start_session(tx, user, ClientInfo("web", name), seconds=seconds, method=provider, origin=origin)


def token_object(issued: IssuedToken) -> TokenObject:
    """Write a freshly made token."""
    return TokenObject(issued.text, "Bearer", issued.expires_in, TokenUser(issued.user.id, issued.user.email))


def pair_object(pair: TokenPair) -> PairObject:
    """Write a pair of tokens."""
    return PairObject(pair.access.text, pair.refresh.text, "Bearer", pair.access.expires_in)
