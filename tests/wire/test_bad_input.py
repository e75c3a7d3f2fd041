"""Whatever is sent to whatever route: a typed error in its envelope, never a 5xx (Fastest 0.3)."""

import re

import httpx
import pytest

from asterism.asgi.endpoint import Endpoint
from asterism.cli.routes import all_endpoints
from tests.support.server import TestServer
from tests.wire.bad_bodies import bad_bodies, required_fields
from tests.wire.unlimited import alice, anonymous, bob, server  # noqa: F401 - fixtures

# ruff: noqa: F811 - fixtures are named like the arguments that ask for them

V1 = all_endpoints()["v1"]
LOCAL = all_endpoints()["local"]
UNKNOWN = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
NOBODY = "6f1c2a9e-0f6b-4f7e-9f6e-0a4c6b1d2e3f"
TWO_MIB = 2 * 1024 * 1024


def path_of(endpoint: Endpoint, value: str = UNKNOWN) -> str:
    return re.sub(r"\{[^}]+\}", value, endpoint.path)


def client_of(endpoint: Endpoint, alice: httpx.Client, anonymous: httpx.Client) -> httpx.Client:
    return alice if getattr(endpoint.rules, "auth", False) else anonymous


def send(
    client: httpx.Client, endpoint: Endpoint, body: bytes, content_type: str = "application/json"
) -> httpx.Response:
    return client.request(endpoint.method, path_of(endpoint), content=body, headers={"Content-Type": content_type})


def ask(client: httpx.Client, path: str) -> httpx.Response:
    """GET a path, filling in the query parameters that the route says it needs."""
    query: dict[str, str] = {}
    for _ in range(5):
        answer = client.get(path, params=query)
        if answer.status_code != 422:
            break
        fields = (answer.json()["error"].get("details") or {}).get("fields", [])
        query |= {f["path"].removeprefix("query."): "x" for f in fields if f["problem"] == "is required"}
    return answer


def is_envelope(answer: httpx.Response) -> bool:
    if answer.request.url.path in ("/v1/oauth/device", "/v1/oauth/token"):
        return isinstance(answer.json().get("error"), str)
    error = answer.json()["error"]
    known = set(error) <= {"code", "message", "hint", "details"}
    return known and bool(re.fullmatch(r"[A-Z][A-Z0-9_]*", error["code"])) and bool(error["message"])


def test_wrong_bodies_are_refused_and_never_crash(
    server: TestServer, alice: httpx.Client, anonymous: httpx.Client
) -> None:
    wrong = []
    for endpoint in (e for e in V1 if e.body is not None):
        client = client_of(endpoint, alice, anonymous)
        allowed = {400, 413, 415, 422}
        for what, body in bad_bodies(endpoint):
            answer = send(client, endpoint, body)
            roomy = what == "2 MiB" and endpoint.max_body > TWO_MIB  # fits here, so the unknown resource is met
            if answer.status_code not in (allowed | {404} if roomy else allowed) or not is_envelope(answer):
                wrong.append(f"{endpoint.method} {endpoint.path}: {what}: {answer.status_code} {answer.text[:200]}")
    assert not wrong


def test_missing_fields_are_named(alice: httpx.Client, anonymous: httpx.Client) -> None:
    wrong = []
    for endpoint in V1:
        names = required_fields(endpoint.body)
        if not names or "oauth" in endpoint.path:
            continue
        for body in (b"", b"{}"):
            answer = send(client_of(endpoint, alice, anonymous), endpoint, body)
            error = answer.json()["error"]
            told = {f["path"] for f in (error.get("details") or {}).get("fields", [])}
            if answer.status_code != 422 or error["code"] != "VALIDATION_ERROR" or not told <= set(names) or not told:
                wrong.append(f"{endpoint.method} {endpoint.path}: {answer.status_code} {answer.text[:200]}")
    assert not wrong


def test_other_content_types_are_415_on_json_routes(alice: httpx.Client, anonymous: httpx.Client) -> None:
    wrong = []
    for endpoint in (e for e in V1 if e.body is not None and "oauth" not in e.path):
        client = client_of(endpoint, alice, anonymous)
        for media in ("text/plain", "application/x-www-form-urlencoded", "application/octet-stream"):
            answer = send(client, endpoint, b"{}", media)
            if answer.status_code != 415:
                wrong.append(f"{endpoint.method} {endpoint.path}: {media}: {answer.status_code}")
    assert not wrong


