"""Providers, and what a verified ID token says."""

from dataclasses import dataclass

from asterism.base.errors import Unauthenticated, Unavailable

GOOGLE_ISSUERS = ("https://accounts.google.com", "accounts.google.com")
GOOGLE_JWKS_URL = "https://www.googleapis.com/oauth2/v3/certs"
GOOGLE_AUTHORIZATION_URL = "https://accounts.google.com/o/oauth2/v2/auth"
# Signatures by a private key only: an HMAC would make the public key a signing key, `none` needs no comment.
ASYMMETRIC = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")


class IdTokenRefused(Unauthenticated):
    """The ID token is not one that this provider issued to us, for now. One message for every reason."""

    code = "INVALID_TOKEN"

    def __init__(self) -> None:
        super().__init__("The sign-in provider's token was not accepted.", hint="Sign in again.")


class KeysUnavailable(Unavailable):
    """The provider's keys cannot be fetched, so nothing can be verified now."""


@dataclass(frozen=True, slots=True)
class Provider:
    """An issuer we trust and the client ids that its tokens must be meant for.

    `jwks_url` and `authorization_url` (where people are sent to sign in) are None for a provider that tells them by
    OpenID discovery at its first issuer name.
    """

    name: str
    issuers: tuple[str, ...]
    audiences: tuple[str, ...]
    jwks_url: str | None = None
    algorithms: tuple[str, ...] = ASYMMETRIC
    authorization_url: str | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signed in: `issuer` and `subject` name the person for good, the rest may change."""

    issuer: str
    subject: str
    email: str
    name: str | None
    picture: str | None


def google(client_ids: tuple[str, ...], jwks_url: str | None = None) -> Provider:
    """Return Google as a provider; `jwks_url` overrides where its keys come from (mirrors, tests)."""
    return Provider(
        "google", GOOGLE_ISSUERS, client_ids, jwks_url or GOOGLE_JWKS_URL, ("RS256",), GOOGLE_AUTHORIZATION_URL
    )
