"""Google and OpenID Connect over the wire, against an issuer on loopback."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwk

from tests.support.databases import SqliteFactory
from tests.support.issuer import Issuer
from tests.support.server import TestServer


@pytest.fixture(scope="module")
def server(
    issuer: Issuer, sqlite_factory: SqliteFactory, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TestServer]:
    with TestServer(
        tmp_path_factory.mktemp("data"),
        sqlite_factory.url(),
        rate_limits="off",
        owner_email="boss@example.org",
        google_client_id="other-client, our-client",
        google_jwks_url=issuer.jwks_url,
        oidc_issuer=issuer.url,
        oidc_client_id="our-client",
        oidc_allowed="example.org",
    ) as running:
        yield running


def post(client: httpx.Client, credential: Any, route: str = "google", **more: Any) -> httpx.Response:
    return client.post(f"/v1/auth/{route}", json={"credential": credential, **more})


def test_a_person_signs_in_and_keeps_the_account(anonymous: httpx.Client, issuer: Issuer) -> None:
    first = post(anonymous, issuer.token())
    assert first.status_code == 200, first.text
    body = first.json()
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 2592000)
    second = post(anonymous, issuer.token(email="Ada@New.example", picture="http://p/1")).json()
    assert second["user"] == {"id": body["user"]["id"], "email": "ada@new.example"}
    me = anonymous.get("/v1/auth/me", headers={"Authorization": f"Bearer {second['access_token']}"}).json()["user"]
    assert (me["name"], me["picture"]) == ("Ada", "http://p/1")


@pytest.mark.parametrize(
    "claims",
    [{"aud": "x"}, {"iss": "https://evil.example"}, {"exp": 1}, {"email_verified": False}, {"sub": ""}],
)
def test_a_wrong_token_is_refused(anonymous: httpx.Client, issuer: Issuer, claims: dict[str, Any]) -> None:
    answer = post(anonymous, issuer.token(**claims))
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "INVALID_TOKEN")


@pytest.mark.parametrize("body", [{}, {"credential": " "}, {"credential": 7}])
def test_a_credential_is_required(anonymous: httpx.Client, body: dict[str, Any]) -> None:
    assert anonymous.post("/v1/auth/google", json=body).status_code == 422


def test_the_owner_is_linked_by_the_configured_address(
    server: TestServer, anonymous: httpx.Client, issuer: Issuer
) -> None:
    signed_in = post(anonymous, issuer.token(sub="boss", email="boss@example.org")).json()
    with server.person("boss@example.org") as owner:
        assert owner.get("/v1/auth/me").json()["user"]["id"] == signed_in["user"]["id"]


def test_another_provider_signs_with_elliptic_curves_and_admits_by_domain(
    anonymous: httpx.Client, issuer: Issuer
) -> None:
    answer = post(anonymous, issuer.token(iss=issuer.url, nonce="n"), "oidc", nonce="n")
    assert answer.status_code == 200, answer.text
    assert post(anonymous, issuer.token(iss=issuer.url, nonce="n"), "oidc", nonce="m").status_code == 401
    refused = post(anonymous, issuer.token(iss=issuer.url, sub="9", email="eve@evil.example"), "oidc")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "SIGNUP_NOT_ALLOWED")
    assert post(anonymous, issuer.token(), "oidc").status_code == 401


def test_providers_are_listed_for_everybody(anonymous: httpx.Client, issuer: Issuer) -> None:
    listed = anonymous.get("/v1/auth/providers").json()["providers"]
    assert [(entry["name"], entry["issuer"]) for entry in listed] == [
        ("google", "https://accounts.google.com"),
        ("oidc", issuer.url),
    ]


def test_a_device_is_approved_with_a_credential(anonymous: httpx.Client, issuer: Issuer) -> None:
    grant = anonymous.post("/v1/oauth/device").json()
    body = {"user_code": grant["user_code"], "credential": issuer.token()}
    assert anonymous.post("/v1/oauth/device/authorize", json=body).json()["success"] is True
    used = anonymous.post("/v1/oauth/device/authorize", json=body)
    assert (used.status_code, used.json()["error"]["code"]) == (400, "ALREADY_USED")


def test_keys_rotate_and_can_be_away(issuer: Issuer, sqlite_factory: SqliteFactory, tmp_path: Path) -> None:
    with (
        TestServer(
            tmp_path, sqlite_factory.url(), google_client_id="our-client", google_jwks_url=issuer.jwks_url
        ) as server,
        server.client() as client,
    ):
        issuer.down = True
        away = post(client, issuer.token())
        assert (away.status_code, away.json()["error"]["code"]) == (503, "UNAVAILABLE")
        issuer.down = False
        assert post(client, issuer.token()).status_code == 200
        old, issuer.key = issuer.key, jwk.RSAKey.generate_key(2048, {"kid": "key-2", "use": "sig"})
        assert post(client, issuer.token()).status_code == 401  # asked for keys less than a minute ago
        issuer.key = old


def test_google_is_off_without_a_client_id(sqlite_factory: SqliteFactory, tmp_path: Path, issuer: Issuer) -> None:
    with TestServer(tmp_path, sqlite_factory.url()) as server, server.client() as client:
        answer = post(client, issuer.token())
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "GOOGLE_NOT_CONFIGURED")
        assert client.get("/v1/auth/providers").json() == {"providers": []}
