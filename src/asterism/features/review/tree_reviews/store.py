"""SQL of reviews of trees."""

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from asterism.features.review.findings import Lens
from asterism.features.review.inspection import Coverage
from asterism.features.review.tree_reviews.models import Status, TreeReview
from asterism.features.review.tree_reviews.tables import tree_reviews
from asterism.kernel.db import RowDict, Tx

_r = tree_reviews.c
_projects = sa.table("projects", *(sa.column(name) for name in ("id", "owner_user_id", "deleted_at")))
_workspaces = sa.table("workspaces", *(sa.column(name) for name in ("id", "deleted_at")))


def insert(tx: Tx, one: TreeReview) -> None:
    """Add a review that has just begun."""
    tx.execute(
        sa.insert(tree_reviews).values(
            id=one.id,
            project_id=one.project_id,
            workspace_id=one.workspace_id,
            status=one.status,
            against=one.against,
            base_tree=one.base_tree,
            tree=one.tree,
            snapshot_id=one.snapshot_id,
            lenses=",".join(one.lenses),
            profile=one.profile,
            finding_ids="",
            new_count=0,
            created_at=one.created_at,
        )
    )


def find(tx: Tx, review_id: str) -> TreeReview | None:
    """Return a review, whoever owns it."""
    row = tx.one(sa.select(tree_reviews).where(_r.id == review_id))
    return None if row is None else _review(row)


def running_same(tx: Tx, like: TreeReview) -> TreeReview | None:
    """Return the review that runs and is about the very same."""
    same = [getattr(_r, name) == getattr(like, name) for name in ("workspace_id", "against", "tree")]
    base = _r.base_tree.is_(None) if like.base_tree is None else _r.base_tree == like.base_tree
    profile = _r.profile.is_(None) if like.profile is None else _r.profile == like.profile
    lenses = _r.lenses == ",".join(like.lenses)
    row = tx.one(sa.select(tree_reviews).where(_r.status == "running", *same, base, profile, lenses).limit(1))
    return None if row is None else _review(row)


def page(tx: Tx, project_id: str, workspace_id: str | None, before: str | None, limit: int) -> list[TreeReview]:
    """Return reviews of a project, newest first, from before an id."""
    query = sa.select(tree_reviews).where(_r.project_id == project_id)
    if workspace_id is not None:
        query = query.where(_r.workspace_id == workspace_id)
    if before is not None:
        query = query.where(_r.id < before)
    return [_review(row) for row in tx.all(query.order_by(_r.id.desc()).limit(limit))]


def complete(
    tx: Tx, review_id: str, *, summary: str, coverage: Coverage, finding_ids: Sequence[str], new_count: int
) -> None:
    """Save what came of a review."""
    values = {
        "status": "completed",
        "ended_at": tx.now(),
        "summary": summary,
        "coverage": msgspec.json.encode(coverage).decode(),
        "finding_ids": ",".join(finding_ids),
        "new_count": new_count,
    }
    tx.execute(sa.update(tree_reviews).where(_r.id == review_id).values(values))


def fail(tx: Tx, review_id: str, status: Status, code: str, message: str) -> None:
    """Save how a review ended that left no result."""
    values = {"status": status, "ended_at": tx.now(), "error_code": code, "error_message": message}
    tx.execute(sa.update(tree_reviews).where(_r.id == review_id).values(values))


def orphans(tx: Tx) -> list[TreeReview]:
    """Return the reviews that run although their workspace or project was deleted."""
    query = (
        sa.select(tree_reviews)
        .join(_workspaces, _workspaces.c.id == _r.workspace_id)
        .join(_projects, _projects.c.id == _r.project_id)
        .where(_r.status == "running")
        .where(sa.or_(_workspaces.c.deleted_at.is_not(None), _projects.c.deleted_at.is_not(None)))
    )
    return [_review(row) for row in tx.all(query)]


def trees(tx: Tx, user_id: str, since: str) -> set[str]:
    """Return the trees of a user's reviews since a stamp."""
    query = (
        sa.select(_r.base_tree, _r.tree)
        .join(_projects, _projects.c.id == _r.project_id)
        .where(_projects.c.owner_user_id == user_id, _r.created_at >= since)
    )
    return {tree for row in tx.all(query) for tree in row.values() if tree is not None}


def _review(row: RowDict) -> TreeReview:
    coverage = row["coverage"]
    return TreeReview(
        id=row["id"],
        project_id=row["project_id"],
        workspace_id=row["workspace_id"],
        status=row["status"],
        against=row["against"],
        base_tree=row["base_tree"],
        tree=row["tree"],
        snapshot_id=row["snapshot_id"],
        lenses=tuple(Lens(name) for name in row["lenses"].split(",")),
        profile=row["profile"],
        created_at=row["created_at"],
        error_code=row["error_code"],
        error_message=row["error_message"],
        summary=row["summary"],
        coverage=None if coverage is None else msgspec.json.decode(coverage, type=Coverage),
        finding_ids=tuple(row["finding_ids"].split(",")) if row["finding_ids"] else (),
        new_count=row["new_count"],
        ended_at=row["ended_at"],
    )
