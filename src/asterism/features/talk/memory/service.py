"""Use cases of memory documents."""

from collections.abc import Sequence
from typing import Literal

from asterism.base.clock import parse, shift
from asterism.base.errors import Invalid, TooLarge
from asterism.features.accounts.identity import Caller
from asterism.features.talk import retrieval
from asterism.features.talk.memory import store
from asterism.features.talk.memory.errors import MemoryConflict, UnknownVersion
from asterism.features.talk.memory.lines import Blame, merged
from asterism.features.talk.memory.models import (
    BY_USER,
    KEPT_DAYS,
    KEPT_VERSIONS,
    MAX_BYTES,
    BlamedLine,
    Cause,
    Document,
    Found,
    Place,
    Version,
    Written,
)
from asterism.features.versions import project_log, projects, workspaces
from asterism.features.versions.project_log import MemoryChanged
from asterism.kernel.db import Tx

MAX_QUERY = 2_000
MAX_RESULTS = 50
BLAMED_AT_ONCE = 20
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
    base_updated_at: str | None = None,
    cause: Cause = BY_USER,
    actor: str = "system",
) -> Written:
    """Replace the document, keep the version and rebuild the index, all or nothing.

    With `base_updated_at`, the version that `content` was made from, changes made since are merged in by lines (Beyond
    10); `expected_updated_at` is strict and wins. Raises TooLarge, Invalid when either is no time, and MemoryConflict
    when the document is another one, the base is not kept, or the changes overlap.
    """
    _check_size(content)
    _check_time("expected_updated_at", expected_updated_at)
    _check_time("base_updated_at", base_updated_at)
    store.lock(tx, place)
    current = read(tx, place)
    if expected_updated_at is not None and expected_updated_at != current.updated_at:
        raise MemoryConflict(current.updated_at)
    whole = content
    if expected_updated_at is None and base_updated_at not in (None, current.updated_at):
        whole = merged(_base(tx, place, base_updated_at or "", current), content, current)
        _check_size(whole)
    at = max(tx.now(), shift(current.updated_at, seconds=0.001))
    new = Document(whole, at, current.version + 1)
    store.save(tx, place, new, _version(new, cause))
    store.prune(tx, place.id, new.version - KEPT_VERSIONS, shift(tx.now(), seconds=-KEPT_DAYS * DAY))
    of = retrieval.Source("memory", place.id, place.owner_user_id, place.project_id, place.workspace_id)
    retrieval.index(tx, of, whole, updated_at=at)
    project_log.append(
        tx,
        place.project_id,
        MemoryChanged(new.version, cause.source),
        title=f"The memory of the {'workspace' if place.workspace_id else 'project'} changed (version {new.version}).",
        subject=("memory", place.id),
        actor=actor,
        workspace_id=place.workspace_id,
    )
    return Written(new, whole != content)


def _version(new: Document, cause: Cause) -> Version:
    size = len(new.content.encode())
    return Version(
        new.version, new.updated_at, size, cause.source, cause.run_id, cause.chat_id, cause.proposal_id, new.content
    )


def _base(tx: Tx, place: Place, base_updated_at: str, current: Document) -> str:
    """Return the text of the version that a change was made from. Raises MemoryConflict when it is not kept."""
    if base_updated_at == place.born_at:
        return ""
    found = store.version_at(tx, place.id, base_updated_at)
    if found is None or found.content is None:
        raise MemoryConflict(current.updated_at)
    return found.content


def blame(tx: Tx, place: Place) -> list[BlamedLine]:
    """Return the document's lines with the version that brought each; the oldest kept one answers for older lines."""
    current = read(tx, place)
    if current.version == 0:
        return []
    found = Blame(current.content)
    above = current.version + 1
    while not found.complete and (older := store.versions_below(tx, place.id, above, BLAMED_AT_ONCE)):
        for version in older:
            found.go_back(version)
        above = older[-1].version
    return found.lines()


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


def _check_size(content: str) -> None:
    if len(content.encode()) > MAX_BYTES:
        raise TooLarge.bytes(MAX_BYTES, "The document")


def _check_time(field: str, text: str | None) -> None:
    if text is None:
        return
    try:
        parse(text)
    except ValueError:
        raise Invalid.field(field, "must be a time") from None
