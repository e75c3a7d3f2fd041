"""SIGKILL of the server while it collects garbage and restores beside pushes: nothing that a snapshot names is lost."""

import json
import random
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from asterism.client.api import Api
from asterism.client.clone import clone
from asterism.client.http import Http
from asterism.client.progress import Silent
from asterism.vcs import batch, manifest
from tests.support.killable import KillableServer
from tests.support.process import asterism
from tests.support.server import free_port
from tests.support.trees import Tree, entries_of, frames, make_project, make_workspace, name_of, ok, put_manifest

KILLS = 5
LIFE_SECONDS = 1.2
SWEEP = {"dryRun": False, "minAgeSeconds": 0}


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_server_killed_during_sweeps_and_restores_loses_nothing_that_a_snapshot_names(tmp_path: Path) -> None:
    data, port, chance = tmp_path / "data", free_port(), random.Random(4)
    made = asterism("token", "create", "--data-dir", str(data), "--json", home=tmp_path)
    bearer = {"Authorization": f"Bearer {json.loads(made.stdout)['access_token']}"}
    server = KillableServer(data, port)
    with httpx.Client(base_url=server.url, headers=bearer, timeout=30) as client:
        work = Work(client, chance)
        work.push()
        for _ in range(KILLS):
            live(server, work, chance.uniform(0, LIFE_SECONDS))
            assert server.process.exitcode == -signal.SIGKILL
            server = KillableServer(data, port)
            work.check()
        assert min(len(work.acknowledged), work.swept, work.restored) >= KILLS // 2, "too little was going on"
        with Http(server.url, bearer["Authorization"].split()[1]) as http:
            for number, (snapshot, tree) in enumerate(work.acknowledged.items()):
                clone(Api(http), work.project, str(tmp_path / f"{number}"), snapshot=snapshot, progress=Silent())
                assert {path: (tmp_path / f"{number}" / path).read_bytes() for path in tree} == tree
    server.kill()


def live(server: KillableServer, work: "Work", seconds: float) -> None:
    """Push, sweep and restore side by side until the server is killed, after so many seconds."""
    killer = threading.Timer(seconds, server.kill)
    killer.start()
    with ThreadPoolExecutor(3) as pool:
        doing = [pool.submit(until_dead, step) for step in (work.push, work.sweep, work.restore)]
        killer.join()
        for each in doing:
            each.result()


def until_dead(step: Callable[[], None]) -> None:
    """Take a step again and again until no server answers."""
    with suppress(httpx.TransportError):
        while True:
            step()


class Work:
    """What goes on at the server. `acknowledged` maps snapshots to their trees."""

    def __init__(self, client: httpx.Client, chance: random.Random) -> None:
        self.client, self.chance = client, chance
        self.project = make_project(client)
        self.workspace = make_workspace(client, self.project)
        self.acknowledged: dict[str, Tree] = {}
        self.tree: Tree = {f"f{number}": b"%d" % number for number in range(8)}
        self.swept = self.restored = 0

    def push(self) -> None:
        """Edit three files and push them in one body with content that nothing names, so that packs get holes."""
        for _ in range(3):
            self.tree[f"f{self.chance.randrange(8)}"] = self.chance.randbytes(self.chance.choice([10, 3000]))
        tree = dict(self.tree)
        loose = [self.chance.randbytes(5000) for _ in range(5)]
        ok(self.client.post("/v1/blobs/batch", content=frames([*loose, *tree.values()])))
        put_manifest(self.client, entries_of({"loose": loose[0]}))
        body = {"manifest_hash": put_manifest(self.client, entries_of(tree)), "workspace_id": self.workspace}
        answer = self.client.post(f"/v1/projects/{self.project}/snapshots", json=body)
        if "MANIFEST_NOT_FOUND" in answer.text:  # swept before a snapshot named it, as a sweep without a grace time may
            return
        snapshot = ok(answer, 201)["snapshot"]
        if not snapshot["complete"]:  # the same of its contents; from here on they are named
            ok(self.client.post("/v1/blobs/batch", content=frames(list(tree.values()))))
            snapshot = ok(self.client.get(f"/v1/snapshots/{snapshot['id']}"))["snapshot"]
            assert snapshot["complete"]
        self.acknowledged[snapshot["id"]] = tree

    def sweep(self) -> None:
        """Collect garbage without any grace time."""
        done = ok(self.client.post("/v1/blobs/gc", json=SWEEP))
        self.swept += done["deletedBlobs"] > 0

    def restore(self) -> None:
        """Move the workspace to any of its snapshots."""
        chosen = self.chance.choice(list(self.acknowledged))
        ok(self.client.post(f"/v1/workspaces/{self.workspace}/restore", json={"snapshot_id": chosen}))
        self.restored += 1

    def check(self) -> None:
        """After a further sweep every snapshot that was whole still is, byte by byte, and the head is one of them."""
        listed = {found["id"]: found for found in self.listed()}
        assert self.acknowledged.keys() <= listed.keys()
        whole = {name for name, found in listed.items() if found["complete"]}
        assert self.acknowledged.keys() <= whole
        workspace = ok(self.client.get(f"/v1/workspaces/{self.workspace}"))["workspace"]
        head = workspace["current_snapshot_id"]
        assert head in listed
        ok(self.client.post("/v1/blobs/gc", json=SWEEP))
        assert {found["id"] for found in self.listed() if found["complete"]} == whole
        named: set[str] = set()
        for manifest_hash in {found["manifest_hash"] for found in listed.values()}:
            stored = self.client.get(f"/v1/blobs/manifests/{manifest_hash}")
            assert (stored.status_code, name_of(stored.content)) == (200, manifest_hash)
            if any(listed[name]["manifest_hash"] == manifest_hash for name in whole):
                named |= {entry.hash for entry in manifest.read(stored.content) if entry.type == "file"}
        assert self.intact(sorted(named)) == named

    def listed(self) -> Iterator[dict[str, Any]]:
        """Yield every snapshot of the project as the server shows it."""
        query = {"limit": "100"}
        while True:
            page = ok(self.client.get(f"/v1/projects/{self.project}/snapshots", params=query))
            yield from page["snapshots"]
            if not page["next_cursor"]:
                return
            query["cursor"] = page["next_cursor"]

    def intact(self, hashes: list[str]) -> set[str]:
        """Fetch blobs; return the names of the contents that came."""
        found: set[str] = set()
        for start in range(0, len(hashes), 500):
            body = {"hashes": hashes[start : start + 500]}
            content = bytearray()
            for event in batch.BatchReader().feed(self.client.post("/v1/blobs/batch-download", json=body).content):
                if isinstance(event, batch.FrameStart):
                    content.clear()
                elif isinstance(event, batch.FrameData):
                    content += event.data
                else:
                    found.add(name_of(bytes(content)))
        return found
