"""Turn the tree on disk into another one, so that it can be cut off at any moment and nothing is ever lost.

New contents are staged in the state folder first. Then a journal is written that holds every step; from there on the
change is certain: whoever comes next finishes it (`finish_unfinished`). Each file changes in one rename, from its old
content to its new one. A step whose path no longer holds what it is meant to replace is left out and reported: somebody
edited it meanwhile. Paths are followed folder by folder without following links.
"""

import errno
import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

import msgspec

from asterism.base.errors import Conflict
from asterism.client.progress import Progress, Silent
from asterism.client.workcopy.plan import Step
from asterism.client.workcopy.state import Base, State
from asterism.client.workcopy.uninterrupted import uninterrupted
from asterism.kernel.workcopy.statcache import sign
from asterism.vcs.content import hash_chunks

MANIFEST = "manifest"
_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class Obstructed(Conflict):
    """Files that are not versioned stand where versioned ones have to go."""

    code = "OBSTRUCTED"


class EditedMeanwhile(Conflict):
    """Some paths were edited while the tree was changed; they were left as they are."""

    code = "EDITED_MEANWHILE"


class Journal(msgspec.Struct, frozen=True):
    """A change under way: the snapshot that the tree will be based on, and the steps that lead there.

    `workspace` is the id and the name of the one that the folder goes to, None when it stays where it is.
    """

    base: Base
    head: str | None
    steps: list[Step]
    workspace: tuple[str, str] | None = None


def obstacles(top: str, steps: list[Step], known: Mapping[str, object]) -> list[str]:
    """Return the paths where a step would meet something that is not versioned; `known` holds the versioned ones."""
    found = []
    removed = {step.path for step in steps if step.kind in ("remove", "leave_folder")}
    for step in steps:
        if step.kind not in ("place", "link", "make_folder") or step.path in known:
            continue
        try:
            status = os.lstat(os.path.join(top, step.path))
        except (FileNotFoundError, NotADirectoryError):
            above = step.path.rpartition("/")[0]
            blocked = _blocked(top, above, known, removed)
            if blocked:
                found.append(blocked)
            continue
        if not (step.kind == "make_folder" and stat.S_ISDIR(status.st_mode)):
            found.append(step.path)
    found += _left_behind(top, steps, known)
    return sorted(set(found))


def _left_behind(top: str, steps: list[Step], known: Mapping[str, object]) -> Iterator[str]:
    """Yield what is not versioned inside folders that have to make room for a file or link."""
    taken = {step.path for step in steps if step.kind in ("place", "link")}
    for step in steps:
        if step.kind == "leave_folder" and step.path in taken:
            for root, folders, files in os.walk(os.path.join(top, step.path)):
                inside = os.path.relpath(root, top).replace(os.sep, "/")
                yield from (path for name in folders + files if (path := f"{inside}/{name}") not in known)


def _blocked(top: str, folder: str, known: Mapping[str, object], removed: set[str]) -> str | None:
    """Return the first thing on the way down to `folder` that is neither a folder nor about to be removed."""
    parts = folder.split("/") if folder else []
    for depth in range(1, len(parts) + 1):
        path = "/".join(parts[:depth])
        with suppress(FileNotFoundError, NotADirectoryError):
            if not stat.S_ISDIR(os.lstat(os.path.join(top, path)).st_mode) and path not in removed:
                return None if path in known else path
    return None


@contextmanager
def at_work(state: State) -> Iterator[None]:
    """Hold the working copy and finish what an earlier command could not. Raises Busy, EditedMeanwhile."""
    with state.locked():
        skipped = finish_unfinished(state)
        if skipped:
            raise left_alone(skipped)
        yield


def left_alone(paths: list[str]) -> EditedMeanwhile:
    """Say which paths were not changed because somebody else changed them meanwhile."""
    shown = ", ".join(paths[:5]) + (" ..." if len(paths) > 5 else "")
    return EditedMeanwhile(f"Edited meanwhile and left as they are: {shown}", hint="`asterism status` shows them.")


def carry_out(state: State, journal: Journal, manifest: bytes, progress: Progress) -> list[str]:
    """Take the steps; returns the paths that were left alone. An interrupt waits until the tree is the new one.

    Every staged file must be in `state.incoming()`, named by its number. `progress` hears of each step.
    """
    with uninterrupted():
        begin(state, journal, manifest)
        return _finish(state, progress) or []


def begin(state: State, journal: Journal, manifest: bytes) -> None:
    """Make the change certain."""
    with open(os.path.join(state.incoming(), MANIFEST), "wb") as file:
        file.write(manifest)
    state.write_journal(msgspec.json.encode(journal))


def finish_unfinished(state: State) -> list[str] | None:
    """Take the steps of the journal that are left; returns paths that were left alone, None when there is no journal.

    Safe to call again after it was cut off; an interrupt waits.
    """
    with uninterrupted():
        return _finish(state, Silent())


def _finish(state: State, progress: Progress) -> list[str] | None:
    data = state.read_journal()
    if data is None:
        return None
    journal = msgspec.json.decode(data, type=Journal)
    with _Walker(state.top, state.incoming()) as walker:
        skipped = list(_skipped(walker, journal.steps, progress))
    with suppress(FileNotFoundError), open(os.path.join(state.incoming(), MANIFEST), "rb") as file:
        state.keep_manifest(file.read())
    binding = state.bound()
    binding.base, binding.head = journal.base, journal.head
    if journal.workspace is not None:
        binding.workspace_id, binding.workspace_name = journal.workspace
    state.save(binding)
    state.drop_journal()
    state.drop_incoming()
    return skipped


def _skipped(walker: "_Walker", steps: list[Step], progress: Progress) -> Iterator[str]:
    """Take the steps and yield the paths of those that could not be taken."""
    progress.start("Changing", len(steps), items=True)
    for step in steps:
        if not walker.take(step):
            yield step.path
        progress.advance(1)
    progress.finish()


