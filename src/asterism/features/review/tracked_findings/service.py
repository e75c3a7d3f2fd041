"""Use cases of findings: kept by reviews, listed, dismissed, taken up again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from asterism.base import ids
from asterism.base.pagination import Page, decode_cursor, encode_cursor
from asterism.features.accounts.identity import Caller
from asterism.features.review.findings import identity
from asterism.features.review.tracked_findings import log_entries, store
from asterism.features.review.tracked_findings.anchors import likeness_of
from asterism.features.review.tracked_findings.errors import UnknownFinding
from asterism.features.review.tracked_findings.models import Found, Seen, Spot, Status, Tracked
from asterism.features.versions import projects, workspaces
from asterism.kernel.db import Tx

TURNS = "findings"
NEWS = "findings"
"""What is told of a project (`Tx.tell`) when it has findings that were looked for in one workspace only."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of the findings of a review: all of them by id, and which of these nobody had seen before."""

    ids: tuple[str, ...]
    new: tuple[str, ...]


def keep(tx: Tx, project: projects.Project, seen: Seen, found: Sequence[Found], *, actor: str) -> Kept:
    """Keep what a review has found; what is known already, under this or an older name of its file, stays one.

    A finding that was fixed is open again; one that was dismissed stays so.
    """
    tx.take_turns(TURNS, project.id)
    workspace = workspaces.find_live(tx, project, seen.workspace_id)
    shown = workspace is not None and workspaces.working_manifest(tx, project, workspace) == seen.tree
    known = {
        one.fingerprint: one for one in store.by_fingerprints(tx, project.id, [f.issue.fingerprint for f in found])
    }
    alike = _alike(tx, project.id, [one for one in found if one.issue.fingerprint not in known])
    number = store.newest_number(tx, project.id)
    kept: dict[str, Tracked] = {}
    spots: dict[str, Spot | None] = {}
    new: list[Tracked] = []
    for one in found:
        mine = known.get(one.issue.fingerprint) or _same(alike.get(_likeness(one), ()), seen, one.spot)
        if mine is None:
            number += 1
            mine = known[one.issue.fingerprint] = _tracked(tx, project.id, number, seen, one)
            store.insert(tx, mine)
            new.append(mine)
        kept[mine.id] = mine
        spots[mine.id] = one.spot
    again = [one for one in kept.values() if one.status == "fixed"]
    store.set_status(tx, [one.id for one in again], "open")
    if shown:
        store.place(tx, seen.workspace_id, spots)
    for told, known_before in ((new, False), (again, True)):
        for each in told:
            log_entries.found(tx, each, workspace_id=seen.workspace_id, tree=seen.tree, actor=actor, again=known_before)
    tx.tell(NEWS, project.id)
    return Kept(tuple(kept), tuple(one.id for one in new))


def _alike(tx: Tx, project_id: str, found: Sequence[Found]) -> dict[str, list[Tracked]]:
    alike: dict[str, list[Tracked]] = {}
    for one in store.by_likeness(tx, project_id, sorted({_likeness(one) for one in found})):
        alike.setdefault(one.likeness, []).append(one)
    return alike


def _same(alike: Collection[Tracked], seen: Seen, spot: Spot) -> Tracked | None:
    """Return the finding that was found under another name of the file and stands at this path by now."""
    return next((one for one in alike if (at := one.places.get(seen.workspace_id)) and at.path == spot.path), None)


def _likeness(one: Found) -> str:
    issue = one.issue
    rule = identity.rule_key(issue.source, issue.rule_id if isinstance(issue.rule_id, str) else None, issue.title)
    return likeness_of(issue.category.value, rule, one.anchor)


def _tracked(tx: Tx, project_id: str, number: int, seen: Seen, one: Found) -> Tracked:
    now = tx.now()
    return Tracked(
        id=ids.ulid(),
        project_id=project_id,
        number=number,
        fingerprint=one.issue.fingerprint,
        likeness=_likeness(one),
        status="open",
        anchor=one.anchor,
        first=one.spot,
        issue=one.issue,
        seen=seen,
        gone_tree=None,
        introduced=one.introduced,
        created_at=now,
        changed_at=now,
        places={},
    )


