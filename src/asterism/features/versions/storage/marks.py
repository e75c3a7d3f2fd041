"""Finding out what is in use: every blob and folder record that some root manifest leads to.

Roots are read completely, whatever the size of a collection; one that cannot be read makes it unsafe. Memory is
bounded by the blobs examined in one call plus one short name per distinct folder.
"""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field

from asterism.features.versions.storage import store, sweep_store
from asterism.features.versions.storage.collection_models import Roots
from asterism.features.versions.storage.errors import CollectionUnsafe
from asterism.features.versions.storage.keys import manifest_key
from asterism.features.versions.storage.models import MEBIBYTE
from asterism.kernel.blobs import Blobs, ObjectMissing
from asterism.kernel.db import RowDict, Tx
from asterism.vcs.content import hash_bytes
from asterism.vcs.tree import decode

LOADED_AT_ONCE = 400
REREAD_BYTES = 256 * MEBIBYTE
"""Up to so many bytes of root manifests are read again and hashed; beyond that only their size is checked."""


@dataclass(slots=True)
class Marks:
    """What was marked: the root manifests, and the folder records below them (as raw bytes, to save memory)."""

    roots: set[str] = field(default_factory=set)
    trees: set[bytes] = field(default_factory=set)


def find_roots(
    tx: Tx, user_id: str, sources: Sequence[Roots], young_after: str, orphans: Set[str] | None = None
) -> dict[str, RowDict]:
    """Return the stored manifests that must be kept, by hash. Raises CollectionUnsafe when one has vanished.

    Once `orphans` are known, every other one is kept, also one that came too late to be seen among them and whose time
    says otherwise: it was stamped before it was committed.
    """
    named = {name for source in sources if source.manifests for name in source.manifests(tx, user_id)}
    stored = {row["hash"]: row for row in sweep_store.all_manifests(tx, user_id)}
    vanished = sorted(named - stored.keys())
    if vanished:
        raise CollectionUnsafe(vanished)
    named |= {name for source in sources if source.maybe for name in source.maybe(tx, user_id)}
    named |= set() if orphans is None else stored.keys() - orphans
    return {name: row for name, row in stored.items() if name in named or row["touched_at"] > young_after}


def held_blobs(tx: Tx, user_id: str, sources: Sequence[Roots]) -> set[str]:
    """Return the blobs that features refer to by themselves."""
    return {name for source in sources if source.blobs for name in source.blobs(tx, user_id)}


def check_readable(blobs: Blobs, user_id: str, roots: Iterable[RowDict]) -> None:
    """Raise CollectionUnsafe when the object of a root manifest that has one is missing or not what it was."""
    left = REREAD_BYTES
    bad: list[str] = []
    for row in roots:
        if not row["object_id"]:
            continue  # its bytes are its records, which `mark` reads
        key = manifest_key(user_id, row["hash"], row["object_id"])
        left -= row["size"]
        try:
            good = hash_bytes(blobs.get(key)) == row["hash"] if left >= 0 else blobs.size(key) == row["size"]
        except ObjectMissing:
            good = False
        if not good:
            bad.append(row["hash"])
    if bad:
        raise CollectionUnsafe(bad)


def mark(tx: Tx, user_id: str, roots: dict[str, RowDict], marks: Marks, candidates: set[str]) -> None:
    """Follow the roots that are not marked yet; what they name is taken out of `candidates`.

    Raises CollectionUnsafe when a folder record is missing or damaged.
    """
    fresh = [name for name in roots if name not in marks.roots]
    waiting = {roots[name]["root"] for name in fresh}
    while waiting:
        part = [waiting.pop() for _ in range(min(LOADED_AT_ONCE, len(waiting)))]
        part = [name for name in part if bytes.fromhex(name) not in marks.trees]
        marks.trees.update(map(bytes.fromhex, part))
        try:
            records = store.tree_records(tx, user_id, part)
        except KeyError as error:
            raise CollectionUnsafe(sorted(fresh)) from error
        for name, record in records.items():
            if hash_bytes(record) != name:
                raise CollectionUnsafe(sorted(fresh))
            for node in decode(record):
                if node.type == "dir":
                    waiting.add(node.hash)
                elif node.type == "file":
                    candidates.discard(node.hash)
    marks.roots.update(fresh)
