"""SQL of projects and trust."""

from pathlib import Path

import sqlalchemy as sa

from asterism.features.review.trust.models import LocalProject, Trust
from asterism.features.review.trust.tables import local_projects, local_trust
from asterism.kernel.db import RowDict, Tx, insert_ignore, upsert

_BOTH = sa.select(
    local_trust,
    local_projects.c.root,
).join(local_projects, local_projects.c.id == local_trust.c.project_id)


def project_at(tx: Tx, root: Path) -> LocalProject | None:
    """Return the project whose canonical root is `root`."""
    return _one(tx, local_projects.c.root == str(root))


def projects_with(tx: Tx, device: int, inode: int) -> list[LocalProject]:
    """Return projects whose folder had this device and inode when they were made."""
    where = (local_projects.c.device == str(device), local_projects.c.inode == str(inode))
    return [_project(row) for row in tx.all(sa.select(local_projects).where(*where))]


def project(tx: Tx, project_id: str) -> LocalProject | None:
    """Return a project by id."""
    return _one(tx, local_projects.c.id == project_id)


def add_project(tx: Tx, made: LocalProject, device: int, inode: int) -> None:
    """Add a project, unless somebody was faster with the same root."""
    row = {
        "id": made.id,
        "root": str(made.root),
        "device": str(device),
        "inode": str(inode),
        "created_at": made.created_at,
    }
    insert_ignore(tx, local_projects, [row])


def trust_of(tx: Tx, project_id: str) -> Trust | None:
    """Return the persistent trust in a project."""
    row = tx.one(_BOTH.where(local_trust.c.project_id == project_id))
    return None if row is None else _trust(row)


def all_trust(tx: Tx) -> list[Trust]:
    """Return every persistent entry."""
    return [_trust(row) for row in tx.all(_BOTH)]


def save_trust(tx: Tx, trust: Trust) -> None:
    """Write a persistent entry in place of an older one."""
    row = {
        "project_id": trust.project_id,
        "trusted_at": trust.trusted_at,
        "read_files": trust.read_files,
        "run_commands": trust.run_commands,
    }
    upsert(tx, local_trust, row, key=["project_id"], update=["trusted_at", "read_files", "run_commands"])


def delete_trust(tx: Tx, project_id: str) -> bool:
    """Delete a persistent entry; return whether there was one."""
    return tx.execute(sa.delete(local_trust).where(local_trust.c.project_id == project_id)).rowcount == 1


def _one(tx: Tx, where: sa.ColumnElement[bool]) -> LocalProject | None:
    row = tx.one(sa.select(local_projects).where(where))
    return None if row is None else _project(row)


def _project(row: RowDict) -> LocalProject:
    return LocalProject(row["id"], Path(row["root"]), row["created_at"])


def _trust(row: RowDict) -> Trust:
    return Trust(
        project_id=row["project_id"],
        root=Path(row["root"]),
        trusted_at=row["trusted_at"],
        read_files=row["read_files"],
        run_commands=row["run_commands"],
        mode="persistent",
    )
