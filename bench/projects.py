"""A project on a server that is measured, and short ways to fill it. Shared by benchmarks."""

import hashlib
from collections.abc import Mapping
from typing import Any

import httpx

from asterism.vcs import manifest
from asterism.vcs.batch import frame_head
from asterism.vcs.manifest import Entry

AT_ONCE = 2_000


class Project:
    """A new project of its own."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.id = str(self.post("/v1/projects", name="bench")["project"]["id"])

    def workspace(self, name: str) -> str:
        """Make a workspace; return its id."""
        return str(self.post(f"/v1/projects/{self.id}/workspaces", name=name)["workspace"]["id"])

    def push(self, workspace: str, tree: Mapping[str, bytes], *parents: str) -> str:
        """Store a tree, by path, and make it a workspace's head; return the snapshot's id."""
        hashes = {path: hashlib.sha256(content).hexdigest() for path, content in tree.items()}
        frames = [frame_head(hashes[path], len(content)) + content for path, content in tree.items()]
        for start in range(0, len(frames), AT_ONCE):
            self.client.post("/v1/blobs/batch", content=b"".join(frames[start : start + AT_ONCE])).raise_for_status()
        data = manifest.encode(
            Entry(type="file", path=path, hash=hashes[path], size=len(content), mode=0o644)
            for path, content in tree.items()
        )
        name = hashlib.sha256(data).hexdigest()
        self.client.put(f"/v1/blobs/manifests/{name}", content=data).raise_for_status()
        new = {"manifest_hash": name, "workspace_id": workspace, "parent_snapshot_ids": list(parents)}
        return str(self.post(f"/v1/projects/{self.id}/snapshots", **new)["snapshot"]["id"])

    def post(self, address: str, **body: Any) -> Any:
        """Send a request that has to succeed."""
        answer = self.client.post(address, json=body)
        answer.raise_for_status()
        return answer.json()
