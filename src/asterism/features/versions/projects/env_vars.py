"""Env vars of a project: all sealed at rest, secret ones masked wherever a person looks (Fastest 3.3)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from asterism.base import ids
from asterism.base.errors import Invalid
from asterism.features.accounts.identity import Caller
from asterism.features.versions.project_log import ProjectChanged
from asterism.features.versions.projects import env_store, store
from asterism.features.versions.projects.env_store import SealedVar
from asterism.features.versions.projects.errors import LimitReached
from asterism.features.versions.projects.service import get_project, tell
from asterism.kernel.db import Tx
from asterism.kernel.secrets import Place, Secrets, SecretUnreadable

MAX_VARS = 500
MAX_VALUE_BYTES = 64 * 1024
SHOWN_CHARACTERS = 4
MASK = "****"

_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,255}\Z")


@dataclass(frozen=True, slots=True)
class NewVar:
    """A variable to set; `is_secret` None leaves it as it is (a new one is not secret)."""

    key: str
    value: str
    is_secret: bool | None = None


@dataclass(frozen=True, slots=True)
class EnvVar:
    """A variable as a person may see it: the value of a secret one is masked."""

    id: str
    project_id: str
    key: str
    value: str
    is_secret: bool
    created_at: str
    updated_at: str


def list_env_vars(tx: Tx, secrets: Secrets, caller: Caller, project_id: str) -> list[EnvVar]:
    """Return the variables of a project by key; one that cannot be opened is shown as the full mask."""
    get_project(tx, caller, project_id)
    return [_shown(secrets, row) for row in env_store.of_project(tx, project_id)]


def env_keys(tx: Tx, project_id: str) -> frozenset[str]:
    """Return the keys of a project's variables."""
    return frozenset(row.key for row in env_store.of_project(tx, project_id))


def env_values(tx: Tx, secrets: Secrets, caller: Caller, project_id: str) -> list[EnvVar]:
    """Return the variables with their values in clear, for deployments. Raises SecretUnreadable."""
    get_project(tx, caller, project_id)
    rows = env_store.of_project(tx, project_id)
    return [_var(row, secrets.open(_place(row.id), row.value)) for row in rows]


def set_env_vars(tx: Tx, secrets: Secrets, caller: Caller, project_id: str, new: Sequence[NewVar], field: str) -> int:
    """Set variables, all or none; others stay. Return how many were set.

    `field` is where they stand in the request (`variables`, or `""` for a single one at the top).
    Raises UnknownProject, Invalid or LimitReached.
    """
    _check(new, field)
    get_project(tx, caller, project_id)
    tx.take_turns("env vars", project_id)
    known = {row.key: row for row in env_store.of_project(tx, project_id)}
    if len(known.keys() | {var.key for var in new}) > MAX_VARS:
        raise LimitReached("env vars in this project", MAX_VARS)
    now = tx.now()
    for var in new:
        old = known.get(var.key)
        row_id = old.id if old else ids.ulid()
        secret = var.is_secret if var.is_secret is not None else old is not None and old.is_secret
        created = old.created_at if old else now
        sealed = secrets.seal(_place(row_id), var.value)
        env_store.put(tx, SealedVar(row_id, project_id, var.key, sealed, secret, created, now))
    if new:
        store.update(tx, project_id, {"updated_at": now})
        keys = ", ".join(sorted(var.key for var in new))
        tell(tx, caller, project_id, ProjectChanged(("env_vars",)), f"Env vars were set: {keys}.")
    return len(new)


def delete_env_var(tx: Tx, caller: Caller, project_id: str, key: str) -> None:
    """Remove a variable; one that is not there is no error. Raises UnknownProject."""
    get_project(tx, caller, project_id)
    if env_store.delete(tx, project_id, key):
        store.update(tx, project_id, {"updated_at": tx.now()})
        tell(tx, caller, project_id, ProjectChanged(("env_vars",)), f"The env var {key} was removed.")


def _check(new: Sequence[NewVar], field: str) -> None:
    problems: list[tuple[str, str]] = []
    seen: set[str] = set()
    for index, var in enumerate(new):
        at = f"{field}[{index}]." if field else ""
        if not _KEY.match(var.key):
            problems.append((f"{at}key", "must be letters, digits and _ and not begin with a digit"))
        elif var.key in seen:
            problems.append((f"{at}key", "stands there twice"))
        if len(var.value.encode()) > MAX_VALUE_BYTES:
            problems.append((f"{at}value", f"must have at most {MAX_VALUE_BYTES} bytes"))
        if "\0" in var.value:
            problems.append((f"{at}value", "must not contain U+0000"))
        seen.add(var.key)
    if problems:
        raise Invalid.fields(problems)


def _shown(secrets: Secrets, row: SealedVar) -> EnvVar:
    try:
        value = secrets.open(_place(row.id), row.value)
    except SecretUnreadable:
        return _var(row, MASK)
    return _var(row, mask(value) if row.is_secret else value)


def mask(value: str) -> str:
    """Return what may be shown of a secret: at most its last four characters, and those of long ones alone."""
    return MASK + value[-SHOWN_CHARACTERS:] if len(value) >= 2 * SHOWN_CHARACTERS else MASK


def _place(row_id: str) -> Place:
    return Place("env_vars", "value", row_id)


def _var(row: SealedVar, value: str) -> EnvVar:
    return EnvVar(row.id, row.project_id, row.key, value, row.is_secret, row.created_at, row.updated_at)
