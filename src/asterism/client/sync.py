"""Sync: merge another workspace into this folder's one on the server, and bring the folder to the result.

First everything is looked at: the folder's edits on top of its workspace's head, as a tree that the server plans with
(ADR 0105), and the answers of the person. Only when nothing is open the folder goes to the head, its edits are pushed,
the server merges, and the folder goes to the merge. Each of these steps is whole, so a sync that was cut off is
finished by syncing again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from asterism.base.errors import Conflict, DomainError
from asterism.client.api import Api
from asterism.client.base import base_entries, changes_since, own_workspace, settled, writable
from asterism.client.clone import fetch_manifest
from asterism.client.join import Decide, MergeConflicts, Target, join
from asterism.client.look import Look
from asterism.client.models import SyncConflict, SyncPreview
from asterism.client.move import steps_to
from asterism.client.progress import Progress
from asterism.client.projects import find_workspace
from asterism.client.pull import Pulled, pull_held
from asterism.client.push import Wish, push_seen, send_content, send_manifest
from asterism.client.revisions import head_of
from asterism.client.tree import Tree, read_tree
from asterism.client.workcopy.apply import at_work
from asterism.client.workcopy.state import State
from asterism.vcs.content import hash_bytes
from asterism.vcs.diff import diff
from asterism.vcs.manifest import Entry, encode
from asterism.vcs.merge import USE_MAIN, USE_WORKSPACE

ROUNDS = 3
Answer = str | bytes
"""The id of an option (`use_main`, `use_workspace`), or content of a person's own."""

Settle = Callable[[Sequence[SyncConflict]], Mapping[str, Answer]]
"""Answers conflicts with the other workspace, by path; paths that it leaves out stay open."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a sync.

    `source` is the workspace to merge (default: main). `settle` answers conflicts with it, `decide` those between the
    folder's edits and the head of its own workspace. With `dry_run` nothing is changed.
    """

    settle: Settle
    decide: Decide
    source: str | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Synced:
    """What a sync did, or would do: `done` says which.

    The snapshot is the workspace's head. `open` are conflicts that nobody answered; while there are any, nothing was
    changed. `with_head` says that they are with the head of the folder's own workspace. `changed` are the paths that
    changed on disk, `pushed` and `saved` the snapshots that the folder's edits went into.
    """

    snapshot_id: str | None
    manifest_hash: str | None
    summary: str
    added: int = 0
    updated: int = 0
    deleted: int = 0
    done: bool = False
    open: list[SyncConflict] = field(default_factory=list)
    with_head: bool = False
    changed: list[str] = field(default_factory=list)
    pushed: str | None = None
    saved: str | None = None
    source_moved: bool = False


def sync(api: Api, state: State, asked: Asked, *, threads: int, progress: Progress) -> Synced:
    """Merge the source into the workspace of the folder, edits of the folder included, and bring the folder there.

    Raises Conflict when the source is the workspace itself, Obstructed before anything changes, EditedMeanwhile, Busy,
    Unreadable, and what `Api` raises.
    """
    with at_work(state):
        settled(api, state)
        answers = _Answers(asked.settle)
        for attempt in range(ROUNDS):
            try:
                return _Sync(api, state, asked, answers, threads, progress).run()
            except DomainError as error:
                if error.code not in _MOVED or attempt == ROUNDS - 1:
                    raise
    raise AssertionError("the last round returns or raises")


_MOVED = frozenset({"CONCURRENT_MODIFICATION", "HEAD_MOVED", "PREVIEW_EXPIRED", "MISSING_DECISIONS"})


class _Answers:
    """Answers that were given, so that a sync which has to begin again does not ask twice about the same contents."""

    def __init__(self, settle: Settle) -> None:
        self._settle = settle
        self._given: dict[tuple[str | None, ...], Answer] = {}

    def to(self, conflicts: Sequence[SyncConflict]) -> dict[str, Answer]:
        """Return the answers to conflicts, by path, as far as there are any."""
        new = [one for one in conflicts if _key(one) not in self._given]
        found = self._settle(new) if new else {}
        self._given |= {_key(one): found[one.path] for one in new if one.path in found}
        return {one.path: self._given[_key(one)] for one in conflicts if _key(one) in self._given}


