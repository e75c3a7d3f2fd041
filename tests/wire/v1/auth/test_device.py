"""Device sign-in over the wire, in both dialects on one store."""

import re
import threading
from typing import Any

import httpx
import pytest

from asterism.base.clock import ManualClock
from tests.support.server import TestServer

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"


def start(device: httpx.Client, **body: Any) -> dict[str, Any]:
    answer = device.post("/v1/auth/device/start", json=body)
    assert answer.status_code == 200
    return answer.json()


def poll(device: httpx.Client, code: str) -> dict[str, Any]:
    answer = device.post("/v1/auth/device/poll", json={"device_code": code})
    assert answer.status_code == 200, answer.text
    return answer.json()


def exchange(device: httpx.Client, code: str) -> tuple[int, dict[str, Any]]:
    answer = device.post("/v1/oauth/token", data={"grant_type": DEVICE_CODE, "device_code": code})
    return answer.status_code, answer.json()


def confirm(ada: httpx.Client, code: str, **more: Any) -> httpx.Response:
    return ada.post("/v1/auth/device/confirm", json={"user_code": code, **more})


def test_start_poll_confirm_poll_without_a_pause(device: httpx.Client, ada: httpx.Client) -> None:
    grant = start(device)
    assert grant.keys() == {"device_code", "user_code", "verification_url", "expires_in", "interval"}
    assert re.fullmatch(r"[0-9A-Za-z]{32}", grant["device_code"])
    assert re.fullmatch(r"[A-HJ-NP-Z]{4}-[2-9]{4}", grant["user_code"])
    assert grant["verification_url"] == f"{device.base_url}".rstrip("/") + "/device"
    assert (grant["expires_in"], grant["interval"]) == (900, 5)
    assert poll(device, grant["device_code"]) == {"status": "pending"}
    assert confirm(ada, grant["user_code"].lower().replace("-", " ")).json() == {"status": "confirmed"}
    signed_in = poll(device, grant["device_code"])
    assert signed_in.keys() == {"status", "access_token", "refresh_token", "expires_in"}
    assert (signed_in["status"], signed_in["expires_in"]) == ("authorized", 3600)
    me = device.get("/v1/auth/me", headers={"Authorization": f"bearer {signed_in['access_token']}"})
    assert me.json() == ada.get("/v1/auth/me").json()
    assert poll(device, grant["device_code"]) == {"status": "expired"}


def test_the_other_dialect_from_start_to_end(device: httpx.Client, ada: httpx.Client) -> None:
    answer = device.post("/v1/oauth/device", content=b"\x00 anything", headers={"Content-Type": "text/plain"})
    grant = answer.json()
    assert grant["verification_uri_complete"] == f"{grant['verification_uri']}?code={grant['user_code']}"
    assert exchange(device, grant["device_code"])[1]["error"] == "authorization_pending"
    approved = ada.post("/v1/oauth/device/authorize", json={"user_code": grant["user_code"]})
    assert approved.json()["success"] is True
    status, token = exchange(device, grant["device_code"])
    assert status == 200
    assert token.keys() == {"access_token", "token_type", "expires_in", "user"}
    assert (token["token_type"], token["expires_in"]) == ("Bearer", 2592000)
    assert token["user"].keys() == {"id", "email"}
    assert exchange(device, grant["device_code"]) == (
        400,
        {"error": "invalid_grant", "error_description": "This device code is unknown or was redeemed before."},
    )


def test_either_start_is_redeemed_in_either_dialect(device: httpx.Client, ada: httpx.Client) -> None:
    first = start(device, client_name="star")
    ada.post("/v1/oauth/device/authorize", json={"user_code": first["user_code"]})
    assert exchange(device, first["device_code"])[0] == 200
    assert poll(device, first["device_code"]) == {"status": "expired"}
    second = device.post("/v1/oauth/device", data={"client_name": "fst"}).json()
    assert confirm(ada, second["user_code"]).status_code == 200
    assert poll(device, second["device_code"])["status"] == "authorized"
    assert exchange(device, second["device_code"])[1]["error"] == "invalid_grant"
    names = [entry["name"] for entry in ada.get("/v1/auth/devices").json()["devices"]]
    assert sorted(names) == ["fst", "star"]


