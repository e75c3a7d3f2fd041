"""The working copies of this server: opened for a turn, collected after it, and taken away.

Each has a folder of its own in the data folder: `tree`, which the agent works in, and beside it what is known of it.
A copy belongs to one turn and is never shared. Everything here blocks: on an event loop it runs in a thread.
"""

import re
import threading
from collections.abc import Container, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import msgspec
import structlog

from asterism.base.clock import Clock, shift, stamp
from asterism.features.accounts.identity import Caller
from asterism.features.versions import storage, sync, workspaces
from asterism.features.versions.workcopies.changes import Counted, count
from asterism.features.versions.workcopies.checkout import write_tree
from asterism.features.versions.workcopies.errors import CopyExists, UnknownCopy
from asterism.features.versions.workcopies.intake import Intake
from asterism.features.versions.workcopies.ledger import Ledger
from asterism.features.versions.workcopies.models import KEPT_SECONDS, About, Checked, Collected, Settled, WorkingCopy
from asterism.features.versions.workcopies.notes import left_out, odd_names
from asterism.features.versions.workcopies.policy import POLICY
from asterism.features.versions.workcopies.settlement import settle
from asterism.features.versions.workcopies.state import CopyState
from asterism.kernel.blobs import Blobs, translate
from asterism.kernel.db import Database
from asterism.kernel.workcopy.removal import remove_tree
from asterism.kernel.workcopy.statcache import Cache, empty, load, save
from asterism.kernel.workcopy.walk import look
from asterism.vcs.linediff import MAX_BYTES
from asterism.vcs.manifest import EMPTY, EMPTY_MANIFEST_HASH, MAX_ENTRIES, Entry, read

TREE, CACHE, ABOUT = "tree", "cache", "about.json"
NEW = ".new"

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
MAX_COUNTED = 1000
COUNTED_AT_ONCE = 50
log = structlog.get_logger("asterism.workcopies")