def _key(conflict: SyncConflict) -> tuple[str | None, ...]:
    return conflict.path, conflict.kind, conflict.base_hash, conflict.main_hash, conflict.workspace_hash


@dataclass(frozen=True, slots=True)
class _Look:
    """What the folder would push now. `entries` are its tree, brought to the head; `edited` says that it differs."""

    tree: Tree
    entries: Sequence[Entry]
    contents: Mapping[str, bytes]
    behind: bool
    edited: bool


class _Sync:
    """One attempt."""

    def __init__(
        self, api: Api, state: State, asked: Asked, answers: _Answers, threads: int, progress: Progress
    ) -> None:
        self._api = api
        self._state = state
        self._asked = asked
        self._answers = answers
        self._threads = threads
        self._progress = progress
        self._place = own_workspace(api, state.bound())
        self._source = self._find_source()

    def run(self) -> Synced:
        """Sync. Raises a DomainError of `_MOVED` when somebody else was faster."""
        try:
            look = self._look()
        except MergeConflicts as error:
            conflicts = [SyncConflict(one.path, one.kind, conflict_reason=one.reason) for one in error.open]
            return self._standing("", open=conflicts, with_head=True)
        preview = self._prepare(look)
        answers = self._answers.to(preview.decisions_needed)
        left = [one for one in preview.decisions_needed if one.path not in answers]
        if left or self._asked.dry_run:
            return self._planned(preview, answers, left)
        steps_to(self._state, look.tree, _expected(look.entries, preview, answers))
        pulled = self._pull() if look.behind else None
        if preview.is_empty and preview.source_snapshot_id in preview.base_snapshot_ids:
            self._require_unmoved()
            return self._standing(preview.summary, done=True, changed=pulled.changed if pulled else [])
        pushed = self._push(look)
        if pushed is not None:
            preview = self._api.prepare_sync(self._place.id, self._source, None)
            answers = self._answers.to(preview.decisions_needed)
        return self._execute(preview, answers, pushed)

    def _find_source(self) -> str | None:
        """Return the id of the workspace to merge, None for main. Raises Conflict when it is the folder's own."""
        place, wanted = self._place, self._asked.source
        if wanted is None:
            if place.is_main:
                raise Conflict(
                    f"This folder works in {place.name!r}, the project's main workspace.",
                    hint="Name the workspace whose work is to come here: `asterism sync --from WORKSPACE`.",
                )
            return None
        source = find_workspace(self._api, place.project_id, wanted)
        if source.id == place.id:
            raise Conflict(
                f"This folder works in {place.name!r} itself.",
                hint="`asterism pull` brings it to its workspace's head; `asterism workspace` lists the others.",
            )
        return source.id

    def _look(self) -> _Look:
        api, state, place = self._api, self._state, self._place
        binding = state.bound()
        tree = read_tree(state, threads=self._threads, progress=self._progress)
        base = base_entries(api, state)
        edits = changes_since(tree, binding.base, base)
        if place.current_snapshot_id is None:
            return _Look(tree, tree.entries(), {}, behind=False, edited=True)
        if binding.base is not None and binding.base.snapshot_id == place.current_snapshot_id:
            return _Look(tree, tree.entries(), {}, behind=False, edited=bool(edits))
        target = writable(fetch_manifest(api, head_of(api, place)))
        joined = join(api, state, tree, base, edits, Target(place.name, target), self._asked.decide)
        return _Look(tree, joined.entries, joined.contents, behind=True, edited=bool(diff(target, joined.entries)))

    def _prepare(self, look: _Look) -> SyncPreview:
        """Have the server plan with the folder's tree. Of that only content is sent, which no snapshot names yet."""
        if not look.edited:
            return self._api.prepare_sync(self._place.id, self._source, None)
        send_content(self._api, self._state, look.tree, self._state.bound().base, self._progress)
        for blob in self._api.missing_blobs(list(look.contents)) if look.contents else ():
            self._put(blob, look.contents[blob])
        if not look.behind:
            send_manifest(self._api, look.tree)
            return self._api.prepare_sync(self._place.id, self._source, look.tree.manifest_hash)
        data = encode(look.entries)
        self._api.put_manifest(hash_bytes(data), data)
        return self._api.prepare_sync(self._place.id, self._source, hash_bytes(data))

    def _push(self, look: _Look) -> str | None:
        if not look.edited:
            return None
        note = f"Edits before a sync with {self._asked.source or 'main'}"
        with Look(self._state) as begun:
            pushed = push_seen(self._api, begun, Wish(note=note), progress=self._progress, threads=self._threads)
        return pushed.snapshot.id

    def _pull(self) -> Pulled:
        return pull_held(self._api, self._state, self._asked.decide, threads=self._threads, progress=self._progress)

    def _execute(self, preview: SyncPreview, answers: Mapping[str, Answer], pushed: str | None) -> Synced:
        decisions = {path: self._decision(answer) for path, answer in answers.items()}
        done = self._api.execute_sync(self._place.id, preview.id, decisions)
        pulled = self._pull()
        return Synced(
            done.snapshot_id,
            done.manifest_hash,
            preview.summary,
            done.files_added,
            done.files_updated,
            done.files_deleted,
            done=True,
            changed=pulled.changed,
            pushed=pushed,
            saved=pulled.saved,
            source_moved=done.source_moved,
        )

    def _decision(self, answer: Answer) -> object:
        if isinstance(answer, str):
            return answer
        self._put(hash_bytes(answer), answer)
        return {"blob_hash": hash_bytes(answer)}

    def _put(self, blob: str, content: bytes) -> None:
        self._api.put_blob(blob, lambda: [content], len(content))

    def _require_unmoved(self) -> None:
        """Raise Conflict when the workspace's head moved since it was looked at.

        A merge that an ended command had asked for may have been made meanwhile: then nothing is left to merge, but the
        folder is not there yet.
        """
        if own_workspace(self._api, self._state.bound()).current_snapshot_id != self._place.current_snapshot_id:
            raise Conflict("The workspace moved during the sync.", code="HEAD_MOVED", hint="Sync again.")

    def _planned(self, preview: SyncPreview, answers: Mapping[str, Answer], left: list[SyncConflict]) -> Synced:
        if not self._asked.dry_run:
            return self._standing(preview.summary, open=left)
        kept = sum(answer == USE_WORKSPACE for answer in answers.values())
        added, updated, deleted = preview.files_to_add, preview.files_to_update - kept, preview.files_to_delete
        summary = preview.summary
        if answers and not left:  # what the server calls open is decided
            summary = (
                f"Would merge {self._asked.source or 'main'}: {added} added, {updated} updated, {deleted} deleted. "
                f"Conflicts: {len(answers) - kept} settled for the other side, {kept} for this workspace."
            )
        return self._standing(summary, added=added, updated=updated, deleted=deleted, open=left)

    def _standing(self, summary: str, **more: Any) -> Synced:
        """Say where the workspace stands, which no merge has changed."""
        return Synced(self._place.current_snapshot_id, self._place.current_manifest_hash, summary, **more)


def _expected(entries: Sequence[Entry], preview: SyncPreview, answers: Mapping[str, Answer]) -> list[Entry]:
    """Return about the tree that the folder will be brought to: every path that it may have is there."""
    found = {entry.path: entry for entry in entries}
    for action in preview.auto_actions:
        if action.action == "delete":
            found.pop(action.path, None)
        else:
            found.setdefault(action.path, Entry(type="file", path=action.path))
    for conflict in preview.decisions_needed:
        if conflict.main_hash and answers.get(conflict.path) == USE_MAIN:
            found.setdefault(conflict.path, Entry(type="file", path=conflict.path))
    return list(found.values())
