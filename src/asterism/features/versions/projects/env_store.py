"""SQL of env vars."""

from dataclasses import asdict, dataclass, field

import sqlalchemy as sa

from asterism.features.versions.projects.tables import env_vars
from asterism.kernel.db import Tx, upsert


@dataclass(frozen=True, slots=True)
class SealedVar:
    """A row as it is stored; `value` is sealed text."""

    id: str
    project_id: str
    key: str
    value: str = field(repr=False)
    is_secret: bool
    created_at: str
    updated_at: str


def of_project(tx: Tx, project_id: str) -> list[SealedVar]:
    """Return the variables of a project in byte order of key (keys are ASCII)."""
    rows = tx.all(sa.select(env_vars).where(env_vars.c.project_id == project_id))
    return sorted((SealedVar(**row) for row in rows), key=lambda row: row.key)


def put(tx: Tx, row: SealedVar) -> None:
    """Add a variable, or give the one with this key another value."""
    upsert(tx, env_vars, asdict(row), key=["project_id", "key"], update=["value", "is_secret", "updated_at"])


def delete(tx: Tx, project_id: str, key: str) -> bool:
    """Remove a variable; return whether there was one."""
    mine = (env_vars.c.project_id == project_id, env_vars.c.key == key)
    return bool(tx.execute(sa.delete(env_vars).where(*mine)).rowcount)
