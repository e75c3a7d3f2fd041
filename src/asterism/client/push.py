"""Push: make the tree of a working copy a snapshot of its workspace, sending only what the server lacks.

The steps can be repeated at any point: contents are named by their hashes, the manifest too, and the snapshot's id
follows from what it says. So a push that was cut off is finished by pushing again.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from asterism.base.clock import Clock, SystemClock
from asterism.base.errors import Invalid
from asterism.client.api import Api
from asterism.client.bind import resolve
from asterism.client.errors import ChangedMeanwhile
from asterism.client.models import Project, Snapshot, User, Workspace
from asterism.client.progress import Progress
from asterism.client.snapshot_id import snapshot_id, whole_second
from asterism.client.tree import Tree, read_tree
from asterism.client.upload import Source, find_missing, send
from asterism.client.workcopy.apply import at_work
from asterism.client.workcopy.state import Base, Binding, State
from asterism.vcs.manifest import MAX_ENTRIES, TooManyEntries, read, sort_key

ROUNDS = 3
SUMMARY_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push did. `created` is False when the tree was the workspace's head already.

    `overtook` is the head that others had made since this working copy was last in step, None when nobody had.
    """

    project: Project
    workspace: Workspace
    snapshot: Snapshot
    manifest_hash: str
    created: bool
    files: int
    sent_blobs: int
    sent_bytes: int
    overtook: str | None
    special: list[str]


def push(
    api: Api,
    top: str,
    *,
    project: str | None = None,
    message: str | None = None,
    note: str | None = None,
    progress: Progress,
    threads: int = 4,
    clock: Clock | None = None,
) -> Pushed:
    """Push the folder `top`. `project` is a name or an id; without it the binding decides, else the folder's name.

    `message` makes a snapshot even of an unchanged tree; `note` is the message of a snapshot that is only made of a
    changed one.

    Raises BadName, Unreadable, Busy, ChangedMeanwhile, and what `Api` raises.
    """
    if message is not None and len(message) > SUMMARY_CHARACTERS:
        raise Invalid(f"The message is longer than {SUMMARY_CHARACTERS} characters.")
    state = State(top)
    with at_work(state), ThreadPoolExecutor(1) as aside:
        asking = aside.submit(_prelude, api, state, project)
        for attempt in range(ROUNDS):
            tree = read_tree(state, threads=threads, progress=progress)
            target = asking.result()
            if tree.count > MAX_ENTRIES:
                raise TooManyEntries
            try:
                return _store(api, state, tree, target, (message, note), progress, clock or SystemClock())
            except ChangedMeanwhile:
                if attempt == ROUNDS - 1:
                    raise
    raise AssertionError("the last round returns or raises")


@dataclass(slots=True)
class _Target:
    project: Project
    workspace: Workspace
    base: Base | None
    seen_head: str | None
    author: User


def _prelude(api: Api, state: State, name: str | None) -> _Target:
    """Find out where to push to, and who pushes, while the tree is being read; makes what does not exist."""
    author = api.me()
    binding = state.binding()
    if binding is not None and binding.server == api.http.url and (name is None or _is(binding, name)):
        workspace = api.workspace(binding.workspace_id)
        return _Target(Project(binding.project_id, binding.project_name), workspace, binding.base, binding.head, author)
    project, workspace = resolve(api, state.top, name or (binding.project_name if binding is not None else None))
    return _Target(project, workspace, None, None, author)


def _is(binding: Binding, name: str) -> bool:
    return name in (binding.project_id, binding.project_name)


def _store(
    api: Api,
    state: State,
    tree: Tree,
    target: _Target,
    words: tuple[str | None, str | None],
    progress: Progress,
    clock: Clock,
) -> Pushed:
    workspace = target.workspace
    message, note = words
    binding = Binding(api.http.url, target.project.id, target.project.name, workspace.id, workspace.name, target.base)
    state.save(binding)
    head = workspace.current_snapshot_id
    known = target.base
    created, blobs, size = False, 0, 0
    if known is not None and known.snapshot_id == head and known.manifest_hash == tree.manifest_hash and not message:
        snapshot = api.snapshot(known.snapshot_id, project_id=target.project.id)
    else:
        blobs, size = _send_content(api, state, tree, known, progress)
        api.put_manifest(tree.manifest_hash, tree.manifest)
        snapshot, created = _register(api, tree, target, message or note, clock)
    if not snapshot.complete:  # the server lost or never had something that the base was taken to prove
        more = _send_content(api, state, tree, None, progress)
        blobs, size = blobs + more[0], size + more[1]
        snapshot = api.snapshot(snapshot.id, project_id=target.project.id)
    binding.base, binding.head = Base(snapshot.id, tree.manifest_hash), snapshot.id
    if known is None or known.manifest_hash != tree.manifest_hash:
        state.keep_manifest(tree.manifest)
    state.save(binding)
    tree.remember(state)
    overtook = head if known is not None and head not in (None, target.seen_head, known.snapshot_id) else None
    return Pushed(
        target.project,
        workspace,
        snapshot,
        tree.manifest_hash,
        created,
        tree.count,
        blobs,
        size,
        overtook,
        tree.special,
    )


def _register(api: Api, tree: Tree, target: _Target, message: str | None, clock: Clock) -> tuple[Snapshot, bool]:
    head = target.workspace.current_snapshot_id
    parents: Sequence[str] = [head] if head else []
    name, email = (target.author.name or "")[:255], target.author.email[:255]
    created_at = whole_second(clock.now())
    body = {
        "snapshot_id": snapshot_id(tree.manifest_hash, parents, name, email, created_at),
        "manifest_hash": tree.manifest_hash,
        "parent_snapshot_ids": parents,
        "workspace_id": target.workspace.id,
        "source": "cli",
        "author_name": name,
        "author_email": email,
        "created_at": created_at,
    }
    if message:
        body["summary"] = message
    return api.register_snapshot(target.project.id, body)


def _send_content(api: Api, state: State, tree: Tree, known: Base | None, progress: Progress) -> tuple[int, int]:
    """Send the contents that the server lacks; returns how many and how many bytes."""
    sources = _candidates(state, tree, known)
    missing = find_missing(api, list(sources))
    chosen = [source for blob, source in sources.items() if blob in missing]
    if not chosen:
        return 0, 0
    progress.start("Sending", sum(source.size for source in chosen))
    try:
        return len(chosen), send(api, chosen, progress)
    finally:
        progress.finish()


def _candidates(state: State, tree: Tree, known: Base | None) -> dict[str, Source]:
    """Return the contents of the tree that the base does not prove to be stored, by hash."""
    entries = tree.files_since(known.manifest_hash) if known is not None else None
    if entries is None:
        old = state.base_manifest(known) if known is not None else None
        stored = {entry.hash for entry in read(old)} if old is not None else set()
        entries = [entry for entry in tree.entries() if entry.type == "file" and entry.hash not in stored]
    entries.sort(key=sort_key)  # what is fetched together later is then stored together
    return {entry.hash: Source(entry.hash, entry.size, os.path.join(state.top, entry.path)) for entry in entries}