def test_raw_routes_bear_any_bytes(alice: httpx.Client, anonymous: httpx.Client) -> None:
    wrong = []
    for endpoint in (e for e in V1 if e.raw):
        for body in (b"", b"{", b"\x00\xff" * 5_000, b"[]"):
            answer = send(client_of(endpoint, alice, anonymous), endpoint, body, "application/octet-stream")
            if answer.status_code >= 500:
                wrong.append(f"{endpoint.method} {endpoint.path}: {answer.status_code} {answer.text[:200]}")
    assert not wrong


@pytest.mark.parametrize(
    "value", ["x", "%00", "..%2F..%2Fetc", "%F0%9F%8C%9F", "a" * 2_000, "-1", "%25", "null", "snap-1"]
)
def test_any_id_is_accepted_in_a_path_and_matches_nothing(value: str, alice: httpx.Client) -> None:
    wrong = []
    for endpoint in (e for e in V1 if e.method == "GET" and "{" in e.path and e.rules.auth):
        answer = ask(alice, path_of(endpoint, value))
        if answer.status_code != 404 and not (answer.status_code == 422 and "{hash" in endpoint.path):
            wrong.append(f"{endpoint.path}: {answer.status_code} {answer.text[:200]}")
    assert not wrong


@pytest.mark.parametrize("limit", ["0", "-1", "x", "", "1.5", "1e3", "٣", "99999999999999999999"])
def test_a_limit_is_a_decimal_integer_of_at_least_one(limit: str, alice: httpx.Client) -> None:
    answer = alice.get("/v1/projects", params={"limit": limit})
    assert answer.status_code == 422
    assert answer.json()["error"]["details"]["fields"][0]["path"] == "query.limit"


def test_a_large_limit_is_the_maximum_and_the_last_one_counts(alice: httpx.Client) -> None:
    assert alice.get("/v1/projects?limit=1000000").status_code == 200
    assert alice.get("/v1/projects?limit=zero&limit=5").status_code == 200
    assert alice.get("/v1/projects?limit=5&limit=zero").status_code == 422


@pytest.mark.parametrize("text", ['"a\\u0000b"', '"\\ud800"', '"\x00"', '["name"]', "7", "true", "null"])
def test_what_no_database_can_hold_is_refused(text: str, alice: httpx.Client) -> None:
    answer = alice.post("/v1/projects", content=f'{{"name": {text}}}', headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}
    assert is_envelope(answer)


def test_the_local_api_refuses_wrong_bodies_in_its_own_words(anonymous: httpx.Client) -> None:
    """Stargazer 0.4, 0.5: 400 or 413 with a code, and 404 only for a path of a thing that is not there."""
    wrong = []
    for endpoint in (e for e in LOCAL if e.method in {"POST", "PUT", "PATCH"}):
        for what, body in bad_bodies(endpoint):
            answer = anonymous.request(
                endpoint.method,
                path_of(endpoint, NOBODY),
                content=body,
                headers={"Content-Type": "application/json"},
            )
            error = answer.json()["error"] if answer.status_code >= 400 else {}
            if answer.status_code not in {400, 404, 413} or not error.get("code") or not error.get("message"):
                wrong.append(f"{endpoint.method} {endpoint.path}: {what}: {answer.status_code} {answer.text[:200]}")
    assert not wrong


@pytest.mark.parametrize("value", ["x", "%00", "..%2F..%2Fetc", "a" * 2_000, NOBODY])
def test_the_local_api_bears_any_path(value: str, anonymous: httpx.Client) -> None:
    wrong = []
    for endpoint in (e for e in LOCAL if "{" in e.path):
        answer = anonymous.request(endpoint.method, path_of(endpoint, value))
        if answer.status_code >= 500 or (answer.status_code < 400 and value != NOBODY):
            wrong.append(f"{endpoint.method} {endpoint.path}: {answer.status_code} {answer.text[:200]}")
    assert not wrong
