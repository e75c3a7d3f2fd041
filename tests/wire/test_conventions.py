"""The rules of `/v1` that hold for every route (Fastest 0.2, 0.3)."""

import re

import httpx
import pytest

from asterism.cli.routes import all_endpoints
from tests.support.server import TestServer
from tests.wire.test_bad_input import UNKNOWN, ask, is_envelope, path_of
from tests.wire.unlimited import alice, anonymous, bob, server  # noqa: F401 - fixtures

# ruff: noqa: F811 - fixtures are named like the arguments that ask for them

V1 = all_endpoints()["v1"]
LOCAL = all_endpoints()["local"]
MIB = 1024 * 1024


def code(answer: httpx.Response) -> str:
    return str(answer.json()["error"]["code"])


def test_every_route_wants_a_token_unless_it_is_declared_open(anonymous: httpx.Client) -> None:
    wrong = []
    for endpoint in (e for e in V1 if e.rules.auth is True):
        for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic eDp5"}):
            answer = anonymous.request(endpoint.method, path_of(endpoint), headers=headers)
            ok = answer.status_code == 401 and answer.headers.get("www-authenticate") == "Bearer"
            if not ok or code(answer) != "UNAUTHORIZED":
                wrong.append(f"{endpoint.method} {endpoint.path}: {answer.status_code} {answer.text[:100]}")
    assert not wrong


def test_a_token_in_the_query_is_ignored(server: TestServer, alice: httpx.Client, anonymous: httpx.Client) -> None:
    token = alice.headers["authorization"].removeprefix("Bearer ")
    assert anonymous.get("/v1/projects", params={"token": token}).status_code == 401
    assert anonymous.get("/v1/projects", headers={"Authorization": f"bEaReR {token}"}).status_code == 200


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1", "/v1/projects/x/y/z/w", "/v2/projects", "/v1/%2e%2e/health"])
def test_an_unknown_path_is_404_even_without_a_token(path: str, anonymous: httpx.Client) -> None:
    answer = anonymous.get(path)
    assert answer.status_code == 404
    assert code(answer) == "NOT_FOUND"


def test_a_trailing_slash_is_another_path(alice: httpx.Client) -> None:
    assert alice.get("/v1/projects/").status_code == 404
    assert alice.get("/v1//projects").status_code == 404
    assert alice.post("/v1/projects/", json={"name": "x"}).status_code == 404


