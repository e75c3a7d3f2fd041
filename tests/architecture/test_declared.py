"""Every handler declares what it takes and what it answers, by types."""

from typing import Any, get_type_hints

import pytest

from asterism.asgi.endpoint import Endpoint
from asterism.asgi.openapi import request_path
from asterism.cli.routes import all_endpoints

ENDPOINTS = [(face, endpoint) for face, endpoints in all_endpoints().items() for endpoint in endpoints]
STILL_UNTYPED = {
    "asterism.faces.local.config",
    "asterism.faces.local.git",
    "asterism.faces.local.health",
    "asterism.faces.local.pr_review",
    "asterism.faces.local.review",
    "asterism.faces.local.reviews",
    "asterism.faces.local.sessions.chat",
    "asterism.faces.local.sessions.messages",
    "asterism.faces.local.sessions.root",
    "asterism.faces.local.settings.root",
    "asterism.faces.local.settings.trust",
    "asterism.faces.local.triage",
}
"""Modules whose handlers return what they like; the list only gets shorter."""


def ident(case: tuple[str, Endpoint]) -> str:
    return f"{case[1].method} {request_path(case[1])}"


def is_untyped(endpoint: Endpoint) -> bool:
    legacy = endpoint.declared_body is not None or endpoint.raw_body or endpoint.status != 200
    return legacy or get_type_hints(endpoint.func).get("return", Any) is Any


@pytest.mark.parametrize("case", ENDPOINTS, ids=ident)
def test_the_signature_says_what_is_answered(case: tuple[str, Endpoint]) -> None:
    endpoint = case[1]
    assert not is_untyped(endpoint) or endpoint.func.__module__ in STILL_UNTYPED


@pytest.mark.parametrize("case", ENDPOINTS, ids=ident)
def test_every_parameter_of_the_path_is_one_of_the_handler(case: tuple[str, Endpoint]) -> None:
    endpoint = case[1]
    named = {part[1:-1].partition(":")[0] for part in endpoint.path.split("/") if part.startswith("{")}
    declared = set(endpoint.signature.path)
    assert declared <= named
    assert declared == named or endpoint.func.__module__ in STILL_UNTYPED


def test_what_is_typed_leaves_the_list() -> None:
    untyped = {endpoint.func.__module__ for _, endpoint in ENDPOINTS if is_untyped(endpoint)}
    assert not STILL_UNTYPED - untyped
