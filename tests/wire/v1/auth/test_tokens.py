"""Refresh, sign-out, tokens, devices, revocation, introspection, provider keys and the audit log over the wire."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from asterism.base.clock import ManualClock
from asterism.features.accounts import identity
from asterism.features.accounts.identity.token_format import make_token
from tests.support.process import started
from tests.support.server import TestServer

ELSEWHERE = """
import sys
import sqlalchemy as sa
from asterism.kernel.db import open_database

db = open_database(sys.argv[1])
for line in sys.stdin:
    with db.write() as tx:
        tx.execute(sa.text(line))
    print("done", flush=True)
"""


@pytest.fixture
def elsewhere(still: TestServer) -> Iterator["subprocess.Popen[str]"]:
    """Another process, which runs each line that it is sent as SQL and says when it has committed."""
    url = still.settings.database_url
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with started([sys.executable, "-c", ELSEWHERE, url], **pipes) as process:
        yield process


@pytest.fixture
def pair(device: httpx.Client, ada: httpx.Client) -> dict[str, Any]:
    grant = device.post("/v1/auth/device/start", json={"client_name": "star", "client_version": "1"}).json()
    ada.post("/v1/auth/device/confirm", json={"user_code": grant["user_code"]})
    return device.post("/v1/auth/device/poll", json={"device_code": grant["device_code"]}).json()


def refresh(device: httpx.Client, text: str) -> httpx.Response:
    return device.post("/v1/auth/refresh", json={"refresh_token": text})


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def test_refresh_rotates_and_reuse_ends_the_device(
    device: httpx.Client, pair: dict[str, Any], still_clock: ManualClock
) -> None:
    first = refresh(device, pair["refresh_token"]).json()
    assert first.keys() == {"access_token", "refresh_token", "token_type", "expires_in"}
    still_clock.advance(10)
    assert refresh(device, pair["refresh_token"]).status_code == 200
    still_clock.advance(31)
    assert code_of(refresh(device, pair["refresh_token"])) == (401, "REFRESH_TOKEN_REUSED")
    assert code_of(refresh(device, first["refresh_token"])) == (401, "INVALID_REFRESH_TOKEN")
    assert device.get("/v1/auth/me", headers=bearer(first["access_token"])).status_code == 401


def test_the_refresh_grant_of_the_other_dialect(
    device: httpx.Client, pair: dict[str, Any], still_clock: ManualClock
) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": pair["refresh_token"]}
    answer = device.post("/v1/oauth/token", data=form)
    assert answer.json().keys() == {"access_token", "refresh_token", "token_type", "expires_in"}
    still_clock.advance(31)
    reused = device.post("/v1/oauth/token", data=form)
    assert (reused.status_code, reused.json()["error"]) == (400, "invalid_grant")
    assert code_of(refresh(device, answer.json()["refresh_token"])) == (401, "INVALID_REFRESH_TOKEN")


@pytest.mark.parametrize("body", [{}, {"refresh_token": " "}, {"refresh_token": 1}])
def test_refresh_needs_a_token(device: httpx.Client, body: dict[str, Any]) -> None:
    assert device.post("/v1/auth/refresh", json=body).status_code == 422


def test_signing_out_by_bearer_or_by_refresh_token(device: httpx.Client, pair: dict[str, Any]) -> None:
    assert code_of(device.post("/v1/auth/logout")) == (401, "UNAUTHORIZED")
    by_refresh = {"refresh_token": pair["refresh_token"]}
    assert device.post("/v1/auth/logout", json=by_refresh).json() == {"success": True}
    assert code_of(device.post("/v1/auth/logout", json=by_refresh)) == (401, "UNAUTHORIZED")
    assert device.post("/v1/auth/logout", headers=bearer(pair["access_token"])).status_code == 401


def test_signing_out_everywhere(device: httpx.Client, ada: httpx.Client, pair: dict[str, Any]) -> None:
    assert ada.post("/v1/auth/logout", json={"all": True}).json() == {"success": True}
    assert ada.get("/v1/auth/me").status_code == 401
    assert device.get("/v1/auth/me", headers=bearer(pair["access_token"])).status_code == 401


def test_devices_and_tokens_are_listed(device: httpx.Client, ada: httpx.Client, pair: dict[str, Any]) -> None:
    [listed] = ada.get("/v1/auth/devices").json()["devices"]
    assert listed.keys() == {
        "id", "name", "client_name", "client_version", "platform", "kind", "created_at", "last_seen_at", "current",
    }  # fmt: skip
    assert (listed["name"], listed["kind"], listed["current"]) == ("star", "device", False)
    mine = device.get("/v1/auth/devices", headers=bearer(pair["access_token"])).json()["devices"]
    assert [entry["current"] for entry in mine] == [True]
    tokens = ada.get("/v1/auth/tokens").json()["tokens"]
    assert sorted(token["kind"] for token in tokens) == ["a", "r", "u"]
    [current] = [token for token in tokens if token["current"]]
    assert current["last_used_at"] is not None
    assert not any(pair["access_token"] in str(token) for token in tokens)


def test_a_device_is_signed_out(device: httpx.Client, ada: httpx.Client, pair: dict[str, Any]) -> None:
    [listed] = ada.get("/v1/auth/devices").json()["devices"]
    assert ada.delete(f"/v1/auth/devices/{listed['id']}").json() == {"success": True}
    assert ada.delete(f"/v1/auth/devices/{listed['id']}").status_code == 404
    assert device.get("/v1/auth/me", headers=bearer(pair["access_token"])).status_code == 401
    assert ada.delete("/v1/auth/devices").json() == {"success": True, "revoked": 0}


def test_a_token_may_delete_itself(ada: httpx.Client) -> None:
    [token] = ada.get("/v1/auth/tokens").json()["tokens"]
    assert ada.delete(f"/v1/auth/tokens/{token['id']}").json() == {"success": True}
    assert ada.get("/v1/auth/me").status_code == 401


def test_revocation_by_rfc_7009(device: httpx.Client, ada: httpx.Client, pair: dict[str, Any]) -> None:
    for text in (pair["refresh_token"], pair["refresh_token"], "unknown"):
        assert device.post("/v1/oauth/revoke", data={"token": text}).status_code == 200
    assert device.get("/v1/auth/me", headers=bearer(pair["access_token"])).status_code == 401
    assert device.post("/v1/oauth/revoke", data={}).status_code == 422
    assert device.post("/v1/oauth/revoke", json={"token": "x"}).status_code == 415


def test_introspection_by_rfc_7662(still: TestServer, ada: httpx.Client, pair: dict[str, Any]) -> None:
    email = ada.get("/v1/auth/me").json()["user"]["email"]
    told = ada.post("/v1/oauth/introspect", data={"token": pair["access_token"]}).json()
    assert (told["active"], told["username"], told["scope"], told["token_type"]) == (True, email, "all", "Bearer")
    assert told["exp"] - told["iat"] == 3600
    with still.person() as bob:
        assert bob.post("/v1/oauth/introspect", data={"token": pair["access_token"]}).json() == {"active": False}
    assert ada.post("/v1/oauth/introspect", data={"token": "unknown"}).json() == {"active": False}
    assert ada.post("/v1/oauth/introspect", content=b"token=x").json() == {"active": False}


def test_provider_keys(ada: httpx.Client) -> None:
    me = ada.get("/v1/auth/me").json()["user"]["id"]
    save = {"provider": "openai", "key_value": "  sk-0123456789abcdef "}
    assert ada.post("/v1/auth/api-keys", json=save).json() == {"success": True}
    [first] = ada.get("/v1/auth/api-keys").json()["api_keys"]
    assert (first["user_id"], first["key_name"], first["key_value"]) == (me, "OPENAI_API_KEY", "•" * 20 + "cdef")
    ada.post("/v1/auth/api-keys", json={"provider": "openai", "key_value": "short"})
    ada.post("/v1/auth/api-keys", json={"provider": "anthropic", "key_value": "x" * 4096})
    keys = ada.get("/v1/auth/api-keys").json()["api_keys"]
    assert [key["provider"] for key in keys] == ["anthropic", "openai"]
    assert (keys[1]["id"], keys[1]["created_at"], keys[1]["key_value"]) == (first["id"], first["created_at"], "••••")
    values = ada.get("/v1/auth/api-keys/values")
    assert values.json()["env_vars"] == {"ANTHROPIC_API_KEY": "x" * 4096, "OPENAI_API_KEY": "short"}
    assert values.headers["cache-control"] == "no-store"
    for _ in range(2):
        assert ada.delete("/v1/auth/api-keys/openai").json() == {"success": True}
    assert ada.delete("/v1/auth/api-keys/nobody").status_code == 422
    actions = [entry["action"] for entry in ada.get("/v1/auth/audit").json()["entries"]]
    assert actions[:5] == ["api_key_deleted", "api_keys_read", "api_key_set", "api_key_set", "api_key_set"]


@pytest.mark.parametrize(
    "body",
    [
        {"provider": "nobody", "key_value": "x"},
        {"provider": "openai", "key_value": ""},
        {"provider": "openai", "key_value": "  "},
        {"provider": "openai", "key_value": "a\nb"},
        {"provider": "openai", "key_value": "x" * 4097},
        {"provider": "openai"},
        {"provider": "openai", "key_value": 7},
    ],
)
def test_bad_provider_keys(ada: httpx.Client, body: dict[str, Any]) -> None:
    answer = ada.post("/v1/auth/api-keys", json=body)
    assert code_of(answer) == (422, "VALIDATION_ERROR")


def test_the_audit_log_is_paged(still: TestServer, ada: httpx.Client) -> None:
    for provider in ("openai", "google", "groq"):
        ada.post("/v1/auth/api-keys", json={"provider": provider, "key_value": "k"})
    first = ada.get("/v1/auth/audit", params={"limit": 2}).json()
    assert [entry["subject"] for entry in first["entries"]] == ["groq", "google"]
    rest = ada.get("/v1/auth/audit", params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [entry["action"] for entry in rest["entries"]] == ["api_key_set", "user_added"]
    assert rest["next_cursor"] is None
    with still.person() as bob:
        assert bob.get("/v1/auth/audit", params={"cursor": first["next_cursor"]}).status_code == 422
    assert ada.get("/v1/auth/audit", params={"limit": "0"}).status_code == 422


def test_a_link_is_exchanged_once(still: TestServer, device: httpx.Client) -> None:
    with still.rt.db.write() as tx:
        code = identity.create_link(tx, identity.find_user(tx, None)).text
    answer = device.post("/v1/auth/link", json={"code": code})
    assert answer.json().keys() == {"access_token", "token_type", "expires_in", "user"}
    again = device.post("/v1/auth/link", json={"code": code})
    assert code_of(again) == (401, "INVALID_CODE")


def test_limited_tokens_cannot_sign_everything_out(still: TestServer, ada: httpx.Client) -> None:
    email = ada.get("/v1/auth/me").json()["user"]["email"]
    with still.rt.db.write() as tx:
        user = identity.find_user(tx, email)
        text = identity.create_token(tx, user, kind="u", name="r", client="cli", seconds=60, scope=identity.READ).text
    with still.client(text) as reader:
        assert [t["scope"] for t in reader.get("/v1/auth/tokens").json()["tokens"] if t["current"]] == ["read"]
        assert code_of(reader.post("/v1/auth/logout", json={"all": True})) == (403, "INSUFFICIENT_SCOPE")
        assert reader.post("/v1/auth/logout").status_code == 200
        assert reader.get("/v1/auth/me").status_code == 401


def test_swapped_rows_answer_unreadable_and_masked(still: TestServer, ada: httpx.Client) -> None:
    for provider in ("openai", "groq"):
        ada.post("/v1/auth/api-keys", json={"provider": provider, "key_value": f"sk-{provider}-0123456789"})
    first, second = (key["id"] for key in ada.get("/v1/auth/api-keys").json()["api_keys"])
    with still.rt.db.write() as tx:
        swap = sa.text("UPDATE api_keys SET key_value = (SELECT key_value FROM api_keys WHERE id = :b) WHERE id = :a")
        tx.connection.execute(swap, {"a": first, "b": second})
    refused = ada.get("/v1/auth/api-keys/values")
    assert code_of(refused) == (503, "UNAVAILABLE")
    assert first not in refused.text
    shown = {key["id"]: key["key_value"] for key in ada.get("/v1/auth/api-keys").json()["api_keys"]}
    assert shown == {first: "••••", second: "•" * 20 + "6789"}


def test_strangers_never_wait_for_the_write_lock(still: TestServer, device: httpx.Client, ada: httpx.Client) -> None:
    revoked = ada.headers["authorization"]
    ada.post("/v1/auth/logout")
    with still.rt.db.write():
        for header in (f"Bearer {make_token('u')}", "Bearer x", revoked):
            answer = device.post("/v1/projects", json={"name": "p"}, headers={"Authorization": header})
            assert answer.status_code == 401
        answer = device.post("/v1/auth/device/poll", json={"device_code": "x" * 32})
        assert answer.status_code == 404


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ("revoked_at = '2026-02-04T12:00:00.000Z'", 401),
        ("expires_at = '2026-02-04T00:00:00.000Z'", 401),
        ('scope = \'{"name": "agent"}\'', 403),
    ],
)
def test_what_another_process_does_to_a_token_holds_for_the_next_request(
    still: TestServer, ada: httpx.Client, elsewhere: "subprocess.Popen[str]", change: str, status: int
) -> None:
    [token] = [one["id"] for one in ada.get("/v1/auth/tokens").json()["tokens"] if one["current"]]
    assert [ada.get("/v1/projects").status_code for _ in range(3)] == [200] * 3  # by now it is remembered
    assert elsewhere.stdin is not None
    assert elsewhere.stdout is not None
    elsewhere.stdin.write(f"UPDATE access_tokens SET {change} WHERE id = '{token}'\n".replace(": ", "\\:"))
    elsewhere.stdin.flush()
    assert elsewhere.stdout.readline() == "done\n"
    assert ada.get("/v1/projects").status_code == status


def test_a_token_ends_by_the_clock_though_nobody_writes(still: TestServer, still_clock: ManualClock) -> None:
    with still.rt.db.write() as tx:
        user = identity.add_user(tx, "brief@example.org")
        text = identity.create_token(tx, user, kind="u", name="t", client="cli", seconds=60).text
    with still.client(text) as client:
        assert [client.get("/v1/projects").status_code for _ in range(2)] == [200, 200]
        still_clock.advance(59.999)
        assert client.get("/v1/projects").status_code == 200
        still_clock.advance(0.001)
        assert client.get("/v1/projects").status_code == 401
