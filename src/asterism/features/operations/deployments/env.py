"""Versions of a project's variables: what a deployment names, so that it can be repeated (Beyond 8)."""

import json

from asterism.base import ids
from asterism.features.operations.deployments import store
from asterism.features.operations.deployments.errors import NothingToRollBackTo
from asterism.features.versions.projects import EnvVar
from asterism.kernel.db import RowDict, Tx
from asterism.kernel.secrets import Place, Secrets

Variables = dict[str, tuple[str, bool]]
"""Value, and whether it is secret, by key."""


def variables_of(found: list[EnvVar]) -> Variables:
    """Return variables as versions keep them."""
    return {one.key: (one.value, one.is_secret) for one in found}


def keep_version(tx: Tx, secrets: Secrets, project_id: str, variables: Variables) -> int:
    """Return the version of a project's variables as they are; a new one when they differ from the newest."""
    tx.take_turns("env versions", project_id)
    text = json.dumps(variables, sort_keys=True)
    newest = store.newest_env(tx, project_id)
    if newest is not None and secrets.open(_place(newest), newest["variables"]) == text:
        return int(newest["version"])
    row_id, version = ids.ulid(), 1 if newest is None else int(newest["version"]) + 1
    sealed = secrets.seal(Place("env_versions", "variables", row_id), text)
    row = {"id": row_id, "project_id": project_id, "version": version, "variables": sealed, "created_at": tx.now()}
    store.insert_env(tx, row)
    return version


def open_version(tx: Tx, secrets: Secrets, project_id: str, version: int) -> Variables:
    """Return the variables of a version. Raises NothingToRollBackTo when it is gone."""
    row = store.env_version(tx, project_id, version)
    if row is None:
        raise NothingToRollBackTo
    found = json.loads(secrets.open(_place(row), row["variables"]))
    return {key: (value, secret) for key, (value, secret) in found.items()}


def _place(row: RowDict) -> Place:
    return Place("env_versions", "variables", row["id"])
