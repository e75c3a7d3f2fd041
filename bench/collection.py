"""Garbage collection of a million blobs: time and peak memory, in a process of its own."""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from asterism.features.accounts import identity
from asterism.features.versions import storage
from asterism.features.versions.storage import CollectionRequest, Roots
from asterism.kernel.blobs import open_blobs
from asterism.kernel.db import Database, open_database
from asterism.kernel.db.migrate import upgrade
from asterism.vcs import manifest
from asterism.vcs.batch import frame_head
from asterism.vcs.content import hash_bytes
from asterism.vcs.manifest import Entry
from bench.report import Report

TITLE = "garbage collection of a million blobs"
BLOBS = 1_000_000
ENTRIES = 100_000
REFERENCED = 5
AT_ONCE = 100_000
LIMIT_MB = 300


def run() -> Report:
    """Measure and report."""
    report = Report()
    with tempfile.TemporaryDirectory(prefix="asterism-bench-") as folder:
        filled = _child("fill", folder)
        swept = _child("sweep", folder)
        again = _child("sweep", folder)
    report.table(
        ["", "blobs", "deleted", "seconds", "peak memory, MB", "aim"],
        [
            ["fill", filled["blobs"], "", f"{filled['seconds']:.0f}", f"{filled['memory']:.0f}", ""],
            row("collect", swept),
            row("collect again", again),
        ],
    )
    report.note(
        f"{BLOBS} blobs of a few bytes; {REFERENCED} manifests of {ENTRIES} entries refer to half. A collection "
        f"examines {AT_ONCE} blobs a call and goes on from the cursor; each call marks from all roots anew."
    )
    return report


def row(name: str, figures: dict[str, float]) -> list[object]:
    """Return one row of the table."""
    seconds, memory = f"{figures['seconds']:.1f}", f"{figures['memory']:.0f}"
    return [name, figures["blobs"], figures["deleted"], seconds, memory, f"< {LIMIT_MB} MB"]


def _child(what: str, folder: str) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.collection", what, folder]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def main(what: str, folder: Path) -> None:
    """Do one part and print its figures."""
    db = open_database(f"sqlite:///{folder / 'bench.db'}")
    upgrade(db)
    with db.write() as tx:
        user, _ = identity.ensure_owner(tx, "bench@localhost")
    started = time.monotonic()
    deleted = 0
    if what == "fill":
        fill(db, folder, user.id)
    else:
        deleted = sweep(db, folder, user.id)
    with db.read() as tx:
        count = storage.usage(tx, user.id).blob_count
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    figures = {"blobs": count + deleted, "deleted": deleted, "seconds": time.monotonic() - started, "memory": memory}
    print(json.dumps(figures))


def content(number: int) -> bytes:
    """Return a content of its own for each number."""
    return b"%d" % number


def fill(db: Database, folder: Path, user_id: str) -> None:
    """Store the blobs, and manifests that refer to the first half of them."""
    blobs = open_blobs(folder / "blobs", spool=folder)
    for start in range(0, BLOBS, 4000):
        receiver = storage.Receiver(db, blobs, user_id, storage.Limits())
        frames = [content(number) for number in range(start, min(start + 4000, BLOBS))]
        receiver.take(b"".join(frame_head(hash_bytes(data), len(data)) + data for data in frames))
        receiver.finish(whole=True)
    kept: list[str] = []
    for part in range(REFERENCED):
        numbers = range(part * ENTRIES, (part + 1) * ENTRIES)
        data = manifest.encode(
            Entry(type="file", path=f"{n // 400}/{n // 20 % 20}/{n}", hash=hash_bytes(content(n)), size=len(content(n)))
            for n in numbers
        )
        storage.upload(db, blobs, user_id, hash_bytes(data), data)
        kept.append(hash_bytes(data))
    (folder / "kept.json").write_text(json.dumps(kept))


def sweep(db: Database, folder: Path, user_id: str) -> int:
    """Collect everything that the manifests do not refer to; return how many blobs that was."""
    blobs = open_blobs(folder / "blobs", spool=folder)
    kept = set(json.loads((folder / "kept.json").read_text()))
    deleted, cursor = 0, None
    while True:
        request = CollectionRequest(dry_run=False, max_blobs=AT_ONCE, min_age_seconds=0, cursor=cursor)
        done = storage.collect(db, blobs, user_id, request, [Roots(manifests=lambda _tx, _user: kept)])
        deleted += done.deleted_blobs
        cursor = done.next_cursor
        if cursor is None:
            return deleted


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
