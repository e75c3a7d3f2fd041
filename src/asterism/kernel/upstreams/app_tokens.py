"""How an app says who it is: a JSON Web Token signed with its private key (RFC 7519, RS256)."""

from datetime import datetime

BEHIND = 60  # seconds that the issuing time lies back, for a clock that is slow elsewhere
LIFETIME = 540  # seconds; ten minutes from the issuing time is the most that GitHub accepts


class BadPrivateKey(Exception):
    """The private key is no RSA key in PEM."""


def app_token(private_key: str, issuer: str, now: datetime) -> str:
    """Return a token that says the bearer is `issuer`. Raises BadPrivateKey."""
    from joserfc import jwk, jwt  # here: an installation without an app never loads it
    from joserfc.errors import JoseError

    issued = int(now.timestamp()) - BEHIND
    claims = {"iss": issuer, "iat": issued, "exp": issued + LIFETIME}
    try:
        return jwt.encode({"alg": "RS256"}, claims, jwk.RSAKey.import_key(private_key))
    except (JoseError, ValueError, TypeError):
        raise BadPrivateKey from None
