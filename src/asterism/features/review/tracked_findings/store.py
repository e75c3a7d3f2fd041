"""SQL of findings, of where they stand, and of the trees in which that was looked up."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from asterism.features.review.findings import Issue
from asterism.features.review.tracked_findings.models import Anchor, Introduced, Seen, Spot, Status, Tracked, TreeState
from asterism.features.review.tracked_findings.tables import finding_places, finding_trees, tracked_findings
from asterism.kernel.db import RowDict, Tx, upsert

AT_ONCE = 500
_f, _p, _t = tracked_findings.c, finding_places.c, finding_trees.c
_issue = msgspec.json.Decoder(Issue).decode


def insert(tx: Tx, one: Tracked) -> None:
    """Add a finding."""
    introduced = None if one.introduced is None else msgspec.json.encode(one.introduced).decode()
    row = {
        "id": one.id,
        "project_id": one.project_id,
        "number": one.number,
        "fingerprint": one.fingerprint,
        "likeness": one.likeness,
        "status": one.status,
        "file": one.first.path,
        "line": one.first.line,
        "anchor_kind": one.anchor.kind,
        "anchor": ",".join(one.anchor.lines),
        "issue": msgspec.json.encode(one.issue).decode(),
        "first_tree": one.seen.tree,
        "first_snapshot_id": one.seen.snapshot_id,
        "first_review_id": one.seen.review_id,
        "first_workspace_id": one.seen.workspace_id,
        "gone_tree": one.gone_tree,
        "introduced": introduced,
        "created_at": one.created_at,
        "changed_at": one.changed_at,
    }
    tx.execute(sa.insert(tracked_findings).values(row))


def newest_number(tx: Tx, project_id: str) -> int:
    """Return the number of a project's newest finding, 0 when it has none."""
    return int(tx.scalar(sa.select(sa.func.max(_f.number)).where(_f.project_id == project_id)) or 0)


def projects(tx: Tx) -> frozenset[str]:
    """Return the projects that have findings."""
    return frozenset(row["project_id"] for row in tx.all(sa.select(_f.project_id).distinct()))


def project_of(tx: Tx, finding_id: str) -> str | None:
    """Return the project of a finding, whoever owns it."""
    found: str | None = tx.scalar(sa.select(_f.project_id).where(_f.id == finding_id))
    return found


def find(tx: Tx, ids: Sequence[str]) -> list[Tracked]:
    """Return findings by id, in the order of their numbers."""
    return _many(tx, _f.id.in_, ids)


def by_fingerprints(tx: Tx, project_id: str, fingerprints: Sequence[str]) -> list[Tracked]:
    """Return the findings of a project that have these fingerprints."""
    return _many(tx, lambda some: sa.and_(_f.project_id == project_id, _f.fingerprint.in_(some)), fingerprints)


def by_likeness(tx: Tx, project_id: str, likenesses: Sequence[str]) -> list[Tracked]:
    """Return the findings of a project that say the same about the same text, whatever its file is called."""
    return _many(tx, lambda some: sa.and_(_f.project_id == project_id, _f.likeness.in_(some)), likenesses)


def of_paths(tx: Tx, project_id: str, paths: Sequence[str], upto: int | None = None) -> list[Tracked]:
    """Return findings that were found at, or stand somewhere at, one of these paths; up to a number."""

    def at(some: Sequence[str]) -> sa.ColumnElement[bool]:
        placed = sa.select(_p.finding_id).where(_p.path.in_(some))
        return sa.and_(_f.project_id == project_id, sa.or_(_f.file.in_(some), _f.id.in_(placed)))

    found = {one.id: one for one in _many(tx, at, paths)}
    return sorted((one for one in found.values() if upto is None or one.number <= upto), key=lambda one: one.number)


def after_number(tx: Tx, project_id: str, number: int) -> list[Tracked]:
    """Return the findings of a project that are newer than a number."""
    return _read(tx, sa.and_(_f.project_id == project_id, _f.number > number))


def absent(tx: Tx, project_id: str, workspace_id: str, upto: int) -> list[Tracked]:
    """Return the findings of a project, up to a number, that do not stand in a workspace."""
    placed = sa.select(_p.finding_id).where(_p.workspace_id == workspace_id)
    return _read(tx, sa.and_(_f.project_id == project_id, _f.number <= upto, _f.id.not_in(placed)))


def fingerprints(tx: Tx, project_id: str, status: Status) -> frozenset[str]:
    """Return what the findings of a project with a status are known by."""
    query = sa.select(_f.fingerprint).where(_f.project_id == project_id, _f.status == status)
    return frozenset(row["fingerprint"] for row in tx.all(query))


def page(
    tx: Tx,
    project_id: str,
    *,
    status: Status | None,
    workspace_id: str | None,
    path: str | None,
    before: int | None,
    limit: int,
) -> list[Tracked]:
    """Return findings of a project, newest first: of a status, in a workspace, at a path, before a number."""
    where = [_f.project_id == project_id]
    if status is not None:
        where.append(_f.status == status)
    if before is not None:
        where.append(_f.number < before)
    if workspace_id is not None:
        placed = sa.select(_p.finding_id).where(_p.workspace_id == workspace_id)
        where.append(_f.id.in_(placed if path is None else placed.where(_p.path == path)))
    elif path is not None:
        where.append(sa.or_(_f.file == path, _f.id.in_(sa.select(_p.finding_id).where(_p.path == path))))
    query = sa.select(_f.id).where(*where).order_by(_f.number.desc()).limit(limit)
    return list(reversed(find(tx, [row["id"] for row in tx.all(query)])))


