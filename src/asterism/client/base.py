"""What a working copy is based on, and what is edited since."""

from collections.abc import Sequence

from asterism.base.errors import NotFound
from asterism.client.api import Api
from asterism.client.models import Workspace
from asterism.client.servers import same_server
from asterism.client.tree import Tree
from asterism.client.workcopy.state import Base, Binding, State
from asterism.kernel.workcopy.writer import writable_here
from asterism.vcs.diff import Change, diff
from asterism.vcs.manifest import Entry, read


def settled(api: Api, state: State) -> Binding | None:
    """Return where the folder belongs. A push whose answer never came counts when the server took it all the same."""
    binding = state.binding()
    if binding is None or binding.pushing is None or not same_server(binding.server, api.http.url):
        return binding
    try:
        found = api.snapshot(binding.pushing.snapshot_id, project_id=binding.project_id)
        state.keep_manifest(api.get_manifest(found.manifest_hash))
        binding.base, binding.head = binding.pushing, found.id
    except NotFound:
        pass
    binding.pushing = None
    state.save(binding)
    return binding


def own_workspace(api: Api, binding: Binding) -> Workspace:
    """Return the workspace that a folder works in. Raises NotFound, saying what to do, when it is gone."""
    try:
        return api.workspace(binding.workspace_id)
    except NotFound:
        raise NotFound(
            f"The workspace {binding.workspace_name!r} of {binding.project_name!r}, where this folder works, is gone.",
            hint="Go to another one with `asterism workspace switch`, or bind the folder anew with `init --rebind`.",
        ) from None


def base_manifest(api: Api, state: State, base: Base) -> bytes:
    """Return the manifest of the base; fetched, and then kept, when it is not here."""
    data = state.base_manifest(base)
    if data is None:
        data = api.get_manifest(base.manifest_hash)
        state.keep_manifest(data)
    return data


def base_entries(api: Api, state: State) -> list[Entry]:
    """Return the entries of the snapshot that the working copy was last equal to, none when it is at none."""
    base = state.bound().base
    return [] if base is None else read(base_manifest(api, state, base))


def changes_since(tree: Tree, base: Base | None, entries: Sequence[Entry]) -> list[Change]:
    """Return what is edited since the base."""
    if base is not None and tree.is_same_as(base.manifest_hash):
        return []
    return diff([entry for entry in entries if writable_here(entry)], tree.entries())


def writable(data: bytes) -> list[Entry]:
    """Return the entries of a manifest that may be written to a disk here."""
    return [entry for entry in read(data) if writable_here(entry)]


def within(path: str, places: Sequence[str]) -> bool:
    """Say whether a path is one of `places` or lies below one; `""` is the top."""
    return any(place == "" or path == place or path.startswith(f"{place}/") for place in places)
