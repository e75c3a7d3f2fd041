"""Use cases over folder records: comparing two manifests as trees."""

from collections.abc import Mapping, Sequence

from asterism.features.versions.storage import store
from asterism.features.versions.storage.errors import UnknownManifest
from asterism.features.versions.storage.manifests import manifest
from asterism.features.versions.storage.records import loader
from asterism.kernel.db import Tx
from asterism.vcs import tree_diff
from asterism.vcs.diff import Change
from asterism.vcs.manifest import Entry
from asterism.vcs.tree import Load, entry_of
from asterism.vcs.tree_diff import same_tree, tree_changes


def changes(tx: Tx, user_id: str, old: str | None, new: str | None) -> list[Change]:
    """Return what differs between two stored manifests, by path; None is the empty tree. Raises UnknownManifest."""
    return tree_changes(_root(tx, user_id, old), _root(tx, user_id, new), loader(tx, user_id))


def differences(
    tx: Tx, user_id: str, pairs: Sequence[tuple[str | None, str]], *, most: int
) -> list[dict[str, Entry | None]]:
    """Return for pairs of stored manifests which files and links lead from the first to the second, None for gone ones.

    A first one that is None is the empty tree. Answers the first pairs only, at least one, when those come to `most`
    paths. Raises UnknownManifest.
    """
    named = store.manifests_named(tx, user_id, list({name for pair in pairs for name in pair if name is not None}))
    records: dict[str, bytes] = {}

    def load(names: Sequence[str]) -> Mapping[str, bytes]:
        records.update(store.tree_records(tx, user_id, [name for name in names if name not in records]))
        return records

    found: list[dict[str, Entry | None]] = []
    count = 0
    for old, new in pairs:
        if count >= most:
            break
        if new not in named or (old is not None and old not in named):
            raise UnknownManifest
        found.append(_difference(None if old is None else named[old].root, named[new].root, load))
        count += len(found[-1])
    return found


def _difference(old: str | None, new: str, load: Load) -> dict[str, Entry | None]:
    found: dict[str, Entry | None] = {}
    for path, one, other in tree_diff.differing(old, new, load):
        if other is not None and other.type != "dir":
            found[path] = entry_of(other, path)
        elif one is not None and one.type != "dir":
            found[path] = None
    return found


def unchanged_paths(tx: Tx, user_id: str, one: str, other: str, *, most: int) -> list[str]:
    """Return the first paths at which two stored manifests are equal, in byte order. Raises UnknownManifest."""
    return tree_diff.unchanged_paths(_root(tx, user_id, one), _root(tx, user_id, other), loader(tx, user_id), most)


def equal(tx: Tx, user_id: str, old: str | None, new: str | None) -> bool:
    """Say whether two stored manifests are the same tree (Fastest 0.9). Raises UnknownManifest."""
    return old == new or same_tree(_root(tx, user_id, old), _root(tx, user_id, new), loader(tx, user_id))


def _root(tx: Tx, user_id: str, manifest_hash: str | None) -> str | None:
    return None if manifest_hash is None else manifest(tx, user_id, manifest_hash).root