class _Walker:
    """Takes steps below `top`, holding the folder of the last step open."""

    def __init__(self, top: str, staging: str) -> None:
        self._staging = staging
        self._top = os.open(top, _FOLDER_FLAGS)
        self._folder = ""
        self._handle = self._top

    def __enter__(self) -> "_Walker":
        return self

    def __exit__(self, *_: object) -> None:
        self._leave()
        os.close(self._top)

    def take(self, step: Step) -> bool:
        """Take a step, or find that it was taken; False when something else is in its place, which then stays."""
        folder, _, name = step.path.rpartition("/")
        try:
            self._enter(folder)
        except OSError:  # the folder is gone or is no folder: what was to be removed is, the rest can't be done
            return step.kind in ("remove", "leave_folder")
        try:
            return bool(getattr(self, f"_{step.kind}")(step, name))
        except OSError:
            return False

    def _remove(self, step: Step, name: str) -> bool:
        found = self._signature(name)
        if found is None or self._is_folder(name):  # taken before, and maybe the folder that follows it as well
            return True
        if not self._is_as_before(step, name, found):
            return False
        os.unlink(name, dir_fd=self._handle)
        return True

    def _leave_folder(self, _step: Step, name: str) -> bool:
        with suppress(OSError):  # not empty: what is left is not versioned
            os.rmdir(name, dir_fd=self._handle)
        return True

    def _make_folder(self, step: Step, name: str) -> bool:
        try:
            os.mkdir(name, 0o755, dir_fd=self._handle)
        except FileExistsError:
            status = os.stat(name, dir_fd=self._handle, follow_symlinks=False)
            if not stat.S_ISDIR(status.st_mode):
                return False
        self._set_folder_mode(name, step.mode)
        return True

    def _place(self, step: Step, name: str) -> bool:
        staged = os.path.join(self._staging, str(step.staged))
        if not os.path.lexists(staged):
            return True  # taken before it was cut off
        if not self._is_as_before(step, name, self._signature(name)):
            return False
        try:
            os.rename(staged, name, dst_dir_fd=self._handle)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            self._place_across(staged, name, step)
        return True

    def _place_across(self, staged: str, name: str, step: Step) -> None:
        """Put a staged file into a folder that lies on another file system: copied beside its place, then renamed."""
        scratch = f".asterism-{step.staged}.new"
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        with (
            open(staged, "rb") as source,
            _closing(os.open(scratch, flags, step.mode, dir_fd=self._handle)) as handle,
            os.fdopen(os.dup(handle), "wb") as copy,
        ):
            shutil.copyfileobj(source, copy, 1 << 20)
            os.fchmod(handle, step.mode)
        os.rename(scratch, name, src_dir_fd=self._handle, dst_dir_fd=self._handle)
        os.unlink(staged)

    def _link(self, step: Step, name: str) -> bool:
        found = self._signature(name)
        if found is not None and self._is_link_to(name, step.target):
            return True
        if not self._is_as_before(step, name, found):
            return False
        scratch = os.path.join(self._staging, "link")
        with suppress(FileNotFoundError):
            os.unlink(scratch)
        os.symlink(step.target, scratch)
        os.rename(scratch, name, dst_dir_fd=self._handle)
        return True

    def _mode(self, step: Step, name: str) -> bool:
        status = os.stat(name, dir_fd=self._handle, follow_symlinks=False)
        if stat.S_ISDIR(status.st_mode):
            self._set_folder_mode(name, step.mode)
        elif stat.S_ISREG(status.st_mode):
            handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=self._handle)
            with _closing(handle):
                os.fchmod(handle, step.mode)
        return True

    def _set_folder_mode(self, name: str, mode: int) -> None:
        with _closing(os.open(name, _FOLDER_FLAGS, dir_fd=self._handle)) as handle:
            os.fchmod(handle, mode | 0o700)

    def _is_folder(self, name: str) -> bool:
        return stat.S_ISDIR(os.stat(name, dir_fd=self._handle, follow_symlinks=False).st_mode)

    def _is_link_to(self, name: str, target: str) -> bool:
        try:
            return os.readlink(name, dir_fd=self._handle) == target
        except OSError:
            return False

    def _is_as_before(self, step: Step, name: str, found: str | None) -> bool:
        """Say whether at a path is what the step is meant to replace, whatever else was done to it meanwhile."""
        if (found or "") == step.before:
            return True
        if found is None or not step.before:
            return False
        if self._is_link_to(name, step.held):
            return True
        try:
            handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=self._handle)
        except OSError:
            return False
        with _closing(handle):
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return False
            return hash_chunks(iter(lambda: os.read(handle, 1 << 20), b""))[0] == step.held

    def _signature(self, name: str) -> str | None:
        try:
            return sign(os.stat(name, dir_fd=self._handle, follow_symlinks=False)).hex()
        except FileNotFoundError:
            return None

    def _enter(self, folder: str) -> None:
        """Open `folder` part by part. Raises OSError when a part is missing or is a link."""
        if folder == self._folder and (folder == "" or self._handle != self._top):
            return
        self._leave()
        handle = self._top
        for part in folder.split("/") if folder else []:
            try:
                deeper = os.open(part, _FOLDER_FLAGS, dir_fd=handle)
            finally:
                if handle != self._top:
                    os.close(handle)
            handle = deeper
        self._folder, self._handle = folder, handle

    def _leave(self) -> None:
        if self._handle != self._top:
            os.close(self._handle)
        self._folder, self._handle = "", self._top


@contextmanager
def _closing(handle: int) -> Iterator[int]:
    try:
        yield handle
    finally:
        os.close(handle)
