"""Use cases over folder records: comparing two manifests as trees."""

from collections.abc import Mapping, Sequence

from asterism.features.versions.storage import store
from asterism.features.versions.storage.manifests import manifest
from asterism.kernel.db import Tx
from asterism.vcs import tree_diff
from asterism.vcs.diff import Change
from asterism.vcs.tree import Load
from asterism.vcs.tree_diff import same_tree, tree_changes


def loader(tx: Tx, user_id: str) -> Load:
    """Return what fetches a user's folder records."""

    def load(names: Sequence[str]) -> Mapping[str, bytes]:
        return store.tree_records(tx, user_id, names)

    return load


def changes(tx: Tx, user_id: str, old: str | None, new: str | None) -> list[Change]:
    """Return what differs between two stored manifests, by path; None is the empty tree. Raises UnknownManifest."""
    return tree_changes(_root(tx, user_id, old), _root(tx, user_id, new), loader(tx, user_id))


def unchanged_paths(tx: Tx, user_id: str, one: str, other: str, *, most: int) -> list[str]:
    """Return the first paths at which two stored manifests are equal, in byte order. Raises UnknownManifest."""
    return tree_diff.unchanged_paths(_root(tx, user_id, one), _root(tx, user_id, other), loader(tx, user_id), most)


def equal(tx: Tx, user_id: str, old: str | None, new: str | None) -> bool:
    """Say whether two stored manifests are the same tree (Fastest 0.9). Raises UnknownManifest."""
    return old == new or same_tree(_root(tx, user_id, old), _root(tx, user_id, new), loader(tx, user_id))


def _root(tx: Tx, user_id: str, manifest_hash: str | None) -> str | None:
    return None if manifest_hash is None else manifest(tx, user_id, manifest_hash).root
