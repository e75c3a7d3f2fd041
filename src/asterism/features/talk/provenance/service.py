"""Use case: where the lines of a file come from (beyond 12)."""

from asterism.base.errors import Invalid
from asterism.features.accounts.identity import Caller
from asterism.features.talk.provenance.files import FileHistory
from asterism.features.talk.provenance.models import Line
from asterism.features.talk.provenance.turns import turns_behind
from asterism.features.versions import projects, snapshots, storage, sync
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Tx
from asterism.vcs.blame import Version, blame
from asterism.vcs.linediff import MAX_BYTES, split_lines


def blame_file(
    tx: Tx, blobs: Blobs, caller: Caller, snapshot_id: str, path: str, *, first: int = 1, last: int | None = None
) -> list[Line]:
    """Return the lines of a file from `first` to `last` (from 1, both included), each with what brought it.

    Raises UnknownSnapshot, UnknownPath, BlobsMissing, or Invalid for what is no text of up to 2 MiB.
    """
    snapshot = snapshots.get_snapshot(tx, caller, snapshot_id)
    project = projects.get_project(tx, caller, snapshot.project_id)
    history = FileHistory(tx, blobs, project, snapshot.id)
    node = history.node(snapshot.manifest_hash, path)
    if node is None or node.type == "dir":
        raise storage.UnknownPath(path)
    start = Version(snapshot.id, path)
    content = history.content(start)
    if node.type == "file" and not content and 0 < node.size <= MAX_BYTES:
        raise storage.BlobsMissing([node.hash])
    if node.type != "file" or (node.size and not content) or b"\0" in content:
        raise Invalid.field("query.path", "must name a text of at most 2 MiB")
    lines = split_lines(content)
    origins = blame(start, history.content, history.parents)[first - 1 : last]
    known = snapshots.find_many(tx, project.id, list({one.version.snapshot for one in origins}))
    synced = sync.made_by(tx, list(known))
    turns = turns_behind(tx, history, project.id, origins, known)
    return [
        Line(
            number=number,
            text=lines[number - 1].decode("utf-8", "replace").rstrip("\r\n"),
            snapshot_id=one.version.snapshot,
            path=one.version.path,
            author_name=known[one.version.snapshot].author_name,
            at=known[one.version.snapshot].created_at,
            turn=turns.get(one),
            sync_id=synced.get(one.version.snapshot),
        )
        for number, one in enumerate(origins, start=first)
    ]
