"""A server of a few routes in memory, for tests of the client alone; it keeps the contract's statuses and shapes."""

import hashlib
import json
from typing import Any

import httpx

from asterism.base.ids import ulid
from asterism.client.api import Api
from asterism.client.http import Http
from asterism.vcs import manifest
from asterism.vcs.batch import BatchReader, FrameData, FrameEnd, FrameStart, frame_head
from asterism.vcs.splice import splice


class FakeServer:
    """Answers requests from memory. `calls` lists (method, path); `faults` are taken before each answer, if any."""

    def __init__(self, url: str = "http://fake") -> None:
        self.url = url
        self.limit = 300 << 20
        self.blobs: dict[str, bytes] = {}
        self.manifests: dict[str, bytes] = {}
        self.projects: dict[str, dict[str, Any]] = {}
        self.workspaces: dict[str, dict[str, Any]] = {}
        self.snapshots: dict[str, dict[str, Any]] = {}
        self.calls: list[tuple[str, str]] = []
        self.faults: list[Any] = []
        self.pauses: list[float] = []

    def api(self) -> Api:
        """Return a client of this server; a retry waits in `pauses` only."""
        http = Http(self.url, "ast_u_x", transport=httpx.MockTransport(self.handle), sleep=self.pauses.append)
        return Api(http)

    def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        path = request.url.path
        self.calls.append((request.method, path))
        if self.faults:
            fault = self.faults.pop(0)
            if isinstance(fault, Exception):
                raise fault
            if fault is not None:
                return fault
        parts = path.strip("/").split("/")[1:]
        name = f"_{request.method.lower()}_{parts[0]}_{len(parts)}" + (f"_{parts[-1]}" if len(parts) == 3 else "")
        if parts[0] == "blobs":
            name = f"_{request.method.lower()}_{parts[1].replace('-', '_')}"
        handler = getattr(self, name, None)
        if handler is None:
            return _error(404, "NOT_FOUND")
        return handler(request, parts)

    def _get_auth_2(self, request, parts):
        return httpx.Response(200, json={"user": {"id": "u", "email": "a@b.c", "name": "A"}})

    def _get_projects_1(self, request, parts):
        return httpx.Response(200, json={"projects": list(self.projects.values()), "next_cursor": None})

    def _post_projects_1(self, request, parts):
        project = {"id": ulid(), "name": json.loads(request.content)["name"], "main_workspace_id": None}
        self.projects[project["id"]] = project
        return httpx.Response(201, json={"project": project})

    def _get_projects_2(self, request, parts):
        found = self.projects.get(parts[1])
        return httpx.Response(200, json={"project": found}) if found else _error(404, "NOT_FOUND")

    def _get_projects_3_workspaces(self, request, parts):
        found = [w for w in self.workspaces.values() if w["project_id"] == parts[1]]
        return httpx.Response(200, json={"workspaces": found[::-1]})

    def _post_projects_3_workspaces(self, request, parts):
        body = json.loads(request.content)
        workspace = {"id": ulid(), "project_id": parts[1], "name": body["name"], "current_snapshot_id": None}
        self.workspaces[workspace["id"]] = workspace
        project = self.projects[parts[1]]
        project["main_workspace_id"] = project["main_workspace_id"] or workspace["id"]
        return httpx.Response(201, json={"workspace": workspace})

    def _get_projects_3_snapshots(self, request, parts):
        rows = [self._shown(row) for row in self.snapshots.values() if row["project_id"] == parts[1]]
        return httpx.Response(200, json={"snapshots": rows[::-1], "next_cursor": None})

    def _get_workspaces_3_snapshots(self, request, parts):
        found, waiting = [], [self.workspaces[parts[1]]["current_snapshot_id"]]
        while waiting:
            name = waiting.pop()
            if name in self.snapshots and name not in found:
                found.append(name)
                waiting += self.snapshots[name]["parent_snapshot_ids"]
        rows = [self._shown(self.snapshots[name]) for name in found]
        return httpx.Response(200, json={"snapshots": rows, "next_cursor": None})

    def _get_workspaces_2(self, request, parts):
        found = self.workspaces.get(parts[1])
        return httpx.Response(200, json={"workspace": found}) if found else _error(404, "NOT_FOUND")

    def _get_snapshots_2(self, request, parts):
        found = self.snapshots.get(parts[1])
        return httpx.Response(200, json={"snapshot": self._shown(found)}) if found else _error(404, "NOT_FOUND")

    def _post_projects_3_snapshots(self, request, parts):
        body = json.loads(request.content)
        if body["manifest_hash"] not in self.manifests:
            return _error(422, "MANIFEST_NOT_FOUND")
        known = self.snapshots.get(body["snapshot_id"])
        if known:
            return httpx.Response(200, json={"snapshot": self._shown(known), "created": False})
        expected = body.pop("expected_head", None)
        workspace = self.workspaces.get(body.get("workspace_id"))
        if workspace and expected is not None and expected != (workspace["current_snapshot_id"] or ""):
            return _error(409, "HEAD_MOVED")
        row = {"id": body["snapshot_id"], "project_id": parts[1], "summary": None, **body}
        self.snapshots[row["id"]] = row
        if workspace:
            workspace["current_snapshot_id"] = row["id"]
        return httpx.Response(201, json={"snapshot": self._shown(row), "created": True})

    def _shown(self, row):
        entries = manifest.read(self.manifests[row["manifest_hash"]])
        missing = {e.hash for e in entries if e.type == "file"} - self.blobs.keys()
        return {**row, "complete": not missing, "missing_blob_count": len(missing)}

    def _post_batch_exists(self, request, parts):
        hashes = json.loads(request.content)["hashes"]
        if len(hashes) > 10_000:
            return _error(422, "VALIDATION_ERROR")
        missing = [h for h in hashes if h not in self.blobs]
        return httpx.Response(200, json={"missing": missing, "checked": len(hashes)})

    def _put_upload(self, request, parts):
        announced = int(request.headers.get("content-length", "0"))
        if announced > self.limit:
            error = {"code": "PAYLOAD_TOO_LARGE", "message": "Too large.", "details": {"limit_bytes": self.limit}}
            return httpx.Response(413, json={"error": error})
        content = request.read()
        if hashlib.sha256(content).hexdigest() != parts[2]:
            return _error(400, "HASH_MISMATCH")
        self.blobs[parts[2]] = content
        return httpx.Response(201, json={"hash": parts[2], "size": len(content), "created": True})

    def _get_download(self, request, parts):
        found = self.blobs.get(parts[2])
        return _streamed(found) if found is not None else _error(404, "NOT_FOUND")

    def _post_batch(self, request, parts):
        reader = BatchReader()
        name, content = "", bytearray()
        before = dict(self.blobs)
        for event in reader.feed(request.read()):
            if isinstance(event, FrameStart):
                name, content = event.hash, bytearray()
            elif isinstance(event, FrameData):
                content += event.data
            elif isinstance(event, FrameEnd):
                if len(content) > self.limit:
                    error = {"code": "PAYLOAD_TOO_LARGE", "message": "x", "details": {"limit_bytes": self.limit}}
                    return httpx.Response(413, json={"error": error})
                if hashlib.sha256(content).hexdigest() != name:
                    return _error(400, "HASH_MISMATCH")
                self.blobs[name] = bytes(content)
        reader.finish()
        new = {name: content for name, content in self.blobs.items() if name not in before}
        return httpx.Response(200, json={"stored": len(new), "bytes": sum(map(len, new.values()))})

    def _post_batch_download(self, request, parts):
        body = bytearray()
        for name in json.loads(request.content)["hashes"]:
            content = self.blobs.get(name)
            body += frame_head(name, None if content is None else len(content)) + (content or b"")
        return _streamed(bytes(body))

    def _put_manifests(self, request, parts):
        data = request.read()
        if hashlib.sha256(data).hexdigest() != parts[2]:
            return _error(400, "HASH_MISMATCH")
        manifest.read(data)
        self.manifests[parts[2]] = data
        return httpx.Response(201, json={"hash": parts[2], "created": True})

    def _post_manifests_2(self, request, parts):
        edit = json.loads(request.read())
        if edit["base_hash"] not in self.manifests:
            return _error(404, "NOT_FOUND")
        changes = dict.fromkeys(edit["removed"]) | {one["path"]: manifest.Entry(**one) for one in edit["changed"]}
        data = splice(self.manifests[edit["base_hash"]], changes)
        name = hashlib.sha256(data).hexdigest()
        self.manifests[name] = data
        return httpx.Response(201, json={"hash": name, "created": True})

    def _get_manifests(self, request, parts):
        found = self.manifests.get(parts[2])
        return httpx.Response(200, content=found) if found is not None else _error(404, "NOT_FOUND")


def _streamed(content: bytes) -> httpx.Response:
    """Return content in pieces whose borders fall anywhere."""
    step = 65_521
    return httpx.Response(200, content=(content[at : at + step] for at in range(0, len(content), step)))


def _error(status: int, code: str) -> httpx.Response:
    return httpx.Response(status, json={"error": {"code": code, "message": f"It is {code}."}})