def test_the_person_sees_which_device_asks(device: httpx.Client, ada: httpx.Client) -> None:
    meta = {"hostname": "laptop\n", "os": "linux", "arch": 64}
    grant = start(device, client_name="x" * 200, client_version=7, device_meta=meta)
    shown = ada.get(f"/v1/auth/device/pending/{grant['user_code']}").json()["device"]
    assert shown["client_name"] == "x" * 100
    assert (shown["client_version"], shown["hostname"], shown["os"], shown["arch"]) == (None, "laptop", "linux", None)
    assert shown["address"] == "127.0.0.1"
    confirm(ada, grant["user_code"])
    assert ada.get(f"/v1/auth/device/pending/{grant['user_code']}").status_code == 404


def test_a_denial_is_told_in_both_dialects(device: httpx.Client, ada: httpx.Client) -> None:
    grant = start(device)
    assert confirm(ada, grant["user_code"], action="deny").json() == {"status": "denied"}
    for _ in range(2):
        assert poll(device, grant["device_code"]) == {"status": "denied"}
        assert exchange(device, grant["device_code"])[1]["error"] == "access_denied"
    again = confirm(ada, grant["user_code"])
    assert (again.status_code, again.json()["error"]["code"]) == (409, "CODE_ALREADY_USED")


def test_deny_answers_alike_for_every_code_and_asks_for_no_token(device: httpx.Client, ada: httpx.Client) -> None:
    pending, approved = start(device), start(device)
    confirm(ada, approved["user_code"])
    for code in (pending["user_code"], approved["user_code"], "ZZZZ-9999", "x"):
        answer = device.post("/v1/oauth/device/deny", json={"user_code": code})
        assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert poll(device, pending["device_code"]) == {"status": "denied"}
    assert poll(device, approved["device_code"])["status"] == "authorized"
    assert device.post("/v1/oauth/device/deny", json={}).status_code == 422


@pytest.mark.parametrize(
    ("origin", "status"),
    [("https://app.example", 200), ("self", 200), ("https://evil.example", 403), ("null", 403), ("http://x", 403)],
)
def test_only_our_pages_may_deny(device: httpx.Client, origin: str, status: int) -> None:
    sender = str(device.base_url).rstrip("/") if origin == "self" else origin
    answer = device.post("/v1/oauth/device/deny", json={"user_code": "ZZZZ-9999"}, headers={"Origin": sender})
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["error"]["code"] == "FORBIDDEN_ORIGIN"


