"""GET /health, /v1/health, /schema and /metrics."""

import httpx

from tests.support.server import TestServer


def test_health_needs_nothing(anonymous: httpx.Client) -> None:
    answer = anonymous.get("/health")
    assert answer.status_code == 200
    assert answer.json().keys() == {"status", "timestamp"}
    assert answer.headers["cache-control"] == "no-store"
    assert anonymous.get("/v1/health").json().keys() == {"status", "timestamp", "version"}


def test_the_schema_lists_every_route(anonymous: httpx.Client) -> None:
    paths = anonymous.get("/schema/openapi.json").json()["paths"]
    assert "/health" in paths
    assert "/v1/auth/me" in paths
    assert paths["/v1/auth/me"]["get"]["security"] == [{"bearer": []}]
    assert paths["/v1/auth/link"]["post"]["security"] == []


def test_requests_are_counted(anonymous: httpx.Client) -> None:
    anonymous.get("/v1/health")
    assert (
        'asterism_http_requests_total{method="GET",route="/v1/health",status="200"}' in anonymous.get("/metrics").text
    )


def test_a_person_is_who_the_token_says(server: TestServer) -> None:
    with server.person("carol@example.org") as carol:
        assert carol.get("/v1/auth/me").json()["user"]["email"] == "carol@example.org"
