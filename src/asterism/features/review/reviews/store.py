"""SQL of reviews, drilldowns and dismissals."""

import msgspec
import sqlalchemy as sa

from asterism.features.review.reviews.models import Drilldown, Kind, LegacyRecord, Record, Row, State
from asterism.features.review.reviews.tables import review_dismissals, review_drilldowns, reviews
from asterism.kernel.db import RowDict, Tx, insert_ignore, upsert

_LISTED = (
    reviews.c.id,
    reviews.c.kind,
    reviews.c.state,
    reviews.c.project_path,
    reviews.c.created_at,
    reviews.c.ended_at,
    reviews.c.record,
)


def add_running(tx: Tx, *, review_id: str, kind: Kind, project_path: str, mode: str, created_at: str) -> None:
    """Insert a review that has just begun."""
    tx.execute(
        reviews.insert().values(
            id=review_id, kind=kind, state="running", project_path=project_path, mode=mode, created_at=created_at
        )
    )


def finish(tx: Tx, review_id: str, state: State) -> None:
    """Record how a review ended that left no result."""
    tx.execute(reviews.update().where(reviews.c.id == review_id).values(state=state, ended_at=tx.now()))


def save(tx: Tx, review_id: str, record: Record | LegacyRecord, *, branch: str | None, snapshot: str | None) -> bool:
    """Save the result of a review; False when the review is gone meanwhile."""
    done = tx.execute(
        reviews.update()
        .where(reviews.c.id == review_id)
        .values(
            state="completed",
            ended_at=tx.now(),
            branch=branch,
            record=msgspec.json.encode(record).decode(),
            snapshot=snapshot,
        )
    )
    return done.rowcount == 1


def find(tx: Tx, review_id: str) -> Row | None:
    """Return a review of either kind in any state. Raises msgspec.MsgspecError when it cannot be read."""
    row = tx.one(sa.select(*_LISTED).where(reviews.c.id == review_id))
    return None if row is None else _row(row)


def snapshot_of(tx: Tx, review_id: str) -> str | None:
    """Return the sealed snapshot."""
    found: str | None = tx.scalar(sa.select(reviews.c.snapshot).where(reviews.c.id == review_id))
    return found


def completed(
    tx: Tx, *, kind: Kind | None, project_path: str | None, limit: int, offset: int
) -> tuple[list[Row], list[str]]:
    """Return saved reviews, newest first, and the ids of those that cannot be read."""
    query = sa.select(*_LISTED).where(reviews.c.state == "completed")
    if kind is not None:
        query = query.where(reviews.c.kind == kind)
    if project_path is not None:
        query = query.where(reviews.c.project_path == project_path)
    query = query.order_by(reviews.c.created_at.desc(), reviews.c.id).limit(limit).offset(offset)
    good: list[Row] = []
    bad: list[str] = []
    for row in tx.all(query):
        try:
            good.append(_row(row))
        except msgspec.MsgspecError:
            bad.append(row["id"])
    return good, bad


def latest(tx: Tx, *, project_path: str, mode: str, branch: str | None) -> Record | None:
    """Return the last saved triage review of the same project, mode and branch, None when it cannot be read."""
    query = (
        sa.select(reviews.c.record)
        .where(
            reviews.c.state == "completed",
            reviews.c.kind == "triage",
            reviews.c.project_path == project_path,
            reviews.c.mode == mode,
            reviews.c.branch.is_(None) if branch is None else reviews.c.branch == branch,
        )
        .order_by(reviews.c.created_at.desc(), reviews.c.id)
        .limit(1)
    )
    text = tx.scalar(query)
    try:
        return None if text is None else msgspec.json.decode(text, type=Record)
    except msgspec.MsgspecError:
        return None


def delete(tx: Tx, review_id: str) -> bool:
    """Remove a review with its drilldowns; return whether it was there."""
    tx.execute(review_drilldowns.delete().where(review_drilldowns.c.review_id == review_id))
    return tx.execute(reviews.delete().where(reviews.c.id == review_id)).rowcount > 0


def running_of(tx: Tx, project_path: str) -> list[str]:
    """Return the reviews of a project that are recorded as running."""
    query = sa.select(reviews.c.id).where(reviews.c.state == "running", reviews.c.project_path == project_path)
    return [row["id"] for row in tx.all(query)]


def ended_without_result(tx: Tx, before: str) -> list[str]:
    """Return failed and cancelled reviews that ended before the stamp."""
    query = sa.select(reviews.c.id).where(reviews.c.state.in_(["failed", "cancelled"]), reviews.c.ended_at < before)
    return [row["id"] for row in tx.all(query)]


def save_drilldown(tx: Tx, review_id: str, drilldown: Drilldown) -> None:
    """Save a drilldown in place of an earlier one of the same issue."""
    row = {
        "review_id": review_id,
        "issue_id": drilldown.issue_id,
        "created_at": tx.now(),
        "document": msgspec.json.encode(drilldown).decode(),
    }
    key = ["review_id", "issue_id"]
    upsert(tx, review_drilldowns, row, key=key, update=["created_at", "document"])


def drilldowns(tx: Tx, review_id: str) -> list[Drilldown]:
    """Return the drilldowns of a review, oldest first."""
    query = (
        sa.select(review_drilldowns.c.document)
        .where(review_drilldowns.c.review_id == review_id)
        .order_by(review_drilldowns.c.created_at, review_drilldowns.c.issue_id)
    )
    return [msgspec.json.decode(row["document"], type=Drilldown) for row in tx.all(query)]


def dismiss(tx: Tx, *, project_path: str, fingerprint: str, title: str, file: str) -> None:
    """Remember that a finding is not wanted in this project."""
    row = {
        "project_path": project_path,
        "fingerprint": fingerprint,
        "title": title,
        "file": file,
        "created_at": tx.now(),
    }
    insert_ignore(tx, review_dismissals, [row])


def restore(tx: Tx, *, project_path: str, fingerprint: str) -> bool:
    """Forget a dismissal; return whether there was one."""
    where = (review_dismissals.c.project_path == project_path) & (review_dismissals.c.fingerprint == fingerprint)
    return tx.execute(review_dismissals.delete().where(where)).rowcount > 0


def dismissed(tx: Tx, project_path: str) -> frozenset[str]:
    """Return the fingerprints of a project's dismissed findings."""
    query = sa.select(review_dismissals.c.fingerprint).where(review_dismissals.c.project_path == project_path)
    return frozenset(row["fingerprint"] for row in tx.all(query))


def _row(row: RowDict) -> Row:
    record = legacy = None
    if row["record"] is not None and row["kind"] == "triage":
        record = msgspec.json.decode(row["record"], type=Record)
    elif row["record"] is not None:
        legacy = msgspec.json.decode(row["record"], type=LegacyRecord)
    return Row(
        id=row["id"],
        kind=row["kind"],
        state=row["state"],
        project_path=row["project_path"],
        created_at=row["created_at"],
        ended_at=row["ended_at"],
        record=record,
        legacy=legacy,
    )
