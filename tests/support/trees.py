"""Trees as dictionaries, pushed over the wire the way a client does it."""

import hashlib
from typing import Any

import httpx

from asterism.vcs import batch, manifest
from asterism.vcs.manifest import Entry

Tree = dict[str, bytes]


def name_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def frames(contents: list[bytes]) -> bytes:
    return b"".join(batch.frame_head(name_of(content), len(content)) + content for content in contents)


def entries_of(tree: Tree, mode: int = 0o644) -> list[Entry]:
    return [
        Entry(type="file", path=path, hash=name_of(content), size=len(content), mode=mode)
        for path, content in tree.items()
    ]


def put_manifest(client: httpx.Client, entries: list[Entry]) -> str:
    data = manifest.encode(entries)
    answer = client.put(f"/v1/blobs/manifests/{name_of(data)}", content=data)
    assert answer.status_code in (200, 201), answer.text
    return name_of(data)


def put_tree(client: httpx.Client, tree: Tree) -> str:
    """Upload the contents and the manifest of a tree; return the manifest's hash."""
    if tree:
        answer = client.post("/v1/blobs/batch", content=frames(list(tree.values())))
        assert answer.status_code == 200, answer.text
    return put_manifest(client, entries_of(tree))


def make_project(client: httpx.Client, name: str = "demo") -> str:
    return str(ok(client.post("/v1/projects", json={"name": name}), 201)["project"]["id"])


def make_workspace(client: httpx.Client, project: str, **body: Any) -> str:
    body = body or {"name": "main"}
    return str(ok(client.post(f"/v1/projects/{project}/workspaces", json=body), 201)["workspace"]["id"])


def push(client: httpx.Client, project: str, workspace: str | None, tree: Tree, **body: Any) -> dict[str, Any]:
    """Upload a tree and register it; return the snapshot."""
    body = {"manifest_hash": put_tree(client, tree), **body}
    if workspace is not None:
        body["workspace_id"] = workspace
    answer = ok(client.post(f"/v1/projects/{project}/snapshots", json=body), 201)
    return dict(answer["snapshot"])


def ok(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


def error(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    found = answer.json()["error"]
    assert found["code"] == code, found
    return dict(found)


def field_error(answer: httpx.Response, path: str) -> None:
    found = error(answer, 422, "VALIDATION_ERROR")
    assert path in [field["path"] for field in found["details"]["fields"]], found
