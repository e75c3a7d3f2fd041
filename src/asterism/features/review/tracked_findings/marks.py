"""Which lines of a file in a snapshot have findings on them (Beyond 12)."""

from collections.abc import Mapping, Sequence

from asterism.features.accounts.identity import Caller
from asterism.features.review.tracked_findings import store
from asterism.features.review.tracked_findings.anchors import Text
from asterism.features.review.tracked_findings.models import Tracked
from asterism.features.versions import snapshots, storage
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Tx
from asterism.vcs.linediff import MAX_BYTES, within_limits


def findings_of_file(
    tx: Tx, blobs: Blobs, caller: Caller, snapshot_id: str, path: str, names: Sequence[str]
) -> Mapping[int, Sequence[str]]:
    """Return the ids of findings by line (from 1) of a file in a snapshot, dismissed ones left out.

    `names` are all paths that the file has had; what was found at one of them, or stands there, is looked for by its
    content. Nothing for what is no file of up to 2 MiB. Raises UnknownSnapshot.
    """
    snapshot = snapshots.get_snapshot(tx, caller, snapshot_id)
    candidates = [one for one in store.of_paths(tx, snapshot.project_id, names) if one.status != "dismissed"]
    tree = snapshot.manifest_hash
    node = storage.find_nodes(tx, caller.user_id, [tree], path).get(tree) if candidates else None
    if node is None or node.type != "file" or node.size > MAX_BYTES:
        return {}
    try:
        content = storage.content(tx, blobs, caller.user_id, node.hash)
    except storage.BlobsMissing:
        return {}
    return _marked(Text(content), candidates) if within_limits(content) else {}


def _marked(text: Text, candidates: Sequence[Tracked]) -> dict[int, list[str]]:
    marked: dict[int, list[str]] = {}
    for one in candidates:
        line = text.line_of(one.anchor, one.first.line)
        height = len(one.anchor.lines) if one.anchor.kind == "lines" else 1
        for number in range(line, line + max(1, height)) if line else ():
            marked.setdefault(number, []).append(one.id)
    return marked
