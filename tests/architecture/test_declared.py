"""Every handler declares what it takes and what it answers, by types."""

from typing import Any, get_type_hints

import pytest

from asterism.asgi.endpoint import Endpoint
from asterism.asgi.openapi import request_path
from asterism.cli.routes import all_endpoints

ENDPOINTS = [(face, endpoint) for face, endpoints in all_endpoints().items() for endpoint in endpoints]


def ident(case: tuple[str, Endpoint]) -> str:
    return f"{case[1].method} {request_path(case[1])}"


@pytest.mark.parametrize("case", ENDPOINTS, ids=ident)
def test_the_signature_says_what_is_answered(case: tuple[str, Endpoint]) -> None:
    assert get_type_hints(case[1].func).get("return", Any) is not Any


@pytest.mark.parametrize("case", ENDPOINTS, ids=ident)
def test_every_parameter_of_the_path_is_one_of_the_handler(case: tuple[str, Endpoint]) -> None:
    endpoint = case[1]
    named = {part[1:-1].partition(":")[0] for part in endpoint.path.split("/") if part.startswith("{")}
    assert set(endpoint.signature.path) == named
