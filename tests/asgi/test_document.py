"""The OpenAPI document: whole, valid, and about every route."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from asterism.cli.routes import all_endpoints
from asterism.server.document import build_document

DOCUMENT = build_document(serves_api=True)
OPERATIONS = [(path, method, form) for path, methods in DOCUMENT["paths"].items() for method, form in methods.items()]


def references(form: Any) -> Iterator[str]:
    if isinstance(form, dict):
        if isinstance(form.get("$ref"), str):
            yield form["$ref"]
        for child in form.values():
            yield from references(child)
    elif isinstance(form, list):
        for child in form:
            yield from references(child)


def test_every_reference_resolves() -> None:
    known = {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}
    assert set(references(DOCUMENT)) <= known


def test_every_route_is_described_once_under_a_name_of_its_own() -> None:
    routes = {(re.sub(r":\w+}", "}", e.path), e.method.lower()) for found in all_endpoints().values() for e in found}
    assert {(path, method) for path, method, _ in OPERATIONS} == routes | {("/health", "get")}
    ids = Counter(form["operationId"] for _, _, form in OPERATIONS)
    assert not [name for name, count in ids.items() if count > 1]
    assert not [name for name in ids if not re.fullmatch(r"[a-z][a-zA-Z0-9]*", name)]


def test_one_tag_per_resource_each_with_a_description() -> None:
    described = {tag["name"]: tag["description"] for tag in DOCUMENT["tags"]}
    assert all(described.values())
    assert all(len(form["tags"]) == 1 and form["tags"][0] in described for _, _, form in OPERATIONS)


@pytest.mark.parametrize("serves_api", [True, False])
def test_the_local_face_is_described_where_it_is_served(serves_api: bool) -> None:
    paths = build_document(serves_api=serves_api)["paths"]
    assert any(path.startswith("/api/") for path in paths) is serves_api
