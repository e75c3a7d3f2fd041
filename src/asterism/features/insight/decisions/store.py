"""SQL of decisions."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from asterism.features.insight.decisions.models import ChangedFile, Decision, Link, folded
from asterism.features.insight.decisions.tables import decision_links, decisions
from asterism.features.versions.projects import Project
from asterism.kernel.db import RowDict, Tx, insert_ignore

AT_ONCE = 500
_changed = msgspec.json.Decoder(tuple[ChangedFile, ...])


def insert(tx: Tx, found: Sequence[Decision]) -> list[Decision]:
    """Add decisions but those that the project has already; return those that were added."""
    rows = [
        {name: getattr(one, name) for name in Decision.__slots__ if name != "changed"}
        | {"folded": folded(one.decision), "changed": "[]"}
        for one in found
    ]
    return [one for one, row in zip(found, rows, strict=True) if insert_ignore(tx, decisions, [row])]


def of_project(tx: Tx, project_id: str, limit: int | None = None) -> list[Decision]:
    """Return decisions, newest first."""
    query = sa.select(decisions).where(decisions.c.project_id == project_id)
    return [_decision(row) for row in tx.all(query.order_by(decisions.c.id.desc()).limit(limit))]


def by_id(tx: Tx, project_id: str, decision_id: str) -> Decision | None:
    """Return a decision of a project."""
    row = tx.one(sa.select(decisions).where(decisions.c.project_id == project_id, decisions.c.id == decision_id))
    return None if row is None else _decision(row)


def set_status(tx: Tx, decision_id: str, status: str, superseded_by: str | None) -> None:
    """Say what has become of a decision."""
    values = {"status": status, "superseded_by": superseded_by}
    tx.execute(sa.update(decisions).where(decisions.c.id == decision_id).values(values))


def set_stale(tx: Tx, decision_id: str, since: str | None, changed: Sequence[ChangedFile]) -> None:
    """Say since when a decision is stale, and by which files; None and nothing when it is not."""
    values = {"stale_since": since, "changed": msgspec.json.encode(changed).decode()}
    tx.execute(sa.update(decisions).where(decisions.c.id == decision_id).values(values))


def links(tx: Tx, project_id: str) -> list[Link]:
    """Return the links of all decisions of a project, the most certain first."""
    query = sa.select(decision_links).where(decision_links.c.project_id == project_id)
    rows = tx.all(query.order_by(decision_links.c.confidence.desc(), decision_links.c.concept_id))
    return [Link(**{name: row[name] for name in Link.__slots__}) for row in rows]


def insert_links(tx: Tx, project: Project, found: Sequence[Link]) -> None:
    """Add links."""
    whose = {"project_id": project.id, "owner_user_id": project.owner_user_id}
    rows = [{name: getattr(one, name) for name in Link.__slots__} | whose for one in found]
    insert_ignore(tx, decision_links, rows)


def delete_links(tx: Tx, ids: Sequence[str]) -> None:
    """Remove links."""
    for start in range(0, len(ids), AT_ONCE):
        tx.execute(sa.delete(decision_links).where(decision_links.c.id.in_(ids[start : start + AT_ONCE])))


def set_confidences(tx: Tx, confidences: Mapping[str, int]) -> None:
    """Set how certain links are, by id."""
    for link_id, confidence in confidences.items():
        tx.execute(sa.update(decision_links).where(decision_links.c.id == link_id).values(confidence=confidence))


def set_blobs(tx: Tx, blobs: Mapping[str, str | None]) -> None:
    """Set the content that links are compared with, by id."""
    for link_id, blob in blobs.items():
        tx.execute(sa.update(decision_links).where(decision_links.c.id == link_id).values(blob=blob))


def linked_blobs(tx: Tx, user_id: str) -> set[str]:
    """Return the contents that links of a user's projects are compared with."""
    query = sa.select(decision_links.c.blob).where(
        decision_links.c.owner_user_id == user_id, decision_links.c.blob.is_not(None)
    )
    rows: Any = tx.execute(query).fetchall()
    return {blob for (blob,) in rows}


def projects_with_links(tx: Tx) -> list[str]:
    """Return the projects whose decisions cite files."""
    query = sa.select(decision_links.c.project_id).where(decision_links.c.blob.is_not(None)).distinct()
    rows: Any = tx.execute(query.order_by(decision_links.c.project_id)).fetchall()
    return [project_id for (project_id,) in rows]


def _decision(row: RowDict) -> Decision:
    values: dict[str, Any] = {name: row[name] for name in Decision.__slots__}
    return Decision(**(values | {"changed": _changed.decode(row["changed"])}))
