"""Push: make the tree of a working copy a snapshot of its workspace, sending only what the server lacks.

The steps can be repeated at any point: contents are named by their hashes, the manifest too, and the snapshot's id
follows from what it says. So a push that was cut off is finished by pushing again.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from asterism.base.clock import Clock, SystemClock
from asterism.base.errors import Conflict, Invalid
from asterism.client.api import Api
from asterism.client.base import own_workspace, settled
from asterism.client.bind import Place, find_place, make_place, require_place
from asterism.client.errors import ChangedMeanwhile
from asterism.client.look import Look, looking
from asterism.client.models import Project, Snapshot, User, Workspace
from asterism.client.progress import Progress
from asterism.client.snapshot_id import short, snapshot_id, whole_second
from asterism.client.tree import Tree, read_tree
from asterism.client.upload import Source, are_few, find_missing, send, send_few
from asterism.client.workcopy.state import Base, Binding, State
from asterism.vcs.diff import equal_with_folders
from asterism.vcs.manifest import MAX_ENTRIES, TooManyEntries, read, sort_key

ROUNDS = 3
SUMMARY_CHARACTERS = 2000
MOST_CHANGES = 2000  # that are sent by themselves, instead of the whole manifest (Fastest 7.1)
SHARE = 10  # of the entries, one in so many at most


class HeadMoved(Conflict):
    """The workspace's head is not the snapshot that this folder is based on."""

    code = "HEAD_MOVED"


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push did. `created` is False when the tree was the workspace's head already.

    `overtook` is the head that a forced push replaced, None when there was nothing to replace.
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


@dataclass(frozen=True, slots=True)
class Wish:
    """How to push. Raises Invalid for a message that is too long.

    `project` is a name or an id; without it the binding decides, else the folder's name. `message` makes a snapshot
    even of an unchanged tree; `note` is the message of one that is only made of a changed tree. `force` replaces a head
    that this folder is not based on; `aside` moves no head at all; `rebind` lets the folder go to another project.
    """

    project: str | None = None
    message: str | None = None
    note: str | None = None
    force: bool = False
    aside: bool = False
    rebind: bool = False

    def __post_init__(self) -> None:
        if self.message is not None and len(self.message) > SUMMARY_CHARACTERS:
            raise Invalid(f"The message is longer than {SUMMARY_CHARACTERS} characters.")


def push(
    api: Api, top: str, wish: Wish | None = None, *, progress: Progress, threads: int = 4, clock: Clock | None = None
) -> Pushed:
    """Push the folder `top`.

    Raises HeadMoved, BoundAlready, BoundElsewhere, BadName, Unreadable, Busy, ChangedMeanwhile, and what `Api` raises.
    """
    with looking(State(top)) as begun:
        return push_seen(api, begun, wish or Wish(), progress=progress, threads=threads, clock=clock)


def push_seen(
    api: Api, begun: Look, wish: Wish, *, progress: Progress, threads: int, clock: Clock | None = None
) -> Pushed:
    """Push a working copy that the caller has locked, and begun to look at."""
    state = begun.state
    with _asking(api, state, wish, beside=not begun.may_fork) as target_of:  # a process with threads cannot be forked
        for attempt in range(ROUNDS):
            tree = read_tree(state, threads=threads, progress=progress, begun=begun if attempt == 0 else None)
            target = target_of()
            if tree.count > MAX_ENTRIES:
                raise TooManyEntries
            try:
                return _Push(api, state, tree, target, wish, progress, clock or SystemClock()).run()
            except ChangedMeanwhile:
                if attempt == ROUNDS - 1:
                    raise
    raise AssertionError("the last round returns or raises")


@dataclass(slots=True)
class _Target:
    place: Place
    base: Base | None
    author: User


@contextmanager
def _asking(api: Api, state: State, wish: Wish, *, beside: bool) -> Iterator[Callable[[], _Target]]:
    """Find out where to push to, now or `beside` what is done until the answer is asked for."""
    if not beside:
        target = _prelude(api, state, wish)
        yield lambda: target
        return
    with ThreadPoolExecutor(1) as other:
        yield other.submit(_prelude, api, state, wish).result


