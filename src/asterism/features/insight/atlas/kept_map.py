"""The map that is kept of a project, in the database and in the memory of this process."""

from asterism.features.insight.atlas import store
from asterism.features.insight.atlas.maps import Maps, Prepared
from asterism.features.insight.atlas.models import Graph, Source
from asterism.kernel.db import Tx


def kept(maps: Maps, project_id: str) -> Prepared | None:
    """Return the kept map of a project, None before its first index. Blocks."""
    with maps.db.read() as tx:
        found = store.find_index(tx, project_id)
    return None if found is None else maps.prepared(_key(project_id, *found), lambda: _load(maps, project_id))


def replace(tx: Tx, maps: Maps, project_id: str, source: Source, made: Prepared) -> None:
    """Make this the kept map of a project; the process has it at hand once that is committed."""
    at = store.replace_index(tx, project_id, source, made.graph)
    tx.after_commit(lambda: maps.keep(_key(project_id, source, at), made))


def _key(project_id: str, source: Source, at: str) -> tuple[str, ...]:
    return project_id, str(source.manifest_hash), at


def _load(maps: Maps, project_id: str) -> Graph:
    with maps.db.read() as tx:
        return store.graph_of(tx, project_id)