def test_a_wrong_method_is_405_and_told_the_right_ones(anonymous: httpx.Client) -> None:
    wrong = []
    methods = {path_of(e): {o.method for o in V1 if path_of(o) == path_of(e)} for e in V1}
    for path, known in methods.items():
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - known:
            if any(re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", e.path), path) and e.method == method for e in V1):
                continue  # a longer pattern takes this path too
            answer = anonymous.request(method, path)
            allow = {name.strip() for name in answer.headers.get("allow", "").split(",")}
            if answer.status_code != 405 or not known <= allow or not is_envelope(answer):
                wrong.append(f"{method} {path}: {answer.status_code} Allow: {sorted(allow)}")
    assert not wrong


def test_head_works_wherever_get_does(alice: httpx.Client) -> None:
    got, head = alice.get("/v1/projects"), alice.head("/v1/projects")
    assert head.status_code == got.status_code == 200
    assert head.content == b""
    assert head.headers["content-type"] == got.headers["content-type"]
    assert alice.head(f"/v1/projects/{UNKNOWN}").status_code == 404


def test_a_preflight_is_answered_for_every_method_we_have(anonymous: httpx.Client) -> None:
    answer = anonymous.options(
        "/v1/projects", headers={"Origin": "http://app.example", "Access-Control-Request-Method": "PATCH"}
    )
    assert answer.status_code in {200, 204}
    assert answer.headers["access-control-allow-origin"] in {"*", "http://app.example"}
    methods = answer.headers["access-control-allow-methods"]
    assert all(name in methods for name in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
    headers = answer.headers["access-control-allow-headers"].lower()
    assert all(name in headers for name in ("authorization", "content-type", "x-request-id", "range"))
    assert "access-control-allow-credentials" not in answer.headers


def test_answers_to_other_origins_are_readable_and_never_with_credentials(anonymous: httpx.Client) -> None:
    for path in ("/v1/health", "/v1/projects", "/v1/nothing"):
        answer = anonymous.get(path, headers={"Origin": "http://app.example"})
        assert answer.headers["access-control-allow-origin"] in {"*", "http://app.example"}
        assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("given", ["abc", "A.b_c-9", "x" * 64])
def test_a_good_request_id_comes_back(given: str, anonymous: httpx.Client) -> None:
    assert anonymous.get("/v1/health", headers={"X-Request-Id": given}).headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a/b", "a\tb"])
def test_a_bad_request_id_is_replaced(given: str, anonymous: httpx.Client) -> None:
    mine = anonymous.get("/v1/health", headers={"X-Request-Id": given}).headers["x-request-id"]
    assert mine != given
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,64}", mine)


def test_every_answer_carries_the_common_headers(alice: httpx.Client, anonymous: httpx.Client) -> None:
    answers = [
        alice.get("/v1/projects"),
        alice.get(f"/v1/projects/{UNKNOWN}"),
        anonymous.get("/v1/projects"),
        anonymous.get("/v1/nothing"),
        anonymous.delete("/v1/health"),
        alice.post("/v1/projects", content=b"{"),
    ]
    for answer in answers:
        assert answer.headers["x-request-id"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-type"].startswith("application/json")
    assert all(is_envelope(answer) for answer in answers[1:])


def test_checks_come_in_their_order(alice: httpx.Client, anonymous: httpx.Client) -> None:
    huge, json = b"x" * (MIB + 1), {"Content-Type": "application/json"}
    unknown = f"/v1/projects/{UNKNOWN}"
    assert anonymous.post("/v1/nothing", content=huge).status_code == 404
    assert anonymous.put("/v1/projects", content=huge).status_code == 405
    assert anonymous.post("/v1/projects", content=huge).status_code == 401
    assert alice.post("/v1/projects", content=huge, headers={"Content-Type": "text/plain"}).status_code == 413
    assert alice.post("/v1/projects", content=b"{", headers={"Content-Type": "text/plain"}).status_code == 415
    assert alice.patch(unknown, content=b"{", headers=json).status_code == 400
    assert alice.patch(unknown, json={"name": 7}).status_code == 422
    assert alice.patch(unknown, json={"name": "good"}).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "limit"),
    [
        ("POST", "/v1/projects", MIB),
        ("PUT", f"/v1/projects/{UNKNOWN}/memory", 2 * MIB),
        ("PUT", f"/v1/projects/{UNKNOWN}/env-vars", 4 * MIB),
        ("POST", "/v1/tools/github/pr", 8 * MIB),
        ("POST", f"/v1/workspaces/{UNKNOWN}/sync/execute", 16 * MIB),
    ],
)
def test_body_limits(alice: httpx.Client, method: str, path: str, limit: int) -> None:
    fits, json = b'"' + b"x" * (limit - 2) + b'"', {"Content-Type": "application/json"}
    assert alice.request(method, path, content=fits, headers=json).status_code in {404, 422}
    answer = alice.request(method, path, content=fits + b" ", headers=json)
    assert (answer.status_code, answer.json()["error"]["details"]) == (413, {"limit_bytes": limit})


def test_a_size_limit_is_named(alice: httpx.Client) -> None:
    answer = alice.post("/v1/projects", content=b"x" * (MIB + 1))
    assert (answer.status_code, code(answer)) == (413, "PAYLOAD_TOO_LARGE")
    assert answer.json()["error"]["details"] == {"limit_bytes": MIB}


def test_json_is_recognised_by_any_of_its_names(alice: httpx.Client) -> None:
    for media in (
        "application/json",
        "application/json; charset=utf-8",
        "application/merge-patch+json",
        "Application/JSON",
    ):
        answer = alice.post("/v1/projects", content=b'{"name": "a"}', headers={"Content-Type": media})
        assert answer.status_code == 201, media
    assert alice.post("/v1/projects", content=b'{"name": "a", "unknown": 1}').status_code == 201


def test_what_belongs_to_another_is_as_unknown_as_what_does_not_exist(alice: httpx.Client, bob: httpx.Client) -> None:
    project = alice.post("/v1/projects", json={"name": "mine"}).json()["project"]["id"]
    foreign, missing = bob.get(f"/v1/projects/{project}"), bob.get(f"/v1/projects/{UNKNOWN}")
    assert foreign.status_code == missing.status_code == 404
    assert foreign.json() == missing.json()
    wrong = []
    for endpoint in (e for e in V1 if e.path.startswith("/v1/projects/{") and e.method == "GET"):
        if endpoint.path.count("{") == 1:
            answer = ask(bob, path_of(endpoint, project))
            if (answer.status_code, code(answer)) != (404, "NOT_FOUND"):
                wrong.append(f"{endpoint.path}: {answer.status_code}")
    assert not wrong


def test_health_schema_and_metrics_are_open(anonymous: httpx.Client) -> None:
    health = anonymous.get("/health")
    assert health.status_code == 200
    assert set(health.json()) == {"status", "timestamp"}
    assert anonymous.get("/v1/health").json()["version"]
    schema = anonymous.get("/schema/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    missing = {re.sub(r"\{(\w+)(:\w+)?\}", r"{\1}", e.path) for e in [*V1, *LOCAL]} | {"/health"}
    assert not missing - set(schema["paths"])
    metrics = anonymous.get("/metrics").text
    assert re.search(r'asterism_http_requests_total\{method="GET",route="/health",status="200"\} \d', metrics)
