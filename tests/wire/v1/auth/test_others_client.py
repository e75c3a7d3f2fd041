"""A client written by others (Authlib) signs a device in, refreshes, inspects and revokes, by the RFCs alone."""

import httpx
import pytest
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import OAuth2Client

from tests.support.server import TestServer

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"


def poll(client: OAuth2Client, token_url: str, device_code: str) -> str:
    """Return the error of one poll, or `authorized`."""
    try:
        client.fetch_token(token_url, grant_type=DEVICE_CODE, device_code=device_code)
    except OAuthError as error:
        return str(error.error)
    return "authorized"


@pytest.fixture
def client(still: TestServer):
    options = {"client_id": "others", "token_endpoint_auth_method": "none", "trust_env": False}
    with OAuth2Client(base_url=still.url, **options) as client:
        yield client


def test_device_authorization_by_rfc_8628(still: TestServer, client: OAuth2Client, ada: httpx.Client) -> None:
    token_url = f"{still.url}/v1/oauth/token"
    form = {"client_id": "others", "scope": "all"}
    grant = client.request("POST", "/v1/oauth/device", data=form, withhold_token=True).json()
    assert {"device_code", "user_code", "verification_uri", "expires_in"} <= grant.keys()
    assert poll(client, token_url, grant["device_code"]) == "authorization_pending"
    ada.post("/v1/oauth/device/authorize", json={"user_code": grant["user_code"]})
    assert poll(client, token_url, grant["device_code"]) == "authorized"
    assert client.get("/v1/auth/me").json() == ada.get("/v1/auth/me").json()
    assert poll(client, token_url, grant["device_code"]) == "invalid_grant"

    form = {"token": client.token["access_token"], "token_type_hint": "access_token"}
    assert client.post("/v1/oauth/introspect", data=form).json()["active"] is True
    client.revoke_token(f"{still.url}/v1/oauth/revoke", token=client.token["access_token"])
    assert client.get("/v1/auth/me").status_code == 401


def test_a_denied_device_is_told_so(still: TestServer, client: OAuth2Client, ada: httpx.Client) -> None:
    grant = client.request("POST", "/v1/oauth/device", withhold_token=True).json()
    ada.post("/v1/auth/device/confirm", json={"user_code": grant["user_code"], "action": "deny"})
    assert poll(client, f"{still.url}/v1/oauth/token", grant["device_code"]) == "access_denied"


def test_refreshing_by_rfc_6749(still: TestServer, client: OAuth2Client, ada: httpx.Client) -> None:
    grant = client.request("POST", "/v1/auth/device/start", withhold_token=True).json()
    ada.post("/v1/auth/device/confirm", json={"user_code": grant["user_code"]})
    body = {"device_code": grant["device_code"]}
    pair = client.request("POST", "/v1/auth/device/poll", json=body, withhold_token=True).json()
    renewed = client.refresh_token(f"{still.url}/v1/oauth/token", refresh_token=pair["refresh_token"])
    assert renewed["access_token"] != pair["access_token"]
    assert client.get("/v1/auth/me").status_code == 200
