"""SQL of known authors, and of snapshots whose author was not known."""

from collections.abc import Sequence

import sqlalchemy as sa

from asterism.features.versions.snapshots.content_id import Author, Recovered
from asterism.features.versions.snapshots.models import Snapshot
from asterism.features.versions.snapshots.store import of_row
from asterism.features.versions.snapshots.tables import known_authors, snapshots
from asterism.kernel.db import Tx, upsert

_projects = sa.table("projects", sa.column("id"), sa.column("owner_user_id"))


def remember(tx: Tx, user_id: str, pairs: Sequence[Author], keep: int) -> None:
    """Note pairs, each as the last one taught; of all of a user's the newest `keep` stay."""
    mine = known_authors.c.user_id == user_id
    for name, email in pairs:
        row = {"user_id": user_id, "name": name, "email": email, "taught_at": tx.now()}
        upsert(tx, known_authors, row, key=["user_id", "name", "email"], update=["taught_at"])
    order = (known_authors.c.taught_at.desc(), known_authors.c.name, known_authors.c.email)
    stale = tx.all(sa.select(known_authors).where(mine).order_by(*order).offset(keep).limit(1000))
    for row in stale:
        same = (known_authors.c.name == row["name"], known_authors.c.email == row["email"])
        tx.execute(sa.delete(known_authors).where(mine, *same))


def known(tx: Tx, user_id: str) -> list[Author]:
    """Return a user's pairs, the last taught first."""
    query = sa.select(known_authors.c.name, known_authors.c.email).where(known_authors.c.user_id == user_id)
    rows = tx.all(query.order_by(known_authors.c.taught_at.desc(), known_authors.c.name, known_authors.c.email))
    return [(row["name"], row["email"]) for row in rows]


def last_verified(tx: Tx, token_id: str) -> Author | None:
    """Return the author of the newest snapshot that was registered with a token and verified."""
    table = snapshots.c
    query = sa.select(table.author_name, table.author_email).where(table.token_id == token_id, table.verified)
    row = tx.one(query.order_by(table.seq.desc()).limit(1))
    return (row["author_name"], row["author_email"]) if row else None


def unverified(tx: Tx, user_id: str, limit: int) -> list[Snapshot]:
    """Return a user's snapshots with content-addressed ids that do not verify, the newest first."""
    query = (
        sa.select(snapshots)
        .join(_projects, _projects.c.id == snapshots.c.project_id)
        .where(_projects.c.owner_user_id == user_id, snapshots.c.verified.is_(False))
        .where(sa.func.length(snapshots.c.id) == 64)
    )
    return [of_row(row) for row in tx.all(query.order_by(snapshots.c.seq.desc()).limit(limit))]


def heal(tx: Tx, snapshot: Snapshot, found: Recovered) -> None:
    """Give a snapshot the author and time that its id was made of."""
    values = {"author_name": found.name, "author_email": found.email, "created_at": found.created_at, "verified": True}
    tx.execute(sa.update(snapshots).where(snapshots.c.seq == snapshot.seq).values(values))
