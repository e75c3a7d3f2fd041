"""Verification of ID tokens (OpenID Connect Core 3.1.3.7; Fastest 1.3)."""

import secrets
from collections.abc import Sequence
from typing import Any

import msgspec

from asterism.base.clock import Clock
from asterism.kernel.oidc.jwks import Jwk, JwksCache
from asterism.kernel.oidc.port import Identity, IdTokenRefused, Provider

LEEWAY = 60  # seconds
TOKEN_LIMIT = 16 * 1024


class _Header(msgspec.Struct):
    alg: str
    kid: str | None = None


class _Claims(msgspec.Struct):
    iss: str
    sub: str
    aud: str | list[str]
    exp: float
    iat: float
    email: str
    email_verified: bool | str = False
    nbf: float = 0
    azp: str | None = None
    nonce: str | None = None
    name: str | None = None
    picture: str | None = None


class IdTokens:
    """Verifies ID tokens of any provider with one cache of keys."""

    def __init__(self, clock: Clock, keys: JwksCache) -> None:
        self._clock = clock
        self._keys = keys

    async def authorization_url(self, provider: Provider) -> str | None:
        """Return where people are sent to sign in, None when the provider does not say now."""
        return await self._keys.authorization_url(provider)

    async def verify(self, token: str, provider: Provider, *, nonce: str | None = None) -> Identity:
        """Return who the token says signed in. With a `nonce`, the token must carry the same one.

        Raises IdTokenRefused for every fault of the token, KeysUnavailable when it cannot be judged now.
        """
        header = _read_header(token)
        if header.alg not in provider.algorithms:
            raise IdTokenRefused
        keys = await self._keys.keys(provider, header.kid)
        claims = _read_claims(check_signature(token, header.alg, keys))
        check_claims(claims, provider, self._clock.now().timestamp(), nonce)
        return Identity(claims.iss, claims.sub, claims.email.strip().lower(), claims.name, claims.picture)


def _read_header(token: str) -> _Header:
    from joserfc import jws  # here: an installation without sign-in providers never loads it
    from joserfc.errors import JoseError

    try:
        if len(token) > TOKEN_LIMIT:
            raise ValueError("too long")
        parts = jws.extract_compact(token.encode("ascii"))
        return msgspec.convert(parts.protected, _Header)
    except (JoseError, msgspec.MsgspecError, ValueError, TypeError, KeyError) as error:
        raise IdTokenRefused from error


def check_signature(token: str, algorithm: str, keys: Sequence[Jwk]) -> bytes:
    """Return the payload when one of `keys` made the signature with `algorithm`. Raises IdTokenRefused."""
    from joserfc import jwk, jws
    from joserfc.errors import JoseError

    for key in keys:
        if key.get("kty") == "oct" or key.get("use", "sig") != "sig" or key.get("alg", algorithm) != algorithm:
            continue
        try:
            return jws.deserialize_compact(token, jwk.import_key(key), algorithms=[algorithm]).payload or b""
        except (JoseError, ValueError, TypeError, KeyError):
            continue  # a key of another type, or not the one that signed
    raise IdTokenRefused


def _read_claims(payload: bytes) -> _Claims:
    try:
        return msgspec.json.decode(payload, type=_Claims)
    except msgspec.MsgspecError as error:
        raise IdTokenRefused from error


def check_claims(claims: Any, provider: Provider, now: float, nonce: str | None) -> None:
    """Raise IdTokenRefused unless the token is this provider's, meant for us, current, and about a verified address."""
    audiences = [claims.aud] if isinstance(claims.aud, str) else claims.aud
    fine = (
        claims.iss in provider.issuers
        and any(audience in provider.audiences for audience in audiences)
        and (len(audiences) == 1 or claims.azp in provider.audiences)
        and claims.exp > now - LEEWAY
        and claims.iat <= now + LEEWAY
        and claims.nbf <= now + LEEWAY
        and 0 < len(claims.sub) <= 255
        and "@" in claims.email
        and claims.email_verified in (True, "true")
        and (nonce is None or secrets.compare_digest((claims.nonce or "").encode(), nonce.encode()))
    )
    if not fine:
        raise IdTokenRefused