def test_fifty_polls_at_once_make_one_session(still: TestServer, device: httpx.Client, ada: httpx.Client) -> None:
    grant = start(device)
    confirm(ada, grant["user_code"])
    found: list[str] = []

    def ask() -> None:
        with still.client() as client:
            found.extend(poll(client, grant["device_code"])["status"] for _ in range(5))

    threads = [threading.Thread(target=ask) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["authorized"] + ["expired"] * 49


def test_fifty_polls_at_once_in_the_other_dialect_too(
    still: TestServer, device: httpx.Client, ada: httpx.Client
) -> None:
    grant = start(device)
    confirm(ada, grant["user_code"])
    found: list[str] = []

    def ask() -> None:
        with still.client() as client:
            answers = [exchange(client, grant["device_code"])[1] for _ in range(5)]
            found.extend(answer.get("error", "a token") for answer in answers)

    threads = [threading.Thread(target=ask) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["a token"] + ["invalid_grant"] * 49


def test_pace_slows_down_the_hasty_and_never_hides_a_decision(
    device: httpx.Client, ada: httpx.Client, still_clock: ManualClock
) -> None:
    grant = start(device)
    words = [exchange(device, grant["device_code"])[1]["error"] for _ in range(7)]
    assert words == ["authorization_pending"] * 5 + ["slow_down"] * 2
    assert exchange(device, grant["device_code"])[1]["interval"] == 10
    assert poll(device, grant["device_code"]) == {"status": "pending"}  # this dialect has no pace
    still_clock.advance(4)
    assert exchange(device, grant["device_code"])[1]["error"] == "authorization_pending"
    confirm(ada, grant["user_code"])
    assert exchange(device, grant["device_code"])[0] == 200


def test_expiry(device: httpx.Client, ada: httpx.Client, still_clock: ManualClock) -> None:
    pending, approved, late = start(device), start(device), start(device)
    for grant in (approved, late):
        confirm(ada, grant["user_code"])
    still_clock.advance(930)
    assert poll(device, approved["device_code"])["status"] == "authorized"
    assert poll(device, pending["device_code"]) == {"status": "expired"}
    assert exchange(device, pending["device_code"])[1]["error"] == "expired_token"
    refused = confirm(ada, pending["user_code"])
    assert (refused.status_code, refused.json()["error"]["code"]) == (410, "CODE_EXPIRED")
    assert ada.get(f"/v1/auth/device/pending/{pending['user_code']}").status_code == 410
    refused = ada.post("/v1/oauth/device/authorize", json={"user_code": pending["user_code"]})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "EXPIRED_CODE")
    still_clock.advance(40)
    assert poll(device, late["device_code"]) == {"status": "expired"}
    assert exchange(device, late["device_code"])[1]["error"] == "expired_token"
    still_clock.advance(24 * 3600)
    gone = device.post("/v1/auth/device/poll", json={"device_code": late["device_code"]})
    assert (gone.status_code, gone.json()["error"]["code"]) == (404, "NOT_FOUND")
    assert exchange(device, late["device_code"])[1]["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "body", [{}, {"device_code": ""}, {"device_code": " "}, {"device_code": 7}, {"device_code": "x" * 129}]
)
def test_a_poll_needs_a_code(device: httpx.Client, body: dict[str, Any]) -> None:
    assert device.post("/v1/auth/device/poll", json=body).status_code == 422


@pytest.mark.parametrize(
    "body", [{}, {"user_code": " "}, {"user_code": "x" * 33}, {"user_code": "A", "action": "maybe"}]
)
def test_a_decision_needs_a_code(ada: httpx.Client, body: dict[str, Any]) -> None:
    assert ada.post("/v1/auth/device/confirm", json=body).status_code == 422


def test_unknown_codes(device: httpx.Client, ada: httpx.Client) -> None:
    assert confirm(ada, "ZZZZ-9999").status_code == 404
    refused = ada.post("/v1/oauth/device/authorize", json={"user_code": "ZZZZ-9999"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "INVALID_CODE")


def test_approving_needs_somebody(device: httpx.Client) -> None:
    code = start(device)["user_code"]
    nobody = device.post("/v1/oauth/device/authorize", json={"user_code": code})
    assert nobody.status_code == 422
    bad = device.post("/v1/oauth/device/authorize", json={"user_code": code}, headers={"Authorization": "Bearer x"})
    assert (bad.status_code, bad.json()["error"]["code"]) == (401, "UNAUTHORIZED")
    rejected = device.post("/v1/oauth/device/authorize", json={"user_code": code, "credential": "a.b.c"})
    assert (rejected.status_code, rejected.json()["error"]["code"]) == (401, "INVALID_CREDENTIAL")


@pytest.mark.parametrize(
    ("send", "error"),
    [
        ({"content": b"{", "headers": {"Content-Type": "application/json"}}, "invalid_request"),
        ({"content": b"[]", "headers": {"Content-Type": "application/json"}}, "invalid_request"),
        ({"content": b"x", "headers": {"Content-Type": "text/plain"}}, "invalid_request"),
        ({"content": b"\xff=1", "headers": {"Content-Type": "application/x-www-form-urlencoded"}}, "invalid_request"),
        ({}, "unsupported_grant_type"),
        ({"json": {"grant_type": 7}}, "unsupported_grant_type"),
        ({"data": {"grant_type": "password"}}, "unsupported_grant_type"),
        ({"json": {"grant_type": DEVICE_CODE}}, "invalid_request"),
        ({"json": {"grant_type": DEVICE_CODE, "device_code": 7}}, "invalid_request"),
        ({"json": {"grant_type": DEVICE_CODE, "device_code": "unknown"}}, "invalid_grant"),
        ({"data": {"grant_type": "refresh_token"}}, "invalid_request"),
        ({"data": {"grant_type": "refresh_token", "refresh_token": "x"}}, "invalid_grant"),
    ],
)
def test_token_errors_are_those_of_rfc_6749(device: httpx.Client, send: dict[str, Any], error: str) -> None:
    answer = device.post("/v1/oauth/token", **send)
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert answer.json().keys() == {"error", "error_description"}


def test_the_verification_address_follows_the_request_only_when_it_is_ours(device: httpx.Client) -> None:
    port = device.base_url.port
    for host, shown in (
        (f"localhost:{port}", f"http://localhost:{port}/device"),
        ("evil.example", f"http://127.0.0.1:{port}/device"),
        ("evil.example:80", f"http://127.0.0.1:{port}/device"),
    ):
        answer = device.post("/v1/oauth/device", headers={"Host": host})
        assert answer.json()["verification_uri"] == shown
