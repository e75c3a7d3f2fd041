"""`/v1/manifests`: manifests that are stored by what differs from a stored one (ADR 0177), also many (ADR 0178)."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

import msgspec
from msgspec import Meta

from asterism.asgi.answers import Created, Ok
from asterism.asgi.limits import CONTENT
from asterism.base.errors import Invalid
from asterism.faces.v1.blobs.manifests import StoredManifest
from asterism.faces.v1.call import Call, post
from asterism.features.versions import storage
from asterism.vcs import manifest
from asterism.vcs.manifest import Entry
from asterism.vcs.rules import ManifestInvalid

MOST_CHANGES: Final = 2_000
MOST_AT_ONCE: Final = 500
MOST_DIFFERENCES: Final = 20_000


class ManifestEntry(msgspec.Struct, omit_defaults=True):
    """An entry as manifests have it (Fastest 7.3); a member that its type does not have is left out."""

    type: Literal["file", "dir", "symlink"]
    path: str
    hash: str = ""
    size: int = 0
    mode: int = 0
    target: str = ""


class ManifestEdit(msgspec.Struct):
    """What to change in the manifest `base_hash`: entries that are new or other, and paths that are gone."""

    base_hash: str
    changed: Annotated[list[ManifestEntry], Meta(max_length=MOST_CHANGES)] = msgspec.field(default_factory=list)
    removed: Annotated[list[str], Meta(max_length=MOST_CHANGES)] = msgspec.field(default_factory=list)


class NamedEdit(ManifestEdit, kw_only=True):
    """The same, with the hash that the result is to have; the base may be a result that stands earlier in the list."""

    hash: str


class ManifestEdits(msgspec.Struct):
    """Manifests to make, one after the other."""

    manifests: Annotated[list[NamedEdit], Meta(max_length=MOST_AT_ONCE)]


class StoredManifests(msgspec.Struct):
    """How many of the manifests were not stored before; all are now."""

    created: int


@post(
    "/v1/manifests/delta",
    rate=CONTENT,
    errors=(storage.QuotaExceeded, storage.ManifestLost, storage.UnknownManifest, ManifestInvalid, Invalid),
)
async def upload_delta(call: Call, body: ManifestEdit) -> Created[StoredManifest] | Ok[StoredManifest]:
    """POST /v1/manifests/delta: store a manifest that differs from a stored one in a few entries (Ours)."""
    changes = changes_of(body)
    where = (call.rt.db, call.rt.blobs, call.caller.user_id)
    quota = call.rt.storage_limits.quota_bytes
    made = await asyncio.to_thread(storage.edit_manifest, *where, body.base_hash, changes, quota=quota)
    answer = StoredManifest(made.hash, made.created)
    return Created(answer) if made.created else Ok(answer)


@post(
    "/v1/manifests/batch",
    rate=CONTENT,
    errors=(
        storage.QuotaExceeded,
        storage.BatchTooLarge,
        storage.ManifestLost,
        storage.UnknownManifest,
        storage.BlobsMissing,
        storage.HashMismatch,
        ManifestInvalid,
        Invalid,
    ),
)
async def upload_batch(call: Call, body: ManifestEdits) -> StoredManifests:
    """POST /v1/manifests/batch: store many manifests, each by what differs from another; all of them or none (Ours)."""
    edits = [storage.NamedEdit(one.hash, one.base_hash, changes_of(one)) for one in body.manifests]
    where = (call.rt.db, call.rt.blobs, call.caller.user_id)
    quota = call.rt.storage_limits.quota_bytes
    return StoredManifests(await asyncio.to_thread(storage.edit_manifests, *where, edits, quota=quota))


class ManifestPair(msgspec.Struct):
    """Two stored manifests; a base that is null is the empty tree."""

    hash: str
    base_hash: str | None = None


class ManifestPairs(msgspec.Struct):
    """What to compare."""

    pairs: Annotated[list[ManifestPair], Meta(max_length=MOST_AT_ONCE)]


class ManifestDifference(msgspec.Struct):
    """Files and links that are new or other, and paths of those that are gone."""

    changed: list[ManifestEntry]
    removed: list[str]

    @classmethod
    def of(cls, found: Mapping[str, Entry | None]) -> Self:
        """Write a difference."""
        changed = [msgspec.convert(entry, ManifestEntry, from_attributes=True) for entry in found.values() if entry]
        return cls(changed, [path for path, entry in found.items() if entry is None])


class ManifestDifferences(msgspec.Struct):
    """What differs, for the first of the pairs: at least one, and all unless that would be too much for one answer."""

    differences: list[ManifestDifference]


@post("/v1/manifests/differences", rate=CONTENT, errors=(storage.UnknownManifest,))
def differences(call: Call, body: ManifestPairs) -> ManifestDifferences:
    """POST /v1/manifests/differences: what leads from one stored manifest to another, for many pairs (Ours)."""
    pairs = [(one.base_hash, one.hash) for one in body.pairs]
    found = storage.differences(call.tx, call.caller.user_id, pairs, most=MOST_DIFFERENCES)
    return ManifestDifferences([ManifestDifference.of(one) for one in found])


def changes_of(body: ManifestEdit) -> dict[str, Entry | None]:
    """Return the changes by path. Raises Invalid when a path is named twice, ManifestInvalid for an entry as such."""
    entries = manifest.read(msgspec.json.encode({"version": "1", "files": body.changed}))
    found: dict[str, Entry | None] = dict.fromkeys(body.removed)
    found |= {entry.path: entry for entry in entries}
    if len(found) < len(body.removed) + len(entries):
        raise Invalid.field("removed", "names a path twice, or one that is changed too")
    return found
