"""Env vars, brief and documentation of a project."""

import httpx
import pytest
import sqlalchemy as sa

from asterism.vcs.manifest import Entry
from tests.support.server import TestServer
from tests.support.trees import (
    entries_of,
    error,
    field_error,
    frames,
    make_project,
    make_workspace,
    ok,
    push,
    put_manifest,
)


def variables(client: httpx.Client, project: str) -> dict[str, tuple[str, bool]]:
    found = ok(client.get(f"/v1/projects/{project}/env-vars"))["variables"]
    return {one["key"]: (one["value"], one["is_secret"]) for one in found}


def test_env_vars_are_set_masked_and_read_in_clear(alice: httpx.Client) -> None:
    project = make_project(alice)
    path = f"/v1/projects/{project}/env-vars"
    given = [("b", "12345678", True), ("A", "shown", None), ("_c", "1234567", True), ("d", "", False)]
    for key, value, secret in given:
        body = {"key": key, "value": value} | ({} if secret is None else {"is_secret": secret})
        assert ok(alice.post(path, json=body)) == {"success": True}
    assert variables(alice, project) == {
        "A": ("shown", False), "_c": ("****", True), "b": ("****5678", True), "d": ("", False)
    }  # fmt: skip
    assert list(variables(alice, project)) == ["A", "_c", "b", "d"]
    answer = alice.get(f"{path}/values")
    assert answer.headers["cache-control"] == "no-store"
    assert ok(answer)["variables"] == [
        {"key": "A", "value": "shown", "is_secret": False},
        {"key": "_c", "value": "1234567", "is_secret": True},
        {"key": "b", "value": "12345678", "is_secret": True},
        {"key": "d", "value": "", "is_secret": False},
    ]


def test_an_edit_keeps_id_and_secrecy(alice: httpx.Client) -> None:
    project = make_project(alice)
    path = f"/v1/projects/{project}/env-vars"
    ok(alice.post(path, json={"key": "K", "value": "first value", "is_secret": True}))
    before = ok(alice.get(path))["variables"][0]
    ok(alice.post(path, json={"key": "K", "value": "second value"}))
    after = ok(alice.get(path))["variables"][0]
    assert after.keys() == {"id", "project_id", "key", "value", "is_secret", "created_at", "updated_at"}
    same = ("id", "project_id", "key", "is_secret", "created_at")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert after["value"] == "****alue"
    ok(alice.post(path, json={"key": "K", "value": "open", "is_secret": False}))
    assert variables(alice, project) == {"K": ("open", False)}


def test_several_are_set_together_or_not_at_all(alice: httpx.Client) -> None:
    project = make_project(alice)
    path = f"/v1/projects/{project}/env-vars"
    ok(alice.post(path, json={"key": "stays", "value": "s"}))
    good = [{"key": "A", "value": "1"}, {"key": "B", "value": "2", "is_secret": True}]
    assert ok(alice.put(path, json={"variables": good})) == {"success": True, "count": 2}
    assert ok(alice.put(path, json={"variables": []})) == {"success": True, "count": 0}
    assert variables(alice, project).keys() == {"A", "B", "stays"}
    for bad, field in (
        ({"key": "1x", "value": ""}, "variables[1].key"),
        ({"key": "C", "value": "x" * 65_537}, "variables[1].value"),
        ({"key": "C", "value": "a\0b"}, "variables[1].value"),
        ({"key": "N", "value": "1"}, "variables[1].key"),
        ({"key": "C"}, "variables[1].value"),
        ({"key": "C", "value": None}, "variables[1].value"),
    ):
        field_error(alice.put(path, json={"variables": [{"key": "N", "value": "new"}, bad]}), field)
    assert "N" not in variables(alice, project)
    twice = {"variables": [{"key": "T", "value": ""}] * 2}
    field_error(alice.put(path, json=twice), "variables[1].key")
    many = {"variables": [{"key": f"K{n}", "value": ""} for n in range(500)]}
    error(alice.put(path, json=many), 409, "LIMIT_REACHED")


@pytest.mark.parametrize("key", ["", "a-b", "1a", "ä", "a b", "k" * 257])
def test_a_key_is_a_name(alice: httpx.Client, key: str) -> None:
    path = f"/v1/projects/{make_project(alice)}/env-vars"
    field_error(alice.post(path, json={"key": key, "value": "x"}), "key")
    if key:
        assert ok(alice.delete(f"{path}/{key}")) == {"success": True}


def test_deleting_twice_is_no_error(alice: httpx.Client) -> None:
    project = make_project(alice)
    path = f"/v1/projects/{project}/env-vars"
    ok(alice.post(path, json={"key": "K", "value": "v"}))
    for _ in range(2):
        assert ok(alice.delete(f"{path}/K")) == {"success": True}
    assert variables(alice, project) == {}


def test_values_are_sealed_in_the_database(server: TestServer, alice: httpx.Client) -> None:
    project = make_project(alice)
    for key, secret in (("OPEN", False), ("SECRET", True)):
        body = {"key": key, "value": f"needle-{key}", "is_secret": secret}
        ok(alice.post(f"/v1/projects/{project}/env-vars", json=body))
    query = sa.text("SELECT value FROM env_vars WHERE project_id = :project").bindparams(project=project)
    with server.rt.db.read() as tx:
        stored = [row["value"] for row in tx.all(query)]
    assert len(stored) == 2
    assert all(value.startswith("enc:v2:") and "needle" not in value for value in stored)


