"""A commit message comes whole; what people type stays short (ADR 0014)."""

import hashlib

import httpx
import pytest

EMPTY = b'{\n  "version": "1",\n  "files": []\n}'


@pytest.mark.parametrize(("source", "status"), [("import", 201), ("cli", 422), ("web", 422)])
def test_only_imports_have_long_summaries(alice: httpx.Client, source: str, status: int) -> None:
    project = alice.post("/v1/projects", json={"name": "history"}).json()["project"]["id"]
    manifest = hashlib.sha256(EMPTY).hexdigest()
    alice.put(f"/v1/blobs/manifests/{manifest}", content=EMPTY)
    message = "Explain at length\n\n" + "why " * 2_000
    made = alice.post(
        f"/v1/projects/{project}/snapshots", json={"manifest_hash": manifest, "source": source, "summary": message}
    )
    assert made.status_code == status
    if status == 201:
        assert made.json()["snapshot"]["summary"] == message
