"""ID tokens against a scripted provider with real RSA and EC keys."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

import pytest
from joserfc import jwk, jwt

from asterism.base.clock import ManualClock
from asterism.kernel.oidc import (
    GOOGLE_ISSUERS,
    Identity,
    IdTokenRefused,
    IdTokens,
    JwksCache,
    KeysUnavailable,
    Provider,
    google,
)

RSA = jwk.RSAKey.generate_key(2048, {"kid": "rsa-1", "use": "sig"})
OTHER_RSA = jwk.RSAKey.generate_key(2048, {"kid": "rsa-2", "use": "sig"})
EC = jwk.ECKey.generate_key("P-256", {"kid": "ec-1", "use": "sig"})
GOOGLE = google(("client-1", "client-2"), "http://keys/google")
COMPANY = Provider("company", ("http://issuer.example",), ("client-1",))


class Site:
    """The provider's web site: documents by address, every fetch counted."""

    def __init__(self) -> None:
        self.keys: list[Any] = [RSA]
        self.cache_control = "public, max-age=600"
        self.fetched: list[str] = []
        self.down = False
        self.issuer = "http://issuer.example"

    async def fetch(self, url: str) -> tuple[bytes, Mapping[str, str]]:
        self.fetched.append(url)
        if self.down:
            raise ValueError("down")
        if url.endswith("/.well-known/openid-configuration"):
            told = {"issuer": self.issuer, "jwks_uri": "http://keys/company"}
            return json.dumps({**told, "authorization_endpoint": f"{self.issuer}/authorize"}).encode(), {}
        keys = [key.as_dict(private=False) if hasattr(key, "as_dict") else key for key in self.keys]
        return json.dumps({"keys": keys}).encode(), {"cache-control": self.cache_control}


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def id_tokens(site: Site, clock: ManualClock) -> IdTokens:
    return IdTokens(clock, JwksCache(clock, site.fetch))


def claims(clock: ManualClock, **changes: Any) -> dict[str, Any]:
    now = int(clock.now().timestamp())
    base = {
        "iss": GOOGLE_ISSUERS[0],
        "sub": "1234",
        "aud": "client-1",
        "iat": now,
        "exp": now + 3600,
        "email": "Ada@Example.org",
        "email_verified": True,
        "name": "Ada",
    }
    return {key: value for key, value in {**base, **changes}.items() if value is not None}


def sign(payload: dict[str, Any], key: Any = RSA, alg: str = "RS256", **header: Any) -> str:
    return jwt.encode({"alg": alg, "kid": key.kid, **header}, payload, key, algorithms=[alg])


def verify(id_tokens: IdTokens, token: str, provider: Provider = GOOGLE, **options: Any) -> Identity:
    return asyncio.run(id_tokens.verify(token, provider, **options))


def test_a_good_token_names_the_person(id_tokens: IdTokens, clock: ManualClock) -> None:
    who = verify(id_tokens, sign(claims(clock)))
    assert who == Identity(GOOGLE_ISSUERS[0], "1234", "ada@example.org", "Ada", None)


def of_length(clock: ManualClock, length: int) -> str:
    """Return a good token of so many characters: padded in its claims, and in its header where base64 skips one."""
    for more in range(4):
        start = (length - len(sign(claims(clock)))) * 3 // 4 - 30
        for size in range(start, start + 40):
            token = sign(claims(clock, pad="x" * size), typ="J" * more)
            if len(token) == length:
                return token
    raise AssertionError("no such token")


def test_a_token_has_16_kib(id_tokens: IdTokens, clock: ManualClock) -> None:
    assert verify(id_tokens, of_length(clock, 16 << 10)).subject == "1234"
    with pytest.raises(IdTokenRefused):
        verify(id_tokens, of_length(clock, (16 << 10) + 1))


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"aud": "another-client"},
        {"aud": ["another-client"]},
        {"aud": ["client-1", "another-client"]},
        {"aud": ["client-1", "another-client"], "azp": "another-client"},
        {"email_verified": False},
        {"email_verified": "false"},
        {"email_verified": None},
        {"email": None},
        {"email": "nobody"},
        {"sub": ""},
        {"sub": None},
        {"iat": None},
        {"exp": None},
        {"exp": "soon"},
    ],
)
def test_a_wrong_claim_is_refused(id_tokens: IdTokens, clock: ManualClock, changes: dict[str, Any]) -> None:
    with pytest.raises(IdTokenRefused):
        verify(id_tokens, sign(claims(clock, **changes)))


@pytest.mark.parametrize(
    ("changes", "good"),
    [({"exp": -59}, True), ({"exp": -61}, False), ({"iat": 59}, True), ({"iat": 61}, False), ({"nbf": 61}, False)],
)
def test_clocks_may_differ_by_a_minute(
    id_tokens: IdTokens, clock: ManualClock, changes: dict[str, int], good: bool
) -> None:
    now = int(clock.now().timestamp())
    token = sign(claims(clock, **{name: now + offset for name, offset in changes.items()}))
    if good:
        assert verify(id_tokens, token).subject == "1234"
    else:
        with pytest.raises(IdTokenRefused):
            verify(id_tokens, token)


def part(value: dict[str, Any] | bytes) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def test_an_unsigned_token_is_refused(id_tokens: IdTokens, clock: ManualClock) -> None:
    for alg in ("none", "None", "NONE"):
        with pytest.raises(IdTokenRefused):
            verify(id_tokens, f"{part({'alg': alg, 'kid': 'rsa-1'})}.{part(claims(clock))}.")