class WorkingCopies:
    """All working copies of one data folder."""

    def __init__(
        self,
        db: Database,
        blobs: Blobs,
        folder: Path,
        limits: storage.Limits,
        clock: Clock,
        *,
        most_files: int = MAX_ENTRIES,
    ) -> None:
        self._db, self._blobs, self._folder, self.limits, self._clock = db, blobs, folder, limits, clock
        self._most_files = most_files
        self._states: dict[str, CopyState] = {}
        self._guard = threading.Lock()

    def open(
        self, caller: Caller, workspace_id: str, copy_id: str, *, tree: str | None = None, folder: Path | None = None
    ) -> WorkingCopy:
        """Check the workspace's working tree, or `tree`, out into a private folder (empty when there is no tree).

        `copy_id` names the turn (letters, digits, `-`, `_`). `folder` is an empty one that becomes the tree, since
        somebody holds it already; one that cannot is left alone. Raises UnknownWorkspace, CopyExists, BlobsMissing,
        ManifestLost, Unavailable (the disk is full) or CannotWrite; then nothing is left behind.
        """
        place = self._place(copy_id)
        if place.exists():
            raise CopyExists
        with self._db.read() as tx:
            workspace, project = workspaces.workspace_and_project(tx, caller, workspace_id)
            start = tree or workspaces.working_manifest(tx, project, workspace)
            if start is not None:
                storage.require_complete(tx, project.owner_user_id, start)
            about = About(project.owner_user_id, project.id, workspace.id, start, tx.now())
        data = self._start(about)
        new = place.with_name(copy_id + NEW)
        try:
            cache, ledger = self._check_out(about, data, new, folder)
            new.rename(place)
        except BaseException as error:
            remove_tree(new)
            if isinstance(error, OSError):
                raise translate(error) from error
            raise
        state = CopyState(place / TREE, data, cache, ledger, self._most_files)
        state.watch_all()
        with self._guard:
            self._states[copy_id] = state
        return WorkingCopy(copy_id, place / TREE, about)

    def _start(self, about: About) -> bytes:
        if about.start is None:
            return EMPTY
        with self._db.read() as tx:
            return storage.manifest_bytes(tx, self._blobs, about.user_id, about.start)

    def _check_out(self, about: About, data: bytes, new: Path, folder: Path | None) -> tuple[Cache, Ledger]:
        """Write the tree and what is known of it below `new`."""
        remove_tree(new)
        tree = new / TREE
        new.mkdir(parents=True, mode=0o700)
        if folder is None or not _renamed(folder, tree):
            tree.mkdir(mode=0o700)
        ledger = Ledger(read(data))
        written = write_tree(self._db, self._blobs, about.user_id, ledger.on_disk(), tree, new / "staging")
        scan = look(str(tree), empty(), ledger.tracked, policy=POLICY, written=written)
        cache = scan.as_cache("")
        save(str(new / CACHE), cache)
        (new / ABOUT).write_bytes(msgspec.json.encode(about))
        return cache, ledger

    def find(self, copy_id: str) -> WorkingCopy:
        """Return a copy that is there, perhaps since before a restart. Raises UnknownCopy."""
        place = self._place(copy_id)
        try:
            about = msgspec.json.decode((place / ABOUT).read_bytes(), type=About)
        except (OSError, msgspec.MsgspecError) as error:
            raise UnknownCopy from error
        return WorkingCopy(copy_id, place / TREE, about)

    def collect(self, copy: WorkingCopy) -> Collected:
        """Store what a copy holds now; nobody works in it any more. Repeating it is harmless.

        Raises CopyGone, TooManyFiles, Unreadable, QuotaExceeded, UnknownManifest or Unavailable; the copy stays.
        """
        state = self._state(copy)
        with state.lock:
            state.take_in(self._intake(copy), everything=True)
            tree = self._store_tree(copy, state)
            counted = self._count(copy, state.ledger.differing())
            warnings = left_out(copy.folder, state.special) + odd_names(one.change for one in counted)
        return Collected(tree, tuple(one.change for one in counted), tuple(warnings), sum(one.size for one in counted))

    def checkpoint(self, copy: WorkingCopy) -> Checked | None:
        """Store what a copy holds at this moment, None when that is what it held at the last checkpoint (or start).

        Its agent may be at work. Only folders in which something happened are looked at, as far as the system tells.
        Raises as `collect` does.
        """
        state = self._state(copy)
        with state.lock:
            state.take_in(self._intake(copy), everything=False)
            pairs = state.ledger.differing(state.marked)
            if not pairs:
                return None
            previous = state.marked_tree or copy.about.start
            tree = self._store_tree(copy, state) or EMPTY_MANIFEST_HASH
            state.marked, state.marked_tree = dict(state.ledger.changes()), tree
        return Checked(tree, previous, tuple(one.change for one in self._count(copy, pairs)))

    def _store_tree(self, copy: WorkingCopy, state: CopyState) -> str | None:
        changes = state.ledger.changes() if state.ledger.differing() else {}
        if not changes and copy.about.start is None:
            return None
        start, (name, data, delta) = copy.about.start, state.manifest(changes)
        if name != start:
            where, quota = (self._db, self._blobs, copy.about.user_id), self.limits.quota_bytes
            edited = None if start is None or delta is None else (start, delta)
            storage.store_manifest(*where, name, data, quota=quota, edited=edited)
        return name

    def _count(self, copy: WorkingCopy, pairs: Sequence[tuple[Entry | None, Entry | None]]) -> list[Counted]:
        """Describe every change; lines are counted in the first thousand."""
        contents = sync.Contents(self._db, self._blobs, copy.about.user_id)
        found: list[Counted] = []
        for at in range(0, min(len(pairs), MAX_COUNTED), COUNTED_AT_ONCE):
            part = pairs[at : at + COUNTED_AT_ONCE]
            sides = [side for pair in part for side in pair if side is not None and side.type == "file"]
            texts = contents.read([side.hash for side in sides if side.size <= MAX_BYTES])
            found += [count(old, new, texts) for old, new in part]
        return found + [count(old, new, {}) for old, new in pairs[MAX_COUNTED:]]

    def settle(self, copy: WorkingCopy, collected: Collected, caller: Caller) -> Settled:
        """Bring what was collected into the workspace, merged with what others did meanwhile (Fastest 8.6).

        Raises UnknownWorkspace, WorkspaceKeepsMoving, BlobsMissing, QuotaExceeded or Unavailable; the copy stays.
        """
        return settle(self._db, self._blobs, caller, copy.about, collected, quota=self.limits.quota_bytes)

    def keep(self, copy: WorkingCopy) -> WorkingCopy:
        """Keep a copy that could not be collected or settled for 24 hours, to be tried again. Raises Unavailable."""
        about = msgspec.structs.replace(copy.about, kept_since=copy.about.kept_since or stamp(self._clock.now()))
        self._forget(copy.id)
        path = self._place(copy.id) / ABOUT
        try:
            new = path.with_name("about.new")
            new.write_bytes(msgspec.json.encode(about))
            new.rename(path)
        except OSError as error:
            raise translate(error) from error
        return replace(copy, about=about)

    def kept(self, workspace_id: str | None = None) -> list[WorkingCopy]:
        """Return the copies (of a workspace) that wait to be tried again, oldest first."""
        found = [copy for copy in self._all() if copy.about.kept_since is not None]
        mine = [copy for copy in found if workspace_id in (None, copy.about.workspace_id)]
        return sorted(mine, key=lambda copy: copy.about.kept_since or "")

    def close(self, copy: WorkingCopy) -> None:
        """Take a copy away; one that is gone already is no error."""
        self._forget(copy.id)
        try:
            remove_tree(self._place(copy.id))
        except OSError as error:  # swept later
            log.warning("a working copy could not be removed", copy=copy.id, error=str(error))

    def sweep(self, wanted: Container[str]) -> list[str]:
        """Take away what nobody waits for: half-made copies, and those neither `wanted` nor kept for a retry.

        Kept ones go after 24 hours. Return the names of those that went. At start, before anything is opened, and as a
        job (then `wanted` holds the turns that run or wait).
        """
        gone = []
        with self._guard:
            live = set(self._states)
        before = shift(stamp(self._clock.now()), seconds=-KEPT_SECONDS)
        for place in list(self._folder.iterdir()) if self._folder.is_dir() else []:
            if place.name in wanted or place.name in live or place.name.removesuffix(NEW) in wanted:
                continue
            try:
                kept_since = self.find(place.name).about.kept_since
            except UnknownCopy:
                kept_since = None
            if kept_since is None or kept_since <= before:
                gone.append(place.name)
                with suppress(OSError):
                    remove_tree(place)
        return gone

    def _all(self) -> list[WorkingCopy]:
        found = []
        for place in sorted(self._folder.iterdir()) if self._folder.is_dir() else []:
            with suppress(UnknownCopy):
                found.append(self.find(place.name))
        return found

    def _place(self, copy_id: str) -> Path:
        if not _ID.match(copy_id.removesuffix(NEW)):
            raise UnknownCopy
        return self._folder / copy_id

    def _state(self, copy: WorkingCopy) -> CopyState:
        with self._guard:
            state = self._states.get(copy.id)
        if state is None:
            cache, data = load(str(self._place(copy.id) / CACHE)), self._start(copy.about)
            state = CopyState(copy.folder, data, cache, Ledger(read(data)), self._most_files)
            with self._guard:
                state = self._states.setdefault(copy.id, state)
        return state

    def _forget(self, copy_id: str) -> None:
        with self._guard:
            state = self._states.pop(copy_id, None)
        if state is not None:
            state.close()

    def _intake(self, copy: WorkingCopy) -> Intake:
        return Intake(self._db, self._blobs, copy.about.user_id, self.limits)


def _renamed(folder: Path, tree: Path) -> bool:
    """Make an empty folder the tree, if it is one and lies on the same file system."""
    with suppress(OSError):
        if not any(folder.iterdir()):
            folder.rename(tree)
            return True
    return False
