"""Rate limits over the wire: who is counted, what is answered, and switching them off."""

from collections.abc import Iterator
from contextlib import suppress

import httpx
import pytest

from asterism.asgi.limits import CONTENT, REQUESTS, Rate
from asterism.base.clock import ManualClock
from asterism.base.errors import RateLimited
from asterism.features.accounts import identity
from tests.support.databases import SqliteFactory
from tests.support.server import TestServer

PROXY = {"X-Forwarded-For": "203.0.113.9"}


@pytest.fixture
def server(sqlite_factory: SqliteFactory, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestServer]:
    folder = tmp_path_factory.mktemp("limits")
    url = sqlite_factory.url()
    with TestServer(folder, url, clock=ManualClock(), trusted_proxies="127.0.0.0/8") as running:
        yield running


def sign_ins(client: httpx.Client, count: int, **headers: str) -> list[int]:
    return [client.post("/v1/auth/link", json={"code": "x"}, headers=headers).status_code for _ in range(count)]


def test_sign_in_is_limited_by_address_and_says_when_to_return(anonymous: httpx.Client) -> None:
    assert sign_ins(anonymous, 12) == [401] * 10 + [429] * 2
    limited = anonymous.post("/v1/auth/google", json={})
    assert (limited.status_code, limited.json()["error"]["code"]) == (429, "RATE_LIMITED")
    assert int(limited.headers["retry-after"]) == 6
    assert sign_ins(anonymous, 1, **PROXY) == [401]  # a trusted proxy names whom it serves
    assert sign_ins(anonymous, 1, **{"X-Forwarded-For": "127.0.0.1"}) == [429]


def test_device_starts_are_limited_in_both_dialects_together(anonymous: httpx.Client) -> None:
    for _ in range(60):
        assert anonymous.post("/v1/oauth/device").status_code == 200
        assert anonymous.post("/v1/auth/device/start").status_code == 200
    limited = anonymous.post("/v1/oauth/device")
    assert (limited.status_code, limited.json()["error"]) == (429, "slow_down")
    assert int(limited.headers["retry-after"]) >= 1
    assert anonymous.post("/v1/auth/device/start").json()["error"]["code"] == "RATE_LIMITED"


def test_wrong_user_codes_are_limited_by_person(server: TestServer, alice: httpx.Client, bob: httpx.Client) -> None:
    grant = bob.post("/v1/auth/device/start").json()
    for number in range(100):
        assert alice.get(f"/v1/auth/device/pending/ZZZZ-{number}").status_code == 404
    right = {"user_code": grant["user_code"]}
    assert alice.post("/v1/auth/device/confirm", json=right).status_code == 429
    assert alice.post("/v1/oauth/device/authorize", json=right).status_code == 429
    assert bob.post("/v1/auth/device/confirm", json=right).status_code == 200


def test_they_can_be_switched_off(sqlite_factory: SqliteFactory, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("off")
    with TestServer(folder, sqlite_factory.url(), rate_limits="off") as server, server.client() as client:
        assert sign_ins(client, 30) == [401] * 30


def test_content_has_a_limit_of_its_own(server: TestServer, alice: httpx.Client) -> None:
    me = alice.headers["Authorization"].removeprefix("Bearer ")
    with server.rt.db.read() as tx:
        token = identity.authenticate(tx, me).token_id
    spend(server, REQUESTS, token)
    contents = [f"/v1/blobs/{kind}/{'0' * 64}" for kind in ("download", "manifests")]
    assert alice.get("/v1/auth/me").status_code == 429
    assert [alice.get(path).status_code for path in contents] == [404, 404]
    spend(server, CONTENT, token)
    assert [alice.get(path).status_code for path in contents] == [429, 429]


def spend(server: TestServer, rate: Rate, key: str) -> None:
    """Take all calls that are left."""
    with suppress(RateLimited):
        while True:
            server.rt.sign_in.limits.take(rate, key)
