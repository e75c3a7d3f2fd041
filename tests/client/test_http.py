"""How calls fail, and which are repeated."""

import httpx
import pytest

from asterism.base.errors import Conflict, DomainError, Invalid, NotFound, RateLimited, Unauthenticated, Unavailable
from asterism.client.errors import BadAnswer, ConnectionBroken, NoAnswer, Unreachable
from asterism.client.glance import glance_at
from asterism.client.http import Http
from tests.client.fake_server import FakeServer


def answer(status: int, **error) -> httpx.Response:
    return httpx.Response(status, json={"error": {"code": "SOME_CODE", "message": "It went wrong.", **error}})


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, Invalid), (401, Unauthenticated), (404, NotFound), (409, Conflict), (422, Invalid), (500, Unavailable)],
)
def test_an_error_keeps_what_the_server_said(status, kind):
    server = FakeServer()
    server.faults = [answer(status, hint="Do this.", details={"x": 1})]
    with pytest.raises(kind) as caught:
        server.api().me()
    error = caught.value
    assert (error.code, error.message, error.hint, error.details) == (
        "SOME_CODE",
        "It went wrong.",
        "Do this.",
        {"x": 1},
    )


def test_passing_trouble_is_waited_out():
    server = FakeServer()
    limited = httpx.Response(
        429, headers={"Retry-After": "7"}, json={"error": {"code": "RATE_LIMITED", "message": "x"}}
    )
    server.faults = [httpx.ConnectError("x"), httpx.RemoteProtocolError("x"), limited]
    assert server.api().me().id == "u"
    assert len(server.pauses) == 3
    assert server.pauses[2] == 7


def test_what_may_have_arrived_is_not_said_twice():
    server = FakeServer()
    server.faults = [httpx.ReadError("x")]
    with pytest.raises(ConnectionBroken):
        server.api().create_project("p")
    assert len(server.calls) == 1


@pytest.mark.parametrize("fault", [httpx.ConnectError("x"), httpx.ReadTimeout("x"), answer(500), httpx.Response(200)])
def test_a_glance_asks_once_and_does_without(fault):
    server = FakeServer()
    project = server.api().create_project("p").id
    workspace = server.api().create_workspace(project, "main")
    server.faults = [fault]
    assert glance_at(server.api(), project, workspace.id) is None
    assert len(server.calls) == 3
    assert server.pauses == []
    assert glance_at(server.api(), project, workspace.id) is not None


def test_what_did_not_arrive_is_said_again():
    server = FakeServer()
    server.faults = [httpx.ConnectError("x")]
    server.api().create_project("p")
    assert len(server.projects) == 1


@pytest.mark.parametrize(
    ("fault", "kind", "tries"),
    [
        (httpx.ConnectTimeout("x"), Unreachable, 3),
        (httpx.ReadTimeout("x"), NoAnswer, 1),
        (httpx.ReadError("x"), ConnectionBroken, 4),
    ],
)
def test_trouble_that_stays_is_reported(fault, kind, tries):
    server = FakeServer()
    server.faults = [fault] * 10
    with pytest.raises(kind):
        server.api().me()
    assert len(server.calls) == tries


def test_long_rate_limits_are_not_slept_through():
    server = FakeServer()
    server.faults = [httpx.Response(429, headers={"Retry-After": "600"}, json={})]
    with pytest.raises(RateLimited):
        server.api().me()
    assert server.pauses == []


@pytest.mark.parametrize(
    "fault",
    [
        httpx.Response(200, text="<html>"),
        httpx.Response(404, text="nothing here"),
        httpx.Response(302, headers={"Location": "http://elsewhere/"}),
    ],
)
def test_another_kind_of_server_is_told_apart(fault):
    server = FakeServer()
    server.faults = [fault]
    with pytest.raises(BadAnswer, match="no Asterism server"):
        server.api().me()


@pytest.mark.parametrize("url", ["", "localhost", "ftp://x", "http://", "http://[", "http://x:port"])
def test_an_address_must_be_one(url):
    with pytest.raises(Invalid):
        Http(url, None)


def test_names_never_lead_elsewhere():
    server = FakeServer()
    for name in ("..", ".", "", "a/b", "../v1/projects", "?x", "#"):
        with pytest.raises(DomainError):
            server.api().snapshot(name)
        assert server.calls[-1][1].startswith("/v1/snapshots/")
