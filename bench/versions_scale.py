"""What a tree of 1,000 to 200,000 files costs the server: first and later manifest, comparing, browsing."""

import hashlib
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from asterism.vcs import manifest
from asterism.vcs.batch import frame_head
from asterism.vcs.manifest import Entry
from bench.report import Report, at_most, median
from bench.servers import serving

TITLE = "cost of a tree over its size, 10 files changed"
SIZES = (1_000, 10_000, 100_000, 200_000)
LARGE = 100_000
CHANGES = 10
RUNS = 7


def run() -> Report:
    """Measure and report."""
    report = Report()
    rows = []
    with serving() as server, server.client() as client, tempfile.TemporaryDirectory() as folder:
        project = client.post("/v1/projects", json={"name": "bench"}).json()["project"]["id"]
        for size in SIZES:
            figures = measure(client, project, size, Path(folder) / str(size))
            rows.append([f"{size:,}", *(f"{ms:.1f}" for ms in figures)])
            if size >= LARGE:
                report.alone(f"later manifest of {size:,} entries, sent whole", figures[1], at_most(20, "ms"))

    report.table(
        ["files", "first manifest, ms", "later, ms", "register, ms", "compare, ms", "git diff, ms", "browse, ms"],
        rows,
    )
    report.note(
        f"Over HTTP, the connection kept open; medians of {RUNS} (the first manifest once). Later manifests differ "
        f"from the one before in {CHANGES} files, whose folders alone are read; what is left in proportion to the tree "
        "is sending, hashing and writing the text. git diff: `git diff --name-status` of two commits with the same "
        "trees, start of the process included. Aims: compare < 20 ms at 100,000."
    )
    return report


def measure(client: httpx.Client, project: str, size: int, repository: Path) -> list[float]:
    """Return milliseconds: first manifest, later ones, registering, comparing, git's comparing, browsing."""
    tree = [entry(n, b"0") for n in range(size)]
    send_contents(client, [b"%d" % n for n in range(RUNS + 1)])
    first = put_manifest(client, tree)
    before = register(client, project, manifest.manifest_hash(tree))
    later, registering = [], []
    for number in range(1, RUNS + 1):
        for change in range(CHANGES):
            at = change * size // CHANGES + number
            tree[at] = entry(at, b"%d" % number)
        later.append(put_manifest(client, tree))
        manifest_hash = manifest.manifest_hash(tree)
        registering.append(timed(lambda name=manifest_hash: register(client, project, name)))  # type: ignore[misc]
    after = register(client, project, manifest.manifest_hash(tree))
    comparing = median([timed(lambda: get(client, f"/v1/snapshots/{before}/diff/{after}")) for _ in range(RUNS)])
    browsing = median([timed(lambda: get(client, f"/v1/snapshots/{after}/files?path=p0")) for _ in range(RUNS)])
    return [first, median(later), median(registering), comparing, git_diff(repository, size, tree), browsing]


def entry(number: int, content: bytes) -> Entry:
    """Return the file with this number: 20 to a folder, 20 folders to a package."""
    path = f"p{number // 400}/s{number // 20 % 20}/file_{number}.py"
    return Entry(type="file", path=path, hash=hashlib.sha256(content).hexdigest(), size=len(content), mode=0o644)


def timed(work: Callable[[], object]) -> float:
    """Return the milliseconds that something takes."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def send_contents(client: httpx.Client, contents: list[bytes]) -> None:
    """Upload the few contents that all files share."""
    frames = b"".join(frame_head(hashlib.sha256(c).hexdigest(), len(c)) + c for c in contents)
    client.post("/v1/blobs/batch", content=frames).raise_for_status()


def put_manifest(client: httpx.Client, tree: list[Entry]) -> float:
    """Upload the manifest of a tree; return the milliseconds of the request alone."""
    data = manifest.encode(tree)
    path = f"/v1/blobs/manifests/{hashlib.sha256(data).hexdigest()}"
    return timed(lambda: client.put(path, content=data).raise_for_status())


def register(client: httpx.Client, project: str, manifest_hash: str) -> str:
    """Register a snapshot of a manifest that is stored."""
    answer = client.post(f"/v1/projects/{project}/snapshots", json={"manifest_hash": manifest_hash}).raise_for_status()
    return str(answer.json()["snapshot"]["id"])


def get(client: httpx.Client, path: str) -> None:
    """Read something."""
    client.get(path).raise_for_status()


def git_diff(repository: Path, size: int, tree: list[Entry]) -> float:
    """Make two commits of the same trees and return the milliseconds that git takes to compare them."""
    before = [entry(n, b"0") for n in range(size)]
    stream = b"".join([commit(before, 1), commit(tree, 2)])
    subprocess.run(["git", "init", "-q", "--bare", repository], check=True)
    subprocess.run(["git", "-C", repository, "fast-import", "--quiet"], input=stream, check=True)
    command = ["git", "-C", str(repository), "diff", "--name-status", "main~1", "main"]
    return median([timed(lambda: subprocess.run(command, check=True, capture_output=True)) for _ in range(RUNS)])


def commit(tree: list[Entry], number: int) -> bytes:
    """Return a commit of a tree in the language of `git fast-import`; a file's content is its hash."""
    lines = [b"commit refs/heads/main", b"committer b <b@localhost> %d +0000" % number, b"data 0", b"deleteall"]
    for found in tree:
        content = found.hash.encode()
        lines += [b"M 100644 inline " + found.path.encode(), b"data %d" % len(content), content]
    return b"\n".join([*lines, b""])