def set_status(tx: Tx, ids: Sequence[str], status: Status) -> None:
    """Say how findings stand."""
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        tx.execute(tracked_findings.update().where(_f.id.in_(some)).values(status=status, changed_at=tx.now()))


def note_gone(tx: Tx, ids: Sequence[str], tree: str) -> None:
    """Note the tree in which findings were missed."""
    for start in range(0, len(ids), AT_ONCE):
        tx.execute(tracked_findings.update().where(_f.id.in_(ids[start : start + AT_ONCE])).values(gone_tree=tree))


def place(tx: Tx, workspace_id: str, spots: Mapping[str, Spot | None]) -> None:
    """Say where findings, by id, stand in a workspace; None for nowhere."""
    known = list(spots)
    for start in range(0, len(known), AT_ONCE):
        some = known[start : start + AT_ONCE]
        tx.execute(finding_places.delete().where(_p.workspace_id == workspace_id, _p.finding_id.in_(some)))
    rows = [
        {"finding_id": finding_id, "workspace_id": workspace_id, "path": spot.path, "line": spot.line}
        for finding_id, spot in spots.items()
        if spot is not None
    ]
    if rows:
        tx.execute(finding_places.insert(), rows)


def copy_places(tx: Tx, source_id: str, target_id: str) -> None:
    """Let the findings of one workspace stand in another one as they do there."""
    tx.execute(finding_places.delete().where(_p.workspace_id == target_id))
    rows = sa.select(_p.finding_id, sa.literal(target_id), _p.path, _p.line).where(_p.workspace_id == source_id)
    tx.execute(finding_places.insert().from_select(["finding_id", "workspace_id", "path", "line"], rows))


def forget(tx: Tx, project_id: str, live: Iterable[str]) -> None:
    """Forget where findings stood in workspaces that are no more."""
    gone = [one for one in states(tx, project_id) if one not in set(live)]
    if gone:
        tx.execute(finding_places.delete().where(_p.workspace_id.in_(gone)))
        tx.execute(finding_trees.delete().where(_t.workspace_id.in_(gone)))


def states(tx: Tx, project_id: str) -> dict[str, TreeState]:
    """Return in which tree the findings of each workspace were looked up."""
    query = sa.select(_t.workspace_id, _t.tree, _t.upto).where(_t.project_id == project_id)
    return {row["workspace_id"]: TreeState(row["tree"], row["upto"]) for row in tx.all(query)}


def note_state(tx: Tx, project_id: str, workspace_id: str, state: TreeState) -> None:
    """Note in which tree the findings of a workspace were looked up."""
    row = {"workspace_id": workspace_id, "project_id": project_id, "tree": state.tree, "upto": state.upto}
    upsert(tx, finding_trees, row, key=["workspace_id"], update=["tree", "upto"])


def without_place(tx: Tx, project_id: str, upto: int) -> list[str]:
    """Return the open findings, up to a number, that stand in no workspace."""
    query = sa.select(_f.id).where(_f.project_id == project_id, _f.status == "open", _f.number <= upto)
    return [row["id"] for row in tx.all(query.where(_f.id.not_in(sa.select(_p.finding_id))))]


def back_again(tx: Tx, project_id: str) -> list[str]:
    """Return the fixed findings that stand in a workspace."""
    query = sa.select(_f.id).where(_f.project_id == project_id, _f.status == "fixed")
    return [row["id"] for row in tx.all(query.where(_f.id.in_(sa.select(_p.finding_id))))]


def _many(tx: Tx, where: Any, values: Sequence[str]) -> list[Tracked]:
    found: list[Tracked] = []
    for start in range(0, len(values), AT_ONCE):
        found += _read(tx, where(values[start : start + AT_ONCE]))
    return sorted(found, key=lambda one: one.number)


def _read(tx: Tx, where: sa.ColumnElement[bool]) -> list[Tracked]:
    places: dict[str, dict[str, Spot]] = {}
    for row in tx.all(sa.select(finding_places).join(tracked_findings, _f.id == _p.finding_id).where(where)):
        places.setdefault(row["finding_id"], {})[row["workspace_id"]] = Spot(row["path"], row["line"])
    rows = tx.all(sa.select(tracked_findings).where(where).order_by(_f.number))
    return [_tracked(row, places.get(row["id"], {})) for row in rows]


def _tracked(row: RowDict, places: Mapping[str, Spot]) -> Tracked:
    introduced = row["introduced"]
    return Tracked(
        id=row["id"],
        project_id=row["project_id"],
        number=row["number"],
        fingerprint=row["fingerprint"],
        likeness=row["likeness"],
        status=row["status"],
        anchor=Anchor(row["anchor_kind"], tuple(row["anchor"].split(",")) if row["anchor"] else ()),
        first=Spot(row["file"], row["line"]),
        issue=_issue(row["issue"]),
        seen=Seen(row["first_review_id"], row["first_tree"], row["first_snapshot_id"], row["first_workspace_id"]),
        gone_tree=row["gone_tree"],
        introduced=None if introduced is None else msgspec.json.decode(introduced, type=Introduced),
        created_at=row["created_at"],
        changed_at=row["changed_at"],
        places=places,
    )
