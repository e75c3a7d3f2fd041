"""Use cases of memory documents."""

from collections.abc import Sequence
from typing import Literal

from asterism.base.clock import parse, shift
from asterism.base.errors import Invalid, TooLarge
from asterism.features.accounts.identity import Caller
from asterism.features.talk import retrieval
from asterism.features.talk.memory import store
from asterism.features.talk.memory.errors import MemoryConflict, UnknownVersion
from asterism.features.talk.memory.models import KEPT_DAYS, KEPT_VERSIONS, MAX_BYTES, Document, Found, Place, Version
from asterism.features.versions import projects, workspaces
from asterism.kernel.db import Tx

MAX_QUERY = 2_000
MAX_RESULTS = 50
DAY = 24 * 3600


def place_of_project(tx: Tx, caller: Caller, project_id: str) -> Place:
    """Return where a project's document is. Raises UnknownProject."""
    project = projects.get_project(tx, caller, project_id)
    return Place(project.owner_user_id, project.id, None, project.created_at)


def place_of_workspace(tx: Tx, caller: Caller, workspace_id: str) -> Place:
    """Return where a workspace's document is. Raises UnknownWorkspace."""
    workspace, project = workspaces.workspace_and_project(tx, caller, workspace_id)
    return Place(project.owner_user_id, project.id, workspace.id, workspace.created_at)


def read(tx: Tx, place: Place) -> Document:
    """Return the document; one never written is empty and as old as its place. Makes nothing."""
    return store.document(tx, place.id) or Document("", place.born_at, 0)


def hold(tx: Tx, place: Place) -> None:
    """Hold the document until the transaction ends: what is read from now on is what `write` replaces."""
    store.lock(tx, place)


def write(
    tx: Tx,
    place: Place,
    content: str,
    *,
    expected_updated_at: str | None = None,
    source: Literal["user", "proposal"] = "user",
    run_id: str | None = None,
    proposal_id: str | None = None,
) -> Document:
    """Replace the document, keep the version and rebuild the index, all or nothing.

    Raises TooLarge, Invalid when `expected_updated_at` is no time, MemoryConflict when it is not the current one.
    """
    size = len(content.encode())
    if size > MAX_BYTES:
        raise TooLarge.bytes(MAX_BYTES, "The document")
    _check_time(expected_updated_at)
    store.lock(tx, place)
    current = read(tx, place)
    if expected_updated_at is not None and expected_updated_at != current.updated_at:
        raise MemoryConflict(current.updated_at)
    at = max(tx.now(), shift(current.updated_at, seconds=0.001))
    new = Document(content, at, current.version + 1)
    store.save(tx, place, new, Version(new.version, at, size, source, run_id, proposal_id, content))
    store.prune(tx, place.id, new.version - KEPT_VERSIONS, shift(tx.now(), seconds=-KEPT_DAYS * DAY))
    of = retrieval.Source("memory", place.id, place.owner_user_id, place.project_id, place.workspace_id)
    retrieval.index(tx, of, content, updated_at=at)
    return new


def list_versions(tx: Tx, place: Place, limit: int) -> Sequence[Version]:
    """Return the newest versions, newest first, without their content."""
    return store.versions(tx, place.id, limit)


def get_version(tx: Tx, place: Place, number: str) -> Version:
    """Return one version with its content. Raises UnknownVersion, also when the number is none."""
    digits = number.isascii() and number.isdigit() and len(number) < 10
    found = store.version(tx, place.id, int(number)) if digits else None
    if found is None:
        raise UnknownVersion
    return found


def search(
    tx: Tx, caller: Caller, project_id: str, query: str, *, workspace_id: str | None = None, limit: int = 5
) -> list[Found]:
    """Find chunks of the project's memory and its workspaces' (or that one's). Raises UnknownProject, Invalid."""
    if not query.strip() or len(query) > MAX_QUERY:
        raise Invalid.field("query", f"must have 1 to {MAX_QUERY} characters and not be blank")
    project = projects.get_project(tx, caller, project_id)
    sources = None
    if workspace_id is not None:
        if workspaces.find_in_project(tx, caller, project, workspace_id) is None:
            raise Invalid.field("workspace_id", "is not a workspace of this project")
        sources = [project.id, workspace_id]
    hits = retrieval.search(tx, retrieval.Scope(caller.user_id, project.id, memory="*", sources=sources), query)
    alive = {workspace.id for workspace in workspaces.list_workspaces(tx, caller, project)}
    found = [hit for hit in hits if hit.chunk.workspace_id is None or hit.chunk.workspace_id in alive]
    return [_found(hit) for hit in found[:limit]]


def search_limit(given: int | None) -> int:
    """Return how many results a search gives: 5 unless said, 50 at most. Raises Invalid below 1."""
    if given is None:
        return 5
    if given < 1:
        raise Invalid.field("limit", "must be an integer of at least 1")
    return min(given, MAX_RESULTS)


def _found(hit: retrieval.Hit) -> Found:
    chunk = hit.chunk
    scope: Literal["project", "workspace"] = "workspace" if chunk.workspace_id else "project"
    return Found(chunk.id, scope, chunk.workspace_id, chunk.heading, chunk.text, hit.score, chunk.updated_at)


def _check_time(text: str | None) -> None:
    if text is None:
        return
    try:
        parse(text)
    except ValueError:
        raise Invalid.field("expected_updated_at", "must be a time") from None
