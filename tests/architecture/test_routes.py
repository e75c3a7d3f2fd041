"""Find a route in ten seconds: place, name and docstring of every handler follow from its path."""

import re
import subprocess
import sys

import pytest

from asterism.asgi.endpoint import Endpoint
from asterism.asgi.openapi import request_path
from asterism.cli.routes import all_endpoints, describe

ENDPOINTS = [(face, endpoint) for face, endpoints in all_endpoints().items() for endpoint in endpoints]
PREFIX = {"v1": "/v1", "local": "/api"}


def ident(case: tuple[str, Endpoint]) -> str:
    return f"{case[1].method} {request_path(case[1])}"


def snake(segment: str) -> str:
    return segment.replace("-", "_").replace(".", "_")


@pytest.mark.parametrize("case", ENDPOINTS, ids=ident)
def test_the_docstring_starts_with_the_request_line(case: tuple[str, Endpoint]) -> None:
    _, endpoint = case
    first = " ".join((endpoint.func.__doc__ or "").partition("\n\n")[0].split())
    line, colon, sentence = first.partition(": ")
    assert line == ident(case)
    assert colon
    assert sentence[-1:] == "."


@pytest.mark.parametrize("case", ENDPOINTS, ids=ident)
def test_the_module_is_named_by_the_path(case: tuple[str, Endpoint]) -> None:
    face, endpoint = case
    static = [snake(part) for part in endpoint.path.removeprefix(PREFIX[face]).split("/") if part and part[0] != "{"]
    module = endpoint.func.__module__.removeprefix(f"asterism.faces.{face}.").split(".")
    assert module[0] == static[0], f"expected faces/{face}/{static[0]}"
    if len(module) > 1:
        second = static[1] if len(static) > 1 else "root"
        assert module[1] == "root" or second.startswith(module[1]), f"expected faces/{face}/{static[0]}/{second}"


@pytest.mark.parametrize("case", ENDPOINTS, ids=ident)
def test_the_handler_is_named_by_the_last_segment(case: tuple[str, Endpoint]) -> None:
    """Unless that is an id or names the module already; lists and removals have words of their own."""
    face, endpoint = case
    parts = [part for part in endpoint.path.removeprefix(PREFIX[face]).split("/") if part]
    last, name = snake(parts[-1]), endpoint.func.__name__
    if len(parts) == 1 or last[0] == "{" or last == endpoint.func.__module__.rpartition(".")[2]:
        return
    assert last in name or name in last or name in {"index", "listing"} or endpoint.method == "DELETE"


@pytest.mark.parametrize("face", sorted({face for face, _ in ENDPOINTS}))
def test_every_path_and_method_is_declared_once(face: str) -> None:
    lines = [(e.method, re.sub(r"\{.*?\}", "{}", e.path)) for f, e in ENDPOINTS if f == face]
    assert sorted(lines) == sorted(set(lines))


def test_every_handler_that_takes_a_body_reaches_a_use_case() -> None:
    lost = [ident(case) for case in ENDPOINTS if case[1].body is not None and not describe(case[1])["use_cases"]]
    assert not lost


@pytest.mark.parametrize(
    ("route", "use_case", "store"),
    [
        (
            "POST /v1/chats/:chatId/run",
            "features/talk/runs/chat_runs.py ChatRuns.begin",
            "features/talk/runs/store.py insert",
        ),
        (
            "POST /v1/chats/:chatId/cancel",
            "features/talk/runs/chat_runs.py ChatRuns.cancel",
            "features/talk/runs/store.py active_of_chat",
        ),
        (
            "POST /api/sessions/:id/chat",
            "features/review/local_chats/session_runs.py SessionRuns.begin",
            "features/review/local_chats/store.py add_message",
        ),
        ("POST /api/reviews/:id/cancel", "features/review/reviews/review_runs.py ReviewRuns.cancel", None),
        (
            "GET /api/triage/stream",
            "features/review/reviews/review_runs.py ReviewRuns.opened",
            "features/review/reviews/store.py add_running",
        ),
    ],
)
def test_what_is_reached_through_the_services_of_the_server_is_shown(
    route: str, use_case: str, store: str | None
) -> None:
    (endpoint,) = [case[1] for case in ENDPOINTS if ident(case) == route]
    found = describe(endpoint)
    assert use_case in [re.sub(r":\d+", "", one) for one in found["use_cases"]]
    assert store is None or store in [re.sub(r":\d+", "", one) for one in found["stores"]]


def test_asterism_routes_shows_the_way() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "asterism", "routes", "auth/me"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert shown[0] == "GET /v1/auth/me"
    assert re.fullmatch(r"  faces/v1/auth(/\w+)?\.py:\d+ me", shown[1])
    assert any(re.fullmatch(r"    -> features/accounts/identity/service\.py:\d+ current_user", line) for line in shown)
    assert any(re.match(r"      -> features/accounts/identity/store\.py:\d+ ", line) for line in shown)


def test_a_pattern_that_fits_nothing_fails_with_a_hint() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "asterism", "routes", "no/such/route"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 4
    assert "hint: " in done.stderr
    assert "Traceback" not in done.stderr
