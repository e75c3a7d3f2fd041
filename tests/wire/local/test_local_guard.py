"""Hosts, origins, preflights, headers, unknown routes: what is decided before any handler runs."""

import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from asterism.faces.local.realm import is_local_host, is_local_origin
from tests.contracts.stargazer_schemas import check
from tests.support.databases import SqliteFactory
from tests.support.local_api import Api, refused
from tests.support.server import TestServer

GOOD_HOSTS = ["localhost", "LOCALHOST:3000", "127.0.0.1", "127.0.0.1:1", "[::1]", "[::1]:3000"]
BAD_HOSTS = [
    "",
    "evil.example",
    "localhost.",
    "localhost.evil.example",
    "127.0.0.2",
    "127.0.0.1.evil.example",
    "::1:80",
]


@pytest.mark.parametrize("host", GOOD_HOSTS)
@pytest.mark.parametrize("path", ["/api/health", "/health"])
def test_names_of_this_machine_are_served(api: Api, host: str, path: str) -> None:
    answer = api.get(path, headers={"host": host})
    assert answer.status_code == 200
    check("Health", answer.json())


@pytest.mark.parametrize("host", BAD_HOSTS)
@pytest.mark.parametrize("path", ["/api/health", "/health", "/api/no/such/route", "/api/config/init"])
def test_other_names_are_refused_first(api: Api, host: str, path: str) -> None:
    answer = api.get(path, headers={"host": host})
    assert answer.json() == {"error": {"message": "Forbidden"}}
    assert answer.status_code == 403


def test_a_request_without_any_host_is_refused(api: Api) -> None:
    with socket.create_connection(("127.0.0.1", api.server.settings.port)) as connection:
        connection.sendall(b"GET /api/health HTTP/1.0\r\n\r\n")
        assert connection.makefile("rb").readline().split()[1] in {b"403", b"400"}


def test_the_rules_themselves() -> None:
    assert all(is_local_host(host.encode()) for host in GOOD_HOSTS)
    assert not any(is_local_host(host.encode()) for host in [*BAD_HOSTS, "[::1", "::1", "local\u212aost"])
    assert not is_local_host(None)
    for origin in ("http://localhost", "https://127.0.0.1:5173", "http://[::1]:80", "http://LOCALHOST:1"):
        assert is_local_origin(origin.encode())
    for origin in (
        "null",
        "",
        "http://localhost.evil.example",
        "http://evil.example",
        "ftp://localhost",
        "http://localhost/",
        "http://user@localhost",
        "http://[::1].evil.com",
        "http://[::1]evil.com",
        "http://localhost:80:80",
        "http://localhost\\n",
        "http://localhost:port",
        "file://",
    ):
        assert not is_local_origin(origin.encode())


CHANGING = [
    ("POST", "/api/settings"),
    ("POST", "/api/sessions"),
    ("DELETE", "/api/config"),
    ("PUT", "/api/settings"),
    ("PATCH", "/api/nothing"),
    ("GET", "/api/triage/stream"),
    ("GET", "/api/review/stream"),
]


@pytest.mark.parametrize(("method", "path"), CHANGING)
@pytest.mark.parametrize(
    "headers", [{"origin": "http://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}]
)
def test_foreign_pages_change_nothing(api: Api, method: str, path: str, headers: dict[str, str]) -> None:
    answer = api.client.request(method, path, headers=headers)
    assert (answer.status_code, answer.json()) == (403, {"error": {"message": "Forbidden"}})


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://localhost:5173"},
        {"sec-fetch-site": "same-site"},
        {"origin": "http://[::1]:1", "sec-fetch-site": "cross-site"},
    ],
)
def test_local_pages_and_command_lines_may(api: Api, headers: dict[str, str]) -> None:
    assert api.post("/api/settings", {"theme": "dark"}, headers=headers).status_code == 200


def test_foreign_pages_may_look_but_not_read(api: Api) -> None:
    answer = api.get("/api/health", headers={"origin": "http://evil.example"})
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["vary"] == "Origin"


def test_local_origins_are_echoed(api: Api) -> None:
    answer = api.get("/api/nothing", headers={"origin": "https://localhost:8443"})
    assert answer.headers["access-control-allow-origin"] == "https://localhost:8443"
    assert "access-control-allow-credentials" not in answer.headers


def test_preflight(api: Api) -> None:
    asked = {"access-control-request-method": "POST"}
    answer = api.client.options("/api/config", headers={"origin": "http://localhost:5173", **asked})
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-methods"] == "GET,POST,PUT,PATCH,DELETE,OPTIONS"
    assert answer.headers["access-control-allow-headers"].split(",") == [
        "Content-Type",
        "Authorization",
        "x-stargazer-project-root",
        "Last-Event-ID",
    ]
    assert answer.headers["access-control-max-age"] == "600"
    foreign = api.client.options("/api/config", headers={"origin": "http://evil.example", **asked})
    assert foreign.status_code == 204
    assert not [name for name in foreign.headers if name.startswith("access-control")]
    assert api.client.options("/api/config", headers={"host": "evil.example", **asked}).status_code == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api"),
        ("GET", "/api/"),
        ("GET", "/api/nothing"),
        ("GET", "/api/health/"),
        ("PUT", "/api/health"),
        ("DELETE", "/api/sessions"),
        ("POST", "/shutdown"),
        ("HEAD", "/api/triage/stream"),
        ("HEAD", "/api/reviews/00000000-0000-4000-8000-000000000000/stream"),
    ],
)
def test_unknown_routes_and_methods_are_404(api: Api, method: str, path: str) -> None:
    answer = api.client.request(method, path)
    assert answer.status_code == 404
    if path.startswith("/api") and method != "HEAD":
        assert answer.json() == {"error": {"message": "Not Found"}}
        assert "allow" not in answer.headers


def test_head_is_get_without_a_body(api: Api) -> None:
    answer = api.client.head("/api/settings")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("path", ["/api/health", "/health", "/api/settings", "/api/nothing", "/api/config"])
def test_every_answer_carries_the_security_headers(api: Api, path: str) -> None:
    headers = api.get(path).headers
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    if path.startswith("/api"):
        assert headers["vary"] == "Origin"
        assert headers["cache-control"] == "no-store"


@pytest.fixture
def open_server(tmp_path: Path, sqlite_factory: SqliteFactory) -> Iterator[httpx.Client]:
    """Return a client of a server that listens on every address."""
    with TestServer(tmp_path / "data", sqlite_factory.url(), host="0.0.0.0") as server, server.client() as client:
        yield client


def test_a_server_that_others_can_reach_has_no_local_face(open_server: httpx.Client) -> None:
    for path in ("/api/health", "/api/config/init", "/api/nothing"):
        refused(open_server.get(path), 404, None)
    assert open_server.get("/health", headers={"host": "any.example"}).status_code == 200


def test_what_the_guard_refuses_is_counted_and_has_an_id(api: Api) -> None:
    answer = api.get("/api/health", headers={"host": "evil.example"})
    assert answer.headers["x-request-id"]
    assert 'route="guard",status="403"' in api.get("/metrics").text


def test_a_fault_of_our_own_says_nothing(api: Api) -> None:
    rules = api.rt.local.roots
    api.rt.local.roots = None  # type: ignore[assignment]
    try:
        answer = api.get("/api/config/init")
    finally:
        api.rt.local.roots = rules
    assert (answer.status_code, answer.json()) == (500, {"error": {"message": "Internal Server Error"}})
    assert answer.headers["x-frame-options"] == "DENY"
