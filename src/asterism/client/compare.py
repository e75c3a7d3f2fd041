"""What differs between two trees."""

from asterism.client.api import Api
from asterism.client.base import base_entries, changes_since
from asterism.client.clone import fetch_manifest
from asterism.client.look import Look, looking_if_touched
from asterism.client.models import Snapshot
from asterism.client.progress import Silent
from asterism.client.tree import read_tree
from asterism.client.workcopy.apply import at_work
from asterism.client.workcopy.state import State
from asterism.vcs.diff import Change, diff
from asterism.vcs.manifest import read


def edits(api: Api, state: State, *, threads: int) -> list[Change]:
    """Return what is edited in the working copy since its base."""
    with looking_if_touched(state) as begun:
        return edits_seen(api, begun, threads=threads) if begun is not None else []


def edits_seen(api: Api, begun: Look, *, threads: int) -> list[Change]:
    """Return what a look at a working copy finds edited since its base."""
    state = begun.state
    base = state.bound().base
    tree = read_tree(state, threads=threads, progress=Silent(), begun=begun)
    if base is not None and tree.is_same_as(base.manifest_hash):
        return []
    known = tree.changes_since(base.manifest_hash) if base is not None else None
    changes = changes_since(tree, base, base_entries(api, state)) if known is None else known
    tree.remember_if_costly(state)
    return changes


def edits_against(api: Api, state: State, snapshot: Snapshot, *, threads: int) -> list[Change]:
    """Return what leads from a snapshot to the working copy."""
    with at_work(state):
        tree = read_tree(state, threads=threads, progress=Silent())
        return diff(read(fetch_manifest(api, snapshot)), tree.entries())


def between(api: Api, one: Snapshot, other: Snapshot) -> list[Change]:
    """Return what leads from one snapshot to another."""
    if one.manifest_hash == other.manifest_hash:
        return []
    return diff(read(fetch_manifest(api, one)), read(fetch_manifest(api, other)))