def list_findings(
    tx: Tx,
    caller: Caller,
    project_id: str,
    *,
    status: Status | None = None,
    workspace_id: str | None = None,
    path: str | None = None,
    limit: int,
    cursor: str | None = None,
) -> Page[Tracked]:
    """Return findings of a project, newest first: of a status, in a workspace, at a path.

    Raises UnknownProject, UnknownWorkspace or Invalid.
    """
    project = projects.get_project(tx, caller, project_id)
    if workspace_id is not None and workspaces.find_in_project(tx, caller, project, workspace_id) is None:
        raise workspaces.UnknownWorkspace
    scope = f"findings:{project.id}:{status}:{workspace_id}:{path}"
    before = decode_cursor(scope, cursor, tuple[int])[0] if cursor else None
    found = store.page(
        tx, project.id, status=status, workspace_id=workspace_id, path=path, before=before, limit=limit + 1
    )
    more = len(found) > limit
    shown = _live(tx, project, found[:limit])
    return Page(shown, encode_cursor(scope, [found[limit - 1].number]) if more else None)


def findings_by_id(tx: Tx, project: projects.Project, finding_ids: Sequence[str]) -> list[Tracked]:
    """Return findings of a project in the order of their ids; those that are gone are left out."""
    found = {one.id: one for one in _live(tx, project, store.find(tx, finding_ids)) if one.project_id == project.id}
    return [found[one] for one in finding_ids if one in found]


def get_finding(tx: Tx, caller: Caller, finding_id: str) -> Tracked:
    """Return a finding of the caller. Raises UnknownFinding or InsufficientScope."""
    project_id = store.project_of(tx, finding_id)
    if project_id is None:
        raise UnknownFinding
    try:
        project = projects.get_project(tx, caller, project_id)
    except projects.UnknownProject:
        raise UnknownFinding from None
    return _live(tx, project, store.find(tx, [finding_id]))[0]


def dismiss(tx: Tx, caller: Caller, finding_id: str) -> Tracked:
    """Say that a finding is not wanted; later reviews of the project leave it out. Raises UnknownFinding."""
    found = _turn(tx, caller, finding_id)
    if found.status == "dismissed":
        return found
    store.set_status(tx, [found.id], "dismissed")
    log_entries.dismissed(tx, found, actor=caller.client)
    return replace(found, status="dismissed", changed_at=tx.now())


def reopen(tx: Tx, caller: Caller, finding_id: str) -> Tracked:
    """Take a finding up again that was dismissed: open where it stands, fixed where it does not.

    Raises UnknownFinding.
    """
    found = _turn(tx, caller, finding_id)
    if found.status != "dismissed":
        return found
    status: Status = "open" if found.places else "fixed"
    store.set_status(tx, [found.id], status)
    if status == "open":
        where = next(iter(found.places))
        log_entries.found(tx, found, workspace_id=where, tree=None, actor=caller.client, again=True)
    return replace(found, status=status, changed_at=tx.now())


def _turn(tx: Tx, caller: Caller, finding_id: str) -> Tracked:
    found = get_finding(tx, caller, finding_id)
    tx.take_turns(TURNS, found.project_id)
    return get_finding(tx, caller, finding_id)


def dismissed_prints(tx: Tx, project_id: str) -> frozenset[str]:
    """Return the fingerprints of what is not wanted in a project."""
    return store.fingerprints(tx, project_id, "dismissed")


def known_prints(tx: Tx, project_id: str, fingerprints: Sequence[str]) -> frozenset[str]:
    """Return those fingerprints that a project knows."""
    return frozenset(one.fingerprint for one in store.by_fingerprints(tx, project_id, fingerprints))


def _live(tx: Tx, project: projects.Project, found: Sequence[Tracked]) -> list[Tracked]:
    """Leave out where findings stand in workspaces that were deleted."""
    live = {one.id for one in workspaces.all_live(tx, project)}
    return [replace(one, places={id: spot for id, spot in one.places.items() if id in live}) for one in found]
