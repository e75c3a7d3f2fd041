"""Content-addressed ids of snapshots (Fastest 6.3): whoever clones can check what a snapshot says about itself."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime


def snapshot_id(manifest_hash: str, parents: Sequence[str], name: str, email: str, created_at: str) -> str:
    """Return the id; `created_at` is `YYYY-MM-DDTHH:MM:SSZ`."""
    lines = [f"manifest_hash {manifest_hash}", *(f"parent {parent}" for parent in sorted(parents, key=str.encode))]
    lines += [f"author {name} {email}", f"created_at {created_at}"]
    return hashlib.sha256(b"snapshot\0" + "".join(f"{line}\n" for line in lines).encode()).hexdigest()


def whole_second(moment: datetime) -> str:
    """Write a time the way ids hold it."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def short(snapshot_id: str) -> str:
    """Return what people are shown of an id and can type: the beginning of a hash, all of an id that begins by a time.

    Ids that a server made within the same hours begin alike.
    """
    if len(snapshot_id) == 64:
        return snapshot_id[:12]
    return snapshot_id[:16] if snapshot_id.startswith("git-") else snapshot_id
