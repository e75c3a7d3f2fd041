"""Clone: make a folder that holds a snapshot, and bind it to the snapshot's workspace."""

import os
from dataclasses import dataclass

from asterism.base.errors import Conflict, Invalid, NotFound
from asterism.client.api import Api
from asterism.client.errors import Corrupt
from asterism.client.look import with_parents
from asterism.client.models import Project, Snapshot, Workspace
from asterism.client.progress import Progress
from asterism.client.projects import find_project, find_workspace, get_project, main_workspace
from asterism.client.receiving import receive
from asterism.client.revisions import find_snapshot, head_of
from asterism.client.snapshot_id import snapshot_id
from asterism.client.workcopy.state import FOLDER, Base, Binding, State
from asterism.kernel.workcopy.statcache import empty
from asterism.kernel.workcopy.walk import look
from asterism.kernel.workcopy.writer import Writer, writable_here
from asterism.vcs.content import hash_bytes, is_hash
from asterism.vcs.manifest import EMPTY, EMPTY_MANIFEST_HASH, Entry, encode, read


class InTheWay(Conflict):
    """The folder to clone into holds something already."""

    code = "IN_THE_WAY"


@dataclass(frozen=True, slots=True)
class Cloned:
    """What a clone made. `snapshot` is None when the workspace has none yet; `skipped` were not written (`.git`).

    `verified` is False when the snapshot's id looks content-addressed and does not follow from what it says.
    """

    top: str
    project: Project
    workspace: Workspace
    snapshot: Snapshot | None
    manifest_hash: str
    files: int
    skipped: list[str]
    verified: bool


def clone(
    api: Api, project_name: str, folder: str | None, *, snapshot: str | None = None, progress: Progress
) -> Cloned:
    """Clone the project of that name or id, `PROJECT:WORKSPACE` for another workspace than its main one.

    `snapshot` (whatever `find_snapshot` takes) picks another one than the workspace's head. Where no workspace is
    named, the folder is bound to the one that the snapshot belongs to. Raises NotFound, Ambiguous, InTheWay, Busy,
    Corrupt, and what `Api` raises.
    """
    project, workspace = _find_place(api, project_name)
    named = workspace is not None
    workspace = workspace or main_workspace(api, project)
    if workspace is None:
        raise NotFound(f"The project {project.name!r} has no workspace yet.", hint="Push something to it first.")
    if snapshot is not None:
        found: Snapshot | None = find_snapshot(api, project.id, workspace.id, snapshot)
        workspace = workspace if named or found is None else _home(api, found, workspace)
    else:
        found = head_of(api, workspace) if workspace.current_snapshot_id is not None else None
    top = os.path.abspath(folder or _folder_name(project.name))
    base = Base(found.id, found.manifest_hash) if found else None
    state = _claim(top, project.id)
    with state.locked():
        _take_up(state, base)
        binding = Binding(api.http.url, project.id, project.name, workspace.id, workspace.name, cloning=base)
        state.save(binding)
        entries, skipped = _write(api, state, found, progress)
        binding.base, binding.cloning = base, None
        binding.head = workspace.current_snapshot_id
        state.save(binding)
        state.drop_incoming()
    manifest_hash = base.manifest_hash if base else EMPTY_MANIFEST_HASH
    verified = found is None or id_is_right(found)
    return Cloned(top, project, workspace, found, manifest_hash, len(entries), skipped, verified)


def _find_place(api: Api, name: str) -> tuple[Project, Workspace | None]:
    """Return the project and, where the name holds one after a colon, the workspace. Raises NotFound or Ambiguous."""
    project_name, colon, workspace_name = name.rpartition(":")
    whole = find_project(api, name)
    if whole is not None or not colon:
        return whole or get_project(api, name), None
    project = get_project(api, project_name)
    return project, find_workspace(api, project.id, workspace_name)


def _home(api: Api, snapshot: Snapshot, main: Workspace) -> Workspace:
    """Return the workspace that a snapshot is the head of (main first), else the one it was made in, else main."""
    if main.current_snapshot_id == snapshot.id:
        return main
    workspaces = api.workspaces(snapshot.project_id)
    heads = [workspace for workspace in workspaces if workspace.current_snapshot_id == snapshot.id]
    own = [workspace for workspace in workspaces if workspace.id == snapshot.workspace_id]
    return min(heads, key=lambda workspace: workspace.id, default=own[0] if own else main)


def _folder_name(name: str) -> str:
    if name in (".", "..") or "/" in name or "\\" in name or "\0" in name or len(name.encode()) > 200:
        raise Invalid(f"The project's name {name!r} is no name for a folder.", hint="Say which folder to clone into.")
    return name


def _claim(top: str, project_id: str) -> State:
    """Make the folder; one that holds a clone of the same project that was cut off will do. Raises InTheWay."""
    state = State(top)
    try:
        os.makedirs(top, exist_ok=True)
        names = os.listdir(top)
    except OSError as error:
        raise InTheWay(f"{top} cannot be used as a folder: {error.strerror}.") from error
    if not names:
        return state
    binding = state.binding() if FOLDER in names else None
    if binding is None and names != [FOLDER]:
        raise InTheWay(f"{top} is not empty.", hint="Clone into another folder, or empty this one.")
    if binding is not None and (binding.project_id != project_id or binding.cloning is None):
        raise InTheWay(f"{top} is a working copy already.", hint="Use `asterism pull` there, or clone elsewhere.")
    return state


def _take_up(state: State, base: Base | None) -> None:
    """Prepare to go on with a clone that was cut off: keep what it wrote, if it wrote the same snapshot."""
    before = state.binding()
    if before is None or before.cloning is None or before.cloning != base:
        state.drop_incoming()
        return
    incoming = state.incoming()
    for name in os.listdir(state.top):
        if name != FOLDER:  # it was cut off between the renames of `Writer.finish`
            os.rename(os.path.join(state.top, name), os.path.join(incoming, name))


def _write(api: Api, state: State, found: Snapshot | None, progress: Progress) -> tuple[list[Entry], list[str]]:
    data = fetch_manifest(api, found) if found else EMPTY
    everything = read(data)
    entries = [entry for entry in everything if writable_here(entry)]
    skipped = [entry.path for entry in everything if not writable_here(entry)]
    writer = Writer(state.incoming(), entries)
    writer.make_folders()
    receive(api, writer, progress)
    writer.finish(state.top)
    state.keep_manifest(data)
    scan = look(state.top, empty(), lambda: with_parents(entries), written=writer.written)
    exact = found is not None and not scan.pending and encode(scan.entries()) == data
    state.save_cache(scan.as_cache(found.manifest_hash if found is not None and exact else ""))
    return entries, skipped


def fetch_manifest(api: Api, snapshot: Snapshot) -> bytes:
    """Return the manifest of a snapshot, checked against its hash. Raises Corrupt."""
    data = api.get_manifest(snapshot.manifest_hash)
    if hash_bytes(data) != snapshot.manifest_hash:
        raise Corrupt(f"The server sent other bytes than those of manifest {snapshot.manifest_hash}.")
    return data


def id_is_right(snapshot: Snapshot) -> bool:
    """Say whether a content-addressed id is the hash of what the snapshot says; other ids prove nothing and pass."""
    if not is_hash(snapshot.id):
        return True
    expected = snapshot_id(
        snapshot.manifest_hash,
        snapshot.parent_snapshot_ids,
        snapshot.author_name,
        snapshot.author_email,
        snapshot.created_at,
    )
    return expected == snapshot.id
