"""Use cases of snapshots. Registering one for a workspace, with its effects, is `workspaces.push_snapshot`."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from asterism.base import ids
from asterism.base.clock import stamp
from asterism.base.pagination import Page, decode_cursor, encode_cursor
from asterism.features.accounts import identity
from asterism.features.accounts.identity import Caller
from asterism.features.versions import project_log, storage
from asterism.features.versions.project_log import SnapshotMade, Telling
from asterism.features.versions.projects import Project
from asterism.features.versions.snapshots import author_store, store
from asterism.features.versions.snapshots.authors import healed, known_authors, note_sent_author
from asterism.features.versions.snapshots.checks import distinct_parents, given_time
from asterism.features.versions.snapshots.content_id import MAX_KNOWN_AUTHORS, Author, recover
from asterism.features.versions.snapshots.errors import SnapshotDiffers, UnknownSnapshot
from asterism.features.versions.snapshots.models import Ancestor, NewSnapshot, Placed, Snapshot
from asterism.kernel.db import Tx
from asterism.vcs.content import is_hash

RECENT = 50


def find_registered(tx: Tx, project: Project, new: NewSnapshot) -> Snapshot | None:
    """Return the snapshot that this is a repetition of, None when its id is free.

    Raises Invalid, ManifestNotFound, or SnapshotDiffers when the id stands for other content.
    """
    distinct_parents(new)
    if storage.find_manifest(tx, project.owner_user_id, new.manifest_hash) is None:
        raise storage.ManifestNotFound
    known = store.in_project(tx, project.id, new.id) if new.id is not None else None
    if known is None:
        return None
    require_same(known, new)
    return with_missing(tx, project.owner_user_id, [healed(tx, known, new)])[0]


def require_same(known: Snapshot, new: NewSnapshot) -> None:
    """Raise SnapshotDiffers when a snapshot whose id is registered has other content."""
    if known.manifest_hash != new.manifest_hash:
        raise SnapshotDiffers("manifest_hash")
    if known.parents != distinct_parents(new):
        raise SnapshotDiffers("list of parents")


def register(
    tx: Tx,
    project: Project,
    new: NewSnapshot,
    *,
    caller: Caller | None,
    workspace_id: str | None,
    fast_forward: bool | None,
) -> Snapshot:
    """Add a snapshot whose id is free and write its event; pointers are the caller's business.

    The manifest has been found to be stored; the user's storage is held, so no collection takes it away.
    """
    snapshot = store.insert(tx, _values(tx, project, Placed(new, workspace_id, fast_forward), caller))
    project_log.append_all(tx, project.id, [_telling(snapshot)])
    if caller is not None:
        note_sent_author(tx, caller.user_id, new)
    return with_missing(tx, project.owner_user_id, [snapshot])[0]


def register_all(tx: Tx, project: Project, placed: Sequence[Placed], *, caller: Caller) -> None:
    """Do what `register` does for many at once, in their order: parents first, every one with an id that is free."""
    rows = [_values(tx, project, one, caller) for one in placed]
    store.insert_all(tx, rows)
    project_log.append_all(tx, project.id, [_telling(Snapshot(seq=0, **row)) for row in rows])
    for new in {(one.new.author_name, one.new.author_email): one.new for one in placed}.values():
        note_sent_author(tx, caller.user_id, new)


def _values(tx: Tx, project: Project, placed: Placed, caller: Caller | None) -> dict[str, Any]:
    """Return the row of a snapshot without its `seq`."""
    new = placed.new
    snapshot_id = new.id or ids.snapshot_id()
    parents = distinct_parents(new)
    name, email, created_at, verified = _authorship(tx, new, snapshot_id, parents, caller)
    return {
        "id": snapshot_id,
        "project_id": project.id,
        "workspace_id": placed.workspace_id,
        "manifest_hash": new.manifest_hash,
        "parents": parents,
        "source": new.source,
        "summary": new.summary,
        "author_name": name,
        "author_email": email,
        "created_at": created_at,
        "registered_at": tx.now(),
        "fast_forward": placed.fast_forward,
        "verified": verified,
        "origin": new.origin,
        "token_id": caller.token_id if caller is not None else None,
    }


def _telling(made: Snapshot) -> Telling:
    return Telling(
        SnapshotMade(made.id, made.source, tuple(made.parents), made.summary),
        title=f"Snapshot {made.id[:12]} was made: {made.summary or 'no summary'}",
        subject=("snapshot", made.id),
        actor="cli" if made.source == "import" else made.source,
        workspace_id=made.workspace_id,
        tree=made.manifest_hash,
    )


def _authorship(
    tx: Tx, new: NewSnapshot, snapshot_id: str, parents: Sequence[str], caller: Caller | None
) -> tuple[str, str, str, bool]:
    """Return author name, e-mail, time of creation, and whether they hash to the id.

    Where no author was sent and none verifies, it is the one that verified last for the caller's token.
    """
    name, email = new.author_name or "", new.author_email or ""
    now = tx.clock.now()
    moment = given_time(new, now)
    if not is_hash(snapshot_id):
        return name, email, stamp(moment or now), False
    given = ((name, email), moment) if moment is not None else None
    sent = (name, email) if moment is None and (name or email) else None
    authors = _possible_authors(tx, sent, caller)
    found = recover(snapshot_id, new.manifest_hash, parents, given=given, authors=authors, now=now)
    if found is None:
        last = author_store.last_verified(tx, caller.token_id) if caller is not None else None
        name, email = (name, email) if name or email else last or ("", "")
        return name, email, stamp(now), False
    return found.name, found.email, found.created_at, True


def _possible_authors(tx: Tx, sent: Author | None, caller: Caller | None) -> Iterator[Author]:
    """Yield whom a client may have put into an id, the likeliest first; each is looked up when it is asked for."""
    if sent is not None:
        yield sent
    yield "", ""
    if caller is None:
        return
    last = author_store.last_verified(tx, caller.token_id)
    if last is not None:
        yield last
    user = identity.current_user(tx, caller)
    yield user.name or "", user.email
    yield from store.verified_authors(tx, user.id, MAX_KNOWN_AUTHORS)
    yield from known_authors(tx, user.id)


def last_registered_at(tx: Tx, project: Project, workspace_id: str, head: str | None) -> str | None:
    """Return when the newest snapshot that moved a workspace's head was registered, None when it has no head."""
    recent = store.page(tx, project.id, RECENT, None, workspace=(workspace_id, head)) if head is not None else ()
    return next((one.registered_at for one in recent if one.fast_forward is not None or one.id == head), None)


