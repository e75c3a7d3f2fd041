"""`/v1/projects/:id/atlas`: the map over the wire."""

import json
from typing import Any

import httpx
import pytest

from tests.support.trees import Tree, error, field_error, make_project, make_workspace, ok, push, put_tree

TREE: Tree = {"app/main.py": b"from app import util\n", "app/util.py": b"def f(): pass\n", "README.md": b"# Demo\n"}
CONCEPT = {
    "id", "project_id", "name", "layer", "type", "description", "source_snapshot_id", "source_manifest_hash",
    "metadata", "created_at", "updated_at",
}  # fmt: skip
EDGE = {"id", "project_id", "from_concept_id", "to_concept_id", "type", "weight", "created_at"}
DIAGRAM = {"id", "project_id", "concept_id", "type", "title", "nodes", "edges", "data", "created_at"}


@pytest.fixture
def project(alice: httpx.Client) -> str:
    project = make_project(alice)
    push(alice, project, make_workspace(alice, project), TREE)
    return project


def post(client: httpx.Client, project: str, what: str, body: Any = None, **query: Any) -> Any:
    return client.post(f"/v1/projects/{project}/atlas/{what}", json=body if body is not None else {}, params=query)


def graph(client: httpx.Client, project: str, **query: Any) -> dict[str, Any]:
    return dict(ok(client.get(f"/v1/projects/{project}/atlas", params=query)))


def test_the_map_is_indexed_and_read(alice: httpx.Client, project: str) -> None:
    before = graph(alice, project)
    assert (before["concepts"], before["source_manifest_hash"], before["stale"]) == ([], None, True)
    counts = ok(alice.post(f"/v1/projects/{project}/atlas/index"))
    assert counts["concepts_created"] == counts["concepts"] == 7
    assert counts["edges_created"] == counts["edges"] == 6
    assert (counts["chunks"], counts["embeddings"], counts["warnings"]) == (3, 0, [])
    found = graph(alice, project)
    assert all(one.keys() == CONCEPT for one in found["concepts"])
    assert all(one.keys() == EDGE for one in found["edges"])
    main = next(one for one in found["concepts"] if one["id"] == "code:app/main.py")
    assert json.loads(main["metadata"]) == {"language": "python", "lines": 1, "symbols": []}
    assert (main["source_manifest_hash"], found["stale"]) == (found["source_manifest_hash"], False)
    depends = [one for one in found["edges"] if one["type"] == "depends_on"]
    assert [(one["from_concept_id"], one["to_concept_id"], one["weight"]) for one in depends] == [
        ("code:app/main.py", "code:app/util.py", 1)
    ]
    ids = [one["id"] for one in found["edges"]]
    assert len(set(ids)) == len(ids)
    assert {len(id_) for id_ in ids} == {26}
    assert [one["id"] for one in graph(alice, project)["edges"]] == ids


def test_a_project_without_a_tree_is_indexed_to_nothing(alice: httpx.Client) -> None:
    counts = ok(post(alice, make_project(alice), "index"))
    assert (counts["concepts"], len(counts["warnings"])) == (0, 1)


def test_the_map_is_searched(alice: httpx.Client, project: str) -> None:
    results = ok(post(alice, project, "search", {"query": "util.py"}))["results"]
    assert results[0].keys() == {"id", "name", "description", "layer", "score"}
    assert (results[0]["id"], results[0]["layer"]) == ("code:app/util.py", "code")
    assert ok(post(alice, project, "search", {"query": " "})) == {"results": []}
    assert len(ok(post(alice, project, "search", {"query": "app", "limit": 1}))["results"]) == 1


@pytest.mark.parametrize("body", [{"query": "x" * 1001}, {"query": "x", "limit": 0}, {"query": "x", "limit": 21}])
def test_searches_out_of_range_are_refused(alice: httpx.Client, project: str, body: Any) -> None:
    error(post(alice, project, "search", body), 422, "VALIDATION_ERROR")


@pytest.mark.parametrize("max_files", [19, 1001])
def test_the_number_of_files_has_bounds(alice: httpx.Client, project: str, max_files: int) -> None:
    field_error(post(alice, project, "index", {"max_files": max_files}), "max_files")


def test_diagrams_are_drawn_and_listed(alice: httpx.Client, project: str) -> None:
    made = ok(post(alice, project, "diagrams", {"type": "flow"}))["diagram"]
    assert made.keys() == DIAGRAM
    assert made["edges"] == [
        {"from": "code:app/main.py", "to": "code:app/util.py", "label": "1 import", "type": "depends_on"}
    ]
    data = json.loads(made["data"])
    assert data == {name: made[name] for name in ("id", "type", "title", "nodes", "edges")}
    unknown = ok(post(alice, project, "diagrams", {"concept_id": "code:none"}))["diagram"]
    assert (unknown["nodes"], unknown["type"]) == ([], "dependency")
    listed = ok(alice.get(f"/v1/projects/{project}/atlas/diagrams"))["diagrams"]
    assert listed == [unknown, made]
    of_one = ok(alice.get(f"/v1/projects/{project}/atlas/diagrams", params={"concept_id": "code:none"}))["diagrams"]
    assert of_one == [unknown]
    error(post(alice, project, "diagrams", {"type": "pie"}), 422, "VALIDATION_ERROR")


def test_the_map_of_any_tree_and_the_difference_of_two(alice: httpx.Client, project: str) -> None:
    first = graph_source(alice, project)
    other = put_tree(alice, {"web/a.ts": b"export const a = 1\n", "app/util.py": b"def g(): pass\n"})
    found = graph(alice, project, manifest_hash=other)
    assert {one["id"] for one in found["concepts"] if one["layer"] == "code"} == {"code:web/a.ts", "code:app/util.py"}
    assert found["stale"]
    answer = ok(alice.get(f"/v1/projects/{project}/atlas/diff", params={"from": first, "to": other}))
    assert [one["id"] for one in answer["concepts"]["added"]] == ["system:web", "module:web", "code:web/a.ts"]
    assert answer["concepts"]["changed"] == [
        {"id": "code:app/util.py", "name": "util.py", "layer": "code", "symbols": {"added": ["g"], "removed": ["f"]}}
    ]
    assert answer["summary"] == "1 file added, 2 files removed, 1 file changed, 1 import removed."


def graph_source(client: httpx.Client, project: str) -> str:
    ok(post(client, project, "index"))
    found = graph(client, project)
    assert graph(client, project, snapshot_id=found["source_snapshot_id"])["stale"] is False
    return str(found["source_manifest_hash"])


def test_trees_that_are_not_there(alice: httpx.Client, project: str) -> None:
    base = f"/v1/projects/{project}/atlas"
    error(alice.get(base, params={"manifest_hash": "0" * 64}), 422, "MANIFEST_NOT_FOUND")
    error(alice.get(base, params={"snapshot_id": "none"}), 404, "NOT_FOUND")
    error(alice.get(f"{base}/diff", params={"from": "none", "to": "none"}), 404, "NOT_FOUND")
    error(alice.get(f"{base}/diff", params={"from": "none"}), 422, "VALIDATION_ERROR")


def test_another_users_project_is_not_there(bob: httpx.Client, project: str) -> None:
    for answer in (
        bob.get(f"/v1/projects/{project}/atlas"),
        post(bob, project, "index"),
        post(bob, project, "search", {"query": ""}),
        post(bob, project, "diagrams"),
        bob.get(f"/v1/projects/{project}/atlas/diagrams"),
    ):
        error(answer, 404, "NOT_FOUND")
