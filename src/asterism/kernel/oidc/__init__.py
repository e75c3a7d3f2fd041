"""OpenID Connect ID tokens: who a provider says somebody is, verified against the provider's own keys."""

from asterism.kernel.oidc.jwks import JwksCache, fetch_over_http
from asterism.kernel.oidc.port import (
    GOOGLE_ISSUERS,
    GOOGLE_JWKS_URL,
    Identity,
    IdTokenRefused,
    KeysUnavailable,
    Provider,
    google,
)
from asterism.kernel.oidc.verifier import IdTokens

__all__ = [
    "GOOGLE_ISSUERS",
    "GOOGLE_JWKS_URL",
    "IdTokenRefused",
    "IdTokens",
    "Identity",
    "JwksCache",
    "KeysUnavailable",
    "Provider",
    "fetch_over_http",
    "google",
]