def test_brief_and_intent_are_set_and_cleared(alice: httpx.Client) -> None:
    project = make_project(alice)
    path = f"/v1/projects/{project}/brief"
    nothing = {"project": {"id": project, "intent": None, "brief": None}, "intent": None, "brief": None}
    assert ok(alice.get(path)) == nothing
    brief = {"intent": "startup", "problem": "p", "extra": {"x": [1, None, "é"]}}
    assert ok(alice.patch(path, json={"brief": brief})) == {"success": True, "intent": "startup", "brief": brief}
    assert ok(alice.get(path))["project"] == {"id": project, "intent": "startup", "brief": brief}
    field_error(alice.patch(path, json={"intent": "fun"}), "intent")
    field_error(alice.patch(path, json={"intent": "fun", "brief": brief}), "intent")
    assert ok(alice.patch(path, json={"brief": "  a text "}))["brief"] == "  a text "
    assert ok(alice.patch(path, json={"intent": "my own"}))["intent"] == "my own"
    assert ok(alice.patch(path, json={"intent": None, "brief": None})) == {
        "success": True, "intent": None, "brief": None
    }  # fmt: skip
    found = ok(alice.get(f"/v1/projects/{project}"))["project"]
    assert (found["intent"], found["brief"]) == (None, None)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "brief"),
        ({"intent": ""}, "intent"),
        ({"intent": "x" * 201}, "intent"),
        ({"intent": 3}, "intent"),
        ({"brief": "  "}, "brief"),
        ({"brief": [1]}, "brief"),
        ({"brief": {"x": "y" * 65_536}}, "brief"),
    ],
)
def test_a_wrong_brief_is_refused(alice: httpx.Client, body: dict[str, object], field: str) -> None:
    field_error(alice.patch(f"/v1/projects/{make_project(alice)}/brief", json=body), field)


def test_documentation_is_found_in_every_workspace(alice: httpx.Client) -> None:
    project = make_project(alice)
    main = make_workspace(alice, project, name="main")
    beta, alpha = make_workspace(alice, project, name="Beta"), make_workspace(alice, project, name="alpha")
    make_workspace(alice, project, name="empty")
    names = ["src/a.py", "docs/z.MD", "a.txt", "readme.rst", "README", "lib/LICENSE", "b.mdx"]
    push(alice, project, main, {name: name.encode() for name in names})
    push(alice, project, beta, {"notes": b"n"})
    push(alice, project, alpha, {"TODO": b"t"})
    code = make_workspace(alice, project, name="code")
    push(alice, project, code, {"x.py": b""})
    found = ok(alice.get(f"/v1/projects/{project}/docs"))
    assert [one["workspace_name"] for one in found["workspaces"]] == ["main", "alpha", "Beta"]
    first = found["workspaces"][0]
    assert [file["path"] for file in first["files"]] == ["README", "a.txt", "b.mdx", "docs/z.MD", "lib/LICENSE"]
    assert first["files"][0].keys() == {"path", "workspace_id", "workspace_name", "size", "hash"}
    assert (found["total_files"], found["truncated"]) == (7, False)


def test_a_document_is_read(alice: httpx.Client) -> None:
    project = make_project(alice)
    workspace = make_workspace(alice, project)
    path = f"/v1/projects/{project}/docs/content"
    bom = b"\xef\xbb\xbf# T\n"
    error(alice.get(path, params={"workspace": workspace, "path": "a"}), 404, "NOT_FOUND")
    tree = {"d/a.md": bom, "bin": b"\0", "latin": b"\xe9", "big": b"x" * (2 * 1024 * 1024 + 1)}
    ok(alice.post("/v1/blobs/batch", content=frames(list(tree.values()))))
    extra = [Entry(type="symlink", path="link", target="d/a.md"), *entries_of({"lost": b"never sent"})]
    manifest = put_manifest(alice, [*entries_of(tree), *extra])
    body = {"manifest_hash": manifest, "workspace_id": workspace}
    ok(alice.post(f"/v1/projects/{project}/snapshots", json=body), 201)

    def read(name: str, where: str = workspace) -> httpx.Response:
        return alice.get(path, params={"workspace": where, "path": name})

    assert ok(read("d/a.md")) == {
        "content": "# T\n", "path": "d/a.md", "workspace_id": workspace, "workspace_name": "main", "size": len(bom)
    }  # fmt: skip
    for name in ("d", "link", "no", "d/a.md/x", "D/a.md"):
        error(read(name), 404, "NOT_FOUND")
    error(read("d/a.md", make_workspace(alice, make_project(alice))), 404, "NOT_FOUND")
    for name in ("bin", "latin"):
        error(read(name), 415, "NOT_TEXT")
    error(read("big"), 413, "PAYLOAD_TOO_LARGE")
    assert error(read("lost"), 409, "BLOB_MISSING")["details"]["missing_blobs"]
    field_error(alice.get(path, params={"workspace": workspace}), "query.path")
    field_error(alice.get(path, params={"path": "x"}), "query.workspace")