def test_the_public_key_is_no_hmac_secret(id_tokens: IdTokens, clock: ManualClock, site: Site) -> None:
    head = f"{part({'alg': 'HS256', 'kid': 'rsa-1'})}.{part(claims(clock))}"
    for secret in (RSA.as_pem(private=False), json.dumps(RSA.as_dict(private=False)).encode()):
        signature = hmac.new(secret, head.encode(), hashlib.sha256).digest()
        with pytest.raises(IdTokenRefused):
            verify(id_tokens, f"{head}.{part(signature)}")
    assert site.fetched == []


def test_a_symmetric_key_in_the_key_set_signs_nothing(id_tokens: IdTokens, clock: ManualClock, site: Site) -> None:
    shared = jwk.OctKey.generate_key(256, {"kid": "oct-1"})
    site.keys = [shared.as_dict(private=True)]
    with pytest.raises(IdTokenRefused):
        verify(id_tokens, jwt.encode({"alg": "HS256", "kid": "oct-1"}, claims(clock), shared, algorithms=["HS256"]))


def test_another_key_under_a_known_name_is_refused(id_tokens: IdTokens, clock: ManualClock) -> None:
    with pytest.raises(IdTokenRefused):
        verify(id_tokens, sign(claims(clock), OTHER_RSA, kid="rsa-1"))


def test_a_changed_payload_is_refused(id_tokens: IdTokens, clock: ManualClock) -> None:
    head, _payload, signature = sign(claims(clock)).split(".")
    with pytest.raises(IdTokenRefused):
        verify(id_tokens, f"{head}.{part(claims(clock, sub='5678'))}.{signature}")


@pytest.mark.parametrize("junk", ["", ".", "..", "a.b.c", "é.é.é", "x" * 20_000, f"{part(b'[]')}.{part(b'{}')}.AA"])
def test_junk_is_refused(id_tokens: IdTokens, junk: str) -> None:
    with pytest.raises(IdTokenRefused):
        verify(id_tokens, junk)


def test_google_signs_with_rs256_only_and_others_with_elliptic_curves_too(
    id_tokens: IdTokens, clock: ManualClock, site: Site
) -> None:
    site.keys = [EC]
    payload = claims(clock, iss="http://issuer.example")
    assert verify(id_tokens, sign(payload, EC, "ES256"), COMPANY).subject == "1234"
    with pytest.raises(IdTokenRefused):
        verify(id_tokens, sign(claims(clock), EC, "ES256"))


def test_a_nonce_is_compared_where_one_was_sent(id_tokens: IdTokens, clock: ManualClock) -> None:
    token = sign(claims(clock, nonce="n-1"))
    assert verify(id_tokens, token, nonce="n-1").subject == "1234"
    for wrong, sent in ((token, "n-2"), (sign(claims(clock)), "n-1")):
        with pytest.raises(IdTokenRefused):
            verify(id_tokens, wrong, nonce=sent)


def test_keys_are_kept_as_long_as_the_provider_says(id_tokens: IdTokens, clock: ManualClock, site: Site) -> None:
    for _ in range(3):
        verify(id_tokens, sign(claims(clock)))
    assert len(site.fetched) == 1
    clock.advance(601)
    verify(id_tokens, sign(claims(clock)))
    assert len(site.fetched) == 2


def test_a_new_key_is_found_and_unknown_ones_cost_one_fetch_a_minute(
    id_tokens: IdTokens, clock: ManualClock, site: Site
) -> None:
    verify(id_tokens, sign(claims(clock)))
    site.keys = [OTHER_RSA]
    clock.advance(61)
    assert verify(id_tokens, sign(claims(clock), OTHER_RSA)).subject == "1234"
    fetched = len(site.fetched)
    for _ in range(5):
        with pytest.raises(IdTokenRefused):
            verify(id_tokens, sign(claims(clock), OTHER_RSA, kid="unknown"))
    assert len(site.fetched) == fetched
    clock.advance(61)
    with pytest.raises(IdTokenRefused):
        verify(id_tokens, sign(claims(clock)))  # the key that was rotated out
    assert len(site.fetched) == fetched + 1


def test_a_provider_that_is_down(id_tokens: IdTokens, clock: ManualClock, site: Site) -> None:
    site.down = True
    with pytest.raises(KeysUnavailable):
        verify(id_tokens, sign(claims(clock)))
    site.down = False
    verify(id_tokens, sign(claims(clock)))
    site.down = True
    clock.advance(700)
    assert verify(id_tokens, sign(claims(clock))).subject == "1234"  # stale keys serve for an hour
    clock.advance(3600)
    with pytest.raises(KeysUnavailable):
        verify(id_tokens, sign(claims(clock)))


def test_discovery_must_be_the_issuers_own(id_tokens: IdTokens, clock: ManualClock, site: Site) -> None:
    site.issuer = "http://evil.example"
    with pytest.raises(KeysUnavailable):
        verify(id_tokens, sign(claims(clock, iss="http://issuer.example")), COMPANY)


def test_keys_that_cannot_sign_are_passed_over(id_tokens: IdTokens, clock: ManualClock, site: Site) -> None:
    site.keys = [{"kty": "XYZ", "kid": "rsa-1"}, {**RSA.as_dict(private=False), "use": "enc"}, RSA]
    assert verify(id_tokens, sign(claims(clock))).subject == "1234"


def test_where_to_sign_in_is_discovered_and_a_silent_provider_is_asked_once_a_minute(
    clock: ManualClock, site: Site
) -> None:
    cache = JwksCache(clock, site.fetch)
    assert asyncio.run(cache.authorization_url(GOOGLE)) == "https://accounts.google.com/o/oauth2/v2/auth"
    site.down = True
    for _ in range(3):
        assert asyncio.run(cache.authorization_url(COMPANY)) is None
    assert len(site.fetched) == 1
    site.down = False
    clock.advance(61)
    assert asyncio.run(cache.authorization_url(COMPANY)) == "http://issuer.example/authorize"
