"""What differs between two trees, with the differing lines of text files."""

import os
from collections.abc import Callable, Iterable, Iterator

from asterism.base.errors import NotFound
from asterism.client.api import Api
from asterism.client.base import base_entries, changes_since
from asterism.client.clone import fetch_manifest
from asterism.client.models import Snapshot
from asterism.client.progress import Silent
from asterism.client.tree import read_tree
from asterism.client.workcopy.apply import at_work
from asterism.client.workcopy.state import State
from asterism.vcs.diff import Change, diff
from asterism.vcs.linediff import TooManyLines
from asterism.vcs.manifest import Entry, read
from asterism.vcs.text_diff import decode_text
from asterism.vcs.unified import compare

TEXT_BYTES = 1 << 20

Content = Callable[[Entry], bytes]


def edits(api: Api, state: State, *, threads: int) -> list[Change]:
    """Return what is edited in the working copy since its base."""
    with at_work(state):
        tree = read_tree(state, threads=threads, progress=Silent())
        base = state.bound().base
        if base is not None and tree.is_same_as(base.manifest_hash):
            return []
        changes = changes_since(tree, base, base_entries(api, state))
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


def stored_content(api: Api) -> Content:
    """Return a reader of contents that the server has."""

    def content(entry: Entry) -> bytes:
        try:
            with api.get_blob(entry.hash) as pieces:
                return b"".join(pieces)
        except NotFound:
            return b""

    return content


def local_content(top: str) -> Content:
    """Return a reader of contents of the working copy."""

    def content(entry: Entry) -> bytes:
        try:
            with open(os.path.join(top, entry.path), "rb") as file:
                return file.read()
        except OSError:
            return b""

    return content


def unified(changes: Iterable[Change], old: Content, new: Content) -> Iterator[str]:
    """Yield the changes as unified diffs, line by line without line ends."""
    for change in changes:
        yield from _one(change, old, new)


def _one(change: Change, old: Content, new: Content) -> Iterator[str]:
    before, after = f"a/{change.path}", f"b/{change.path}"
    if change.kind == "mode" and change.old and change.new:
        yield f"mode {change.old.mode:04o} -> {change.new.mode:04o} {change.path}"
        return
    sides = [_text(change.old, old), _text(change.new, new)]
    if sides[0] is None or sides[1] is None:
        yield f"Binary files {before} and {after} differ"
        return
    try:
        file = compare(change.path, None if change.old is None else sides[0], None if change.new is None else sides[1])
    except TooManyLines:
        yield f"Files {before} and {after} differ and are too large to compare"
        return
    if file.hunks:
        yield from file.render().removesuffix("\n").split("\n")
    else:
        yield f"{change.kind} {change.path} (no lines)"


def _text(entry: Entry | None, content: Content) -> bytes | None:
    """Return what a side holds as a text, None when it is not for reading."""
    if entry is None:
        return b""
    if entry.type == "symlink":
        return f"link to {entry.target}\n".encode()
    if entry.size > TEXT_BYTES:
        return None
    data = content(entry)
    return None if decode_text(data) is None else data