def _prelude(api: Api, state: State, wish: Wish) -> _Target:
    """Find out where to push to, and who pushes. Makes nothing."""
    author = api.me()
    binding = settled(api, state)
    if binding is None or wish.rebind:
        named = wish.project if wish.project is not None or binding is None else binding.project_name
        place = find_place(api, state.top, named)
        kept = binding is not None and place.project is not None and place.project.id == binding.project_id
        return _Target(place, binding.base if binding is not None and kept else None, author)
    require_place(binding, state.top, api.http.url, wish.project)
    workspace = own_workspace(api, binding)
    place = Place(binding.project_name, Project(binding.project_id, binding.project_name), workspace)
    return _Target(place, binding.base, author)


def keep_aside(api: Api, state: State, tree: Tree, note: str, progress: Progress) -> Pushed:
    """Make the tree a snapshot that follows the folder's base and moves no head. `state` is locked by the caller."""
    wish = Wish(note=note, aside=True)
    return _Push(api, state, tree, _prelude(api, state, wish), wish, progress, SystemClock()).run()


def send_manifest(api: Api, tree: Tree) -> None:
    """Store the tree's manifest: by what changed, where that is little and the server has what it is made from."""
    edit = tree.edit()
    few = edit is not None and 0 < len(edit[1]) <= min(MOST_CHANGES, tree.count // SHARE)
    if edit is not None and few and api.edit_manifest(*edit) == tree.manifest_hash:
        return
    api.put_manifest(tree.manifest_hash, tree.manifest)


class _Push:
    """One attempt: a tree that was read, on its way to one place."""

    def __init__(
        self, api: Api, state: State, tree: Tree, target: _Target, wish: Wish, progress: Progress, clock: Clock
    ) -> None:
        self._api = api
        self._state = state
        self._tree = tree
        self._target = target
        self._wish = wish
        self._progress = progress
        self._clock = clock
        self._sent = (0, 0)
        self._seen: dict[str, Snapshot] = {}
        workspace = target.place.workspace
        self._head = workspace.current_snapshot_id if workspace is not None else None

    def run(self) -> Pushed:
        """Push. Raises HeadMoved before anything is sent."""
        base, known = self._based_on(), self._unchanged()
        place, tree = self._target.place, self._tree
        if known is not None and place.project is not None and place.workspace is not None:
            project, workspace, snapshot, created = place.project, place.workspace, known, False
        else:
            self._send(self._target.base)
            send_manifest(self._api, tree)
            project, workspace = make_place(self._api, self._state.top, place)
            snapshot, created = self._register(project, workspace, base)
        if not snapshot.complete:  # the server lost or never had something that the base was taken to prove
            self._send(None)
            snapshot = self._api.snapshot(snapshot.id, project_id=project.id)
        if not self._wish.aside:
            self._remember(project, workspace, snapshot)
        overtook = self._head if created and self._head not in (None, base) else None
        return Pushed(
            project, workspace, snapshot, tree.manifest_hash, created, tree.count, *self._sent, overtook, tree.special
        )

    def _based_on(self) -> str | None:
        """Return the snapshot that the new one follows. Raises HeadMoved when it is not the head and that matters."""
        base = self._target.base
        own = base.snapshot_id if base is not None else None
        if self._head in (None, own) or self._wish.force or self._wish.aside:
            return own
        if self._is_the_tree_of(self._snapshot(self._head)):  # others made the very same edits
            return self._head
        raise _moved(self._target.place, self._head, own)

    def _unchanged(self) -> Snapshot | None:
        """Return the snapshot that holds this tree already, None when there is a new one to be made."""
        if self._wish.message:
            return None
        base = self._target.base
        holder = base.snapshot_id if base is not None and self._wish.aside else self._head
        if holder is None:
            return None
        if base is not None and base.snapshot_id == holder and self._tree.differs_from(base.manifest_hash):
            return None
        found = self._snapshot(holder)
        return found if self._is_the_tree_of(found) else None

    def _snapshot(self, snapshot: str) -> Snapshot:
        if snapshot not in self._seen:
            project = self._target.place.project
            self._seen[snapshot] = self._api.snapshot(snapshot, project_id=project.id if project else None)
        return self._seen[snapshot]

    def _is_the_tree_of(self, snapshot: Snapshot) -> bool:
        """Say whether a snapshot holds this tree, however its manifest is spelled (Fastest 0.9, 7.2)."""
        differs = self._tree.differs_from(snapshot.manifest_hash)
        if differs is not None:
            return not differs
        base = Base(snapshot.id, snapshot.manifest_hash)
        data = self._state.base_manifest(base) or self._api.get_manifest(snapshot.manifest_hash)
        return equal_with_folders(read(data), self._tree.entries())

    def _register(self, project: Project, workspace: Workspace, base: str | None) -> tuple[Snapshot, bool]:
        parents: Sequence[str] = [base] if base else []
        author = self._target.author
        name, email = (author.name or "")[:255], author.email[:255]
        created_at = whole_second(self._clock.now())
        body = {
            "snapshot_id": snapshot_id(self._tree.manifest_hash, parents, name, email, created_at),
            "manifest_hash": self._tree.manifest_hash,
            "parent_snapshot_ids": parents,
            "source": "cli",
            "author_name": name,
            "author_email": email,
            "created_at": created_at,
        }
        if not self._wish.aside:
            body |= {"workspace_id": workspace.id, "expected_head": self._head or ""}
            self._note(project, workspace, str(body["snapshot_id"]))
        if summary := self._wish.message or self._wish.note:
            body["summary"] = summary
        try:
            return self._api.register_snapshot(project.id, body)
        except Conflict as error:
            if error.code == HeadMoved.code:
                raise _moved(self._target.place, None, base) from error
            raise

    def _note(self, project: Project, workspace: Workspace, snapshot: str) -> None:
        """Note what is about to be registered, for `settled`."""
        binding = Binding(self._api.http.url, project.id, project.name, workspace.id, workspace.name, self._target.base)
        binding.head, binding.pushing = self._head, Base(snapshot, self._tree.manifest_hash)
        self._state.save(binding)

    def _remember(self, project: Project, workspace: Workspace, snapshot: Snapshot) -> None:
        base, known = Base(snapshot.id, snapshot.manifest_hash), self._target.base
        same = snapshot.manifest_hash == self._tree.manifest_hash
        if known is None or known.manifest_hash != base.manifest_hash:
            data = self._tree.manifest if same else self._api.get_manifest(base.manifest_hash)
            self._state.keep_manifest(data)
        binding = Binding(self._api.http.url, project.id, project.name, workspace.id, workspace.name)
        binding.base, binding.head = base, snapshot.id
        self._state.save(binding)
        if same:
            self._tree.remember(self._state)

    def _send(self, known: Base | None) -> None:
        count, size = send_content(self._api, self._state, self._tree, known, self._progress)
        self._sent = self._sent[0] + count, self._sent[1] + size


def _moved(place: Place, head: str | None, base: str | None) -> HeadMoved:
    name = place.workspace.name if place.workspace is not None else "main"
    now = f" is at {short(head)} now" if head is not None else " moved just now"
    if base is None:
        return HeadMoved(
            f"The workspace {name!r}{now}, and this folder is based on no snapshot of it.",
            hint="Bind the folder with `asterism init` and join the two with `asterism pull`, then push; or replace "
            "what is there with `asterism push --force`.",
            details={"head": head, "base": base},
        )
    return HeadMoved(
        f"The workspace {name!r}{now}; this folder is based on {short(base)}.",
        hint="Take it in with `asterism pull`, then push again; or replace it with `asterism push --force`.",
        details={"head": head, "base": base},
    )


def send_content(api: Api, state: State, tree: Tree, known: Base | None, progress: Progress) -> tuple[int, int]:
    """Send the contents that the server lacks; returns how many were new there and how many bytes.

    A few small ones are sent without asking which these are.
    """
    sources = _candidates(state, tree, known)
    if are_few(sources.values()):
        return send_few(api, sources.values(), progress)
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
