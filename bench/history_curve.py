"""Curves over the snapshots of a project: reading pages, the log, the oldest snapshot, and registering one more.

1,000 to 100,000 snapshots, each size in a server of its own. A history is registered as an import does it, in
transactions of 500.
"""

import itertools
import tempfile
from collections.abc import Callable
from pathlib import Path

import httpx

from asterism.features.versions import projects, workspaces
from asterism.features.versions.snapshots import NewSnapshot
from asterism.features.versions.workspaces import NewWorkspace, Step
from bench.growth import FLAT, LINEAR, Curves, asked
from bench.report import Report
from bench.seeds import Seeds, seeding
from bench.servers import serving
from bench.trees import settle

TITLE = "curves over the snapshots of a project"
SIZES = (1_000, 10_000, 100_000)
TREES, FILES = 100, 50
AT_ONCE = 500
REQUESTS, FEW = 40, 5


def run() -> Report:
    """Measure and report."""
    report, curves = Report(), Curves("snapshots", SIZES)
    for size in SIZES:
        with tempfile.TemporaryDirectory(prefix="asterism-bench-") as folder:
            with seeding(Path(folder)) as seeds:
                project, workspace = history(seeds, size)
            with serving(Path(folder)) as server, server.client() as client:
                works = requests(client, project, workspace, size)
                settle(server.process.pid)  # the forecast of the workspaces made for it
                for work, request in works:
                    request()  # what is read once and remembered is not counted
                    curves.add(work, asked(server, request, FEW if "at the first" in work else REQUESTS))
    curves.table(report, "milliseconds of a request", "seconds", 1000, 1)
    curves.table(report, "processor time of the server, ms", "server", 1000, 1)
    curves.table(report, "peak memory of the server, MiB", "server_mib")
    for work in curves.found:
        curves.headline(report, work, "server", LINEAR if "at the first" in work else FLAT)
    report.note(
        f"Each snapshot is the child of the one before and shows one of {TREES} trees of {FILES} files; means of "
        f"{REQUESTS} requests, the connection kept open."
    )
    return report


def history(seeds: Seeds, size: int) -> tuple[str, str]:
    """Register so many snapshots in one workspace of a new project; return the ids of project and workspace."""
    with seeds.db.write() as tx:
        project = projects.create_project(tx, seeds.caller, name="bench").id
        workspace = workspaces.create_workspace(tx, seeds.caller, project, NewWorkspace(name="main")).id
    trees = [
        seeds.tree({f"folder{n // 10}/file{n}": b"%d" % (number if n == number % FILES else 0) for n in range(FILES)})
        for number in range(TREES)
    ]
    steps = (
        Step(name(n), NewSnapshot(trees[n % TREES], name(n), (name(n - 1),) if n else ()), workspace)
        for n in range(size)
    )
    while part := list(itertools.islice(steps, AT_ONCE)):
        with seeds.db.write() as tx:
            workspaces.push_history(tx, seeds.caller, project, part)
    return project, workspace


def name(number: int) -> str:
    """Return the id of a snapshot."""
    return f"snapshot-{number:06d}"


def left(client: httpx.Client, project: str, parent: str) -> str:
    """Make a workspace that left main at a snapshot and has one of its own; return its id."""
    made = client.post(f"/v1/projects/{project}/workspaces", json={"name": f"from {parent}"}).raise_for_status().json()
    workspace = str(made["workspace"]["id"])
    manifest = client.get(f"/v1/snapshots/{name(1)}").raise_for_status().json()["snapshot"]["manifest_hash"]
    body = {"manifest_hash": manifest, "workspace_id": workspace, "parent_snapshot_ids": [parent]}
    client.post(f"/v1/projects/{project}/snapshots", json=body).raise_for_status()
    return workspace


def requests(client: httpx.Client, project: str, workspace: str, size: int) -> list[tuple[str, Callable[[], object]]]:
    """Return what is asked, by name."""
    head = client.get(f"/v1/workspaces/{workspace}").raise_for_status().json()["workspace"]["current_snapshot_id"]
    manifest = client.get(f"/v1/snapshots/{head}").raise_for_status().json()["snapshot"]["manifest_hash"]
    last = client.get(f"/v1/projects/{project}/log", params={"limit": 1}).raise_for_status().json()["last_seq"]

    def get(path: str, **asked: int | str) -> Callable[[], object]:
        return lambda: client.get(path, params=asked).raise_for_status()

    def prepare(parent: str) -> Callable[[], object]:
        path = f"/v1/workspaces/{left(client, project, parent)}/sync/prepare"
        return lambda: client.post(path).raise_for_status()

    def register() -> None:
        nonlocal head
        body = {"manifest_hash": manifest, "workspace_id": workspace, "parent_snapshot_ids": [head]}
        made = client.post(f"/v1/projects/{project}/snapshots", json=body).raise_for_status()
        head = made.json()["snapshot"]["id"]

    return [
        ("first page of snapshots", get(f"/v1/projects/{project}/snapshots")),
        ("the workspace's first page", get(f"/v1/workspaces/{workspace}/snapshots")),
        ("the oldest snapshot", get(f"/v1/snapshots/{name(0)}")),
        ("files of the oldest", get(f"/v1/snapshots/{name(0)}/files")),
        ("oldest entries of the log", get(f"/v1/projects/{project}/log")),
        ("newest entries of the log", get(f"/v1/projects/{project}/log", after=max(0, last - 100))),
        ("the workspace", get(f"/v1/workspaces/{workspace}")),
        ("prepare a sync of one that left at the first", prepare(name(0))),
        ("prepare a sync of one that left lately", prepare(name(size - 5))),
        ("register one more", register),
    ]
