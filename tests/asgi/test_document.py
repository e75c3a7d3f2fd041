"""The OpenAPI document: whole, valid, and about every route."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from asterism.asgi.openapi import require_tags
from asterism.asgi.openapi.document import Schemas
from asterism.cli.routes import all_endpoints
from asterism.faces.v1.description import TAGS, ErrorAnswer, V1Description
from asterism.faces.v1.endpoints import ENDPOINTS
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


def test_a_resource_without_a_tag_is_refused_before_anybody_asks_for_the_document() -> None:
    class Silent(V1Description):
        tags: ClassVar = {name: text for name, text in TAGS.items() if name != "snapshots"}

    require_tags(V1Description(), ENDPOINTS)
    with pytest.raises(LookupError, match=r"no tag for GET /v1/snapshots/\{snapshot_id:str\}"):
        require_tags(Silent(), ENDPOINTS)


@pytest.mark.parametrize("serves_api", [True, False])
def test_the_local_face_is_described_where_it_is_served(serves_api: bool) -> None:
    paths = build_document(serves_api=serves_api)["paths"]
    assert any(path.startswith("/api/") for path in paths) is serves_api


def test_it_is_openapi() -> None:
    validate(DOCUMENT)


def contents() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, method, form in OPERATIONS:
        for answer in [form.get("requestBody", {}), *form["responses"].values()]:
            for content in answer.get("content", {}).values():
                yield f"{method} {path}", content


def test_every_example_is_what_it_is_an_example_of() -> None:
    wrong = []
    for where, content in contents():
        if "example" in content:
            schema = {"components": DOCUMENT["components"], **content["schema"]}
            wrong += [f"{where}: {e.message}" for e in Draft202012Validator(schema).iter_errors(content["example"])]
    assert not wrong


def test_the_local_face_tells_its_streams_files_and_refusals() -> None:
    review = DOCUMENT["paths"]["/api/triage/stream"]["get"]
    events = review["responses"]["200"]["content"]["text/event-stream"]["x-events"]
    assert {"review_started", "issue_found", "complete", "error"} <= set(events)
    mode = next(one for one in review["parameters"] if one["name"] == "mode")
    assert (mode["in"], mode["schema"]["enum"]) == ("query", ["staged", "unstaged", "files", ""])
    chat = DOCUMENT["paths"]["/api/sessions/{id}/chat"]["post"]["responses"]
    assert set(chat["200"]["content"]["text/event-stream"]["x-events"]) == {"chunk", "complete", "error"}
    assert "`CONFIG_NOT_FOUND`" in chat["400"]["description"]
    assert "`CONFIG_NOT_FOUND`" in review["responses"]["500"]["description"]
    files = DOCUMENT["paths"]["/api/triage/reviews/{id}/export"]["get"]["responses"]["200"]["content"]
    assert set(files) == {"application/json", "application/sarif+json", "text/markdown"}
    replay = DOCUMENT["paths"]["/api/reviews/{id}/stream"]["get"]["parameters"]
    assert {"id", "after", "Last-Event-ID"} == {one["name"] for one in replay}
    assert all("403" in form["responses"] for path, _, form in OPERATIONS if path.startswith("/api/"))
    assert "403" not in DOCUMENT["paths"]["/v1/health"]["get"]["responses"]


def test_errors_name_their_codes() -> None:
    form = DOCUMENT["paths"]["/v1/projects/{project_id}/snapshots"]["post"]["responses"]["409"]
    schema = {"components": DOCUMENT["components"], **form["content"]["application/json"]["schema"]}
    judge = Draft202012Validator(schema)
    assert judge.is_valid({"error": {"code": "HEAD_MOVED", "message": "x"}})
    assert not judge.is_valid({"error": {"code": "NOT_FOUND", "message": "x"}})
    assert "`HEAD_MOVED`" in form["description"]


def test_every_route_may_say_that_the_server_stops() -> None:
    told = {path for path, _, form in OPERATIONS if "`SHUTTING_DOWN`" in str(form["responses"].get("503"))}
    assert {path for path, _, _ in OPERATIONS} - told == {"/health"}


def test_an_error_is_one_shape_wherever_it_is_answered() -> None:
    """A client has one type for an error, not one for each route and status that may answer it."""
    answers = [
        form["content"]["application/json"]["schema"]
        for path, _, operation in OPERATIONS
        if path != "/health"
        for status, form in operation["responses"].items()
        if status[0] in "45" and "content" in form
    ]
    assert answers
    assert not [schema for schema in answers if set(schema) - {"$ref", "anyOf"}]
    assert not [one for schema in answers for one in schema.get("anyOf", []) if set(one) != {"$ref"}]


def test_a_name_that_two_errors_would_share_is_refused() -> None:
    schemas = Schemas([ErrorAnswer])
    schemas.narrowed(ErrorAnswer, "GONE", {"title": "one"})
    schemas.narrowed(ErrorAnswer, "GONE", {"title": "one"})
    with pytest.raises(LookupError, match="GONE_ERROR would be called GoneErrorAnswer"):
        schemas.narrowed(ErrorAnswer, "GONE_ERROR", {"title": "another"})


def test_headers_forms_bytes_and_streams_are_told() -> None:
    events = DOCUMENT["paths"]["/v1/runs/{run_id}/events"]["get"]
    assert {"Last-Event-ID", "after"} <= {one["name"] for one in events["parameters"]}
    stream = events["responses"]["200"]
    assert {"status", "token.delta", "message.final", "run.error"} <= set(
        stream["content"]["text/event-stream"]["x-events"]
    )
    assert "X-Run-Id" in stream["headers"]
    token = DOCUMENT["paths"]["/v1/oauth/token"]["post"]["requestBody"]["content"]
    assert set(token) == {"application/json", "application/x-www-form-urlencoded"}
    upload = DOCUMENT["paths"]["/v1/blobs/upload/{hash}"]["put"]
    assert upload["requestBody"]["content"]["application/octet-stream"]["schema"]["format"] == "binary"
    assert {"200", "201", "400", "401", "413"} <= set(upload["responses"])
    status = DOCUMENT["paths"]["/api/git/status"]["get"]
    assert "x-stargazer-project-root" in {one["name"] for one in status["parameters"]}


def test_shapes_have_names_of_their_own() -> None:
    """Two Structs of one name are told apart by their modules, which is nobody's business outside."""
    names = DOCUMENT["components"]["schemas"]
    assert not [name for name in names if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", name)]