def get_snapshot(tx: Tx, caller: Caller, snapshot_id: str, project_id: str | None = None) -> Snapshot:
    """Return a snapshot of the caller, of several with this id the newest.

    Raises UnknownSnapshot or InsufficientScope.
    """
    found = store.of_user(tx, caller.user_id, snapshot_id, project_id or caller.scope.project_id)
    if found is None:
        raise UnknownSnapshot
    caller.scope.reach(found.project_id, found.workspace_id or "")
    return with_missing(tx, caller.user_id, [found])[0]


def find_in_project(tx: Tx, project: Project, snapshot_id: str) -> Snapshot | None:
    """Return a snapshot of a project, None when the project has none of that id."""
    found = store.in_project(tx, project.id, snapshot_id)
    return with_missing(tx, project.owner_user_id, [found])[0] if found else None


def find_many(tx: Tx, project_id: str, snapshot_ids: Sequence[str]) -> dict[str, Snapshot]:
    """Return those snapshots of a project that exist, by id (without counting missing blobs)."""
    return store.many_in_project(tx, project_id, snapshot_ids)


def list_snapshots(
    tx: Tx,
    caller: Caller,
    project: Project,
    *,
    limit: int,
    cursor: str | None = None,
    workspace: tuple[str, str | None] | None = None,
    ancestors_of: str | None = None,
) -> Page[Snapshot]:
    """Return snapshots of a project that the caller's scope reaches, newest registration first.

    `workspace` (id, current snapshot) keeps those of a workspace and its current one, `ancestors_of` a snapshot and
    its known ancestors.
    """
    only = caller.scope.only_workspace
    if only is not None and workspace is None and ancestors_of is None:
        workspace = (only, None)
    scope = f"snapshots:{project.id}:{workspace and workspace[0]}:{ancestors_of is not None}"
    before = decode_cursor(scope, cursor, tuple[int])[0] if cursor else None
    found = store.page(tx, project.id, limit + 1, before, workspace=workspace, ancestors_of=ancestors_of)
    more = len(found) > limit
    items = with_missing(tx, project.owner_user_id, found[:limit])
    return Page(items, encode_cursor(scope, [found[limit - 1].seq]) if more else None)


def is_ancestor(tx: Tx, project_id: str, ancestor: str, of: Sequence[str]) -> bool:
    """Say whether `ancestor` is one of the snapshots `of` or a known ancestor of one of them."""
    return store.descends_from(tx, project_id, of, ancestor)


def ancestry(tx: Tx, project_id: str, start: Sequence[str], *, since: int = 0) -> list[Ancestor]:
    """Return those of the snapshots `start`, at least one, and of their ancestors that the project has.

    With `since`, a place in the order of registration, only what is reached without leaving what is not older.
    """
    return store.ancestry(tx, project_id, start, since)


def count_since(tx: Tx, project_id: str, moment: str) -> int:
    """Return how many snapshots of a project were registered after `moment`."""
    return store.count_since(tx, project_id, moment)


def with_missing(tx: Tx, user_id: str, found: Sequence[Snapshot]) -> list[Snapshot]:
    """Return the snapshots with the number of blobs that each still lacks."""
    counts = storage.missing_counts(tx, user_id, [snapshot.manifest_hash for snapshot in found])
    return [replace(snapshot, missing=counts.get(snapshot.manifest_hash, 0)) for snapshot in found]


def manifest_roots(tx: Tx, user_id: str) -> set[str]:
    """Return the manifests that the user's snapshots keep from being collected."""
    return store.manifest_hashes(tx, user_id)


ROOTS = storage.Roots(manifests=manifest_roots, columns=("snapshots.manifest_hash",))
