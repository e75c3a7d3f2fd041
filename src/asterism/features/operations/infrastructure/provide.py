"""Getting an app what it needs before it runs (Fastest 10.5, step 3)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from asterism.base import ids
from asterism.features.accounts.identity import Caller
from asterism.features.operations.detection import Requirements
from asterism.features.operations.infrastructure import store
from asterism.features.operations.infrastructure.discards import discard
from asterism.features.operations.infrastructure.models import Resource, Status
from asterism.features.operations.infrastructure.providers import Provisioners
from asterism.features.operations.infrastructure.resources import MAX_ERROR, place
from asterism.features.versions import projects
from asterism.features.versions.projects import NewVar, UnknownProject
from asterism.kernel.db import Database, Tx
from asterism.kernel.provisioning import Made, Provisioner, ProvisioningFailed, unique_name
from asterism.kernel.secrets import Secrets

STORAGE_VAR, BUCKET_VAR = "STORAGE_DIR", "STORAGE_URL"
ORDER = ("cloudflare", "railway", "local")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A resource that an app wants, and the variable with its address."""

    type: str
    name: str
    env_var: str


@dataclass(frozen=True, slots=True)
class Provided:
    """What was made, and what nobody can make."""

    made: tuple[Resource, ...]
    unsatisfied: tuple[Wanted, ...]


def wanted_by(needs: Requirements) -> list[Wanted]:
    """Return the resources beside compute that an app wants."""
    wanted = [Wanted(f"database:{one}", one.value, needs.variable_of(one)) for one in needs.databases]
    if needs.needs_storage:
        wanted.append(Wanted("storage:blob", "storage", STORAGE_VAR))
    return wanted


async def provide(
    db: Database,
    secrets: Secrets,
    provisioners: Provisioners,
    caller: Caller,
    project_id: str,
    needs: Requirements,
) -> Provided:
    """Make what an app wants and does not have: by a resource, or by a variable that somebody set.

    The address of what is made becomes a secret variable. Raises ProvisioningFailed, after which the resource says so.
    """
    made: list[Resource] = []
    unsatisfied: list[Wanted] = []
    mine = await db.run_read(provisioners.of, secrets, caller.user_id)
    for wanted in wanted_by(needs):
        if await db.run_read(_has, secrets, caller, project_id, wanted):
            continue
        provider = next((name for name in ORDER if wanted.type in _types(mine, name)), None)
        if provider is None:
            unsatisfied.append(wanted)
            continue
        bucket = provider == "cloudflare" and wanted.env_var == STORAGE_VAR
        told = replace(wanted, env_var=BUCKET_VAR) if bucket else wanted
        made.append(await _make(db, secrets, mine[provider], caller, project_id, (provider, told)))
    return Provided(tuple(made), tuple(unsatisfied))


def _types(provisioners: Mapping[str, Provisioner], provider: str) -> frozenset[str]:
    found = provisioners.get(provider)
    return frozenset() if found is None else found.types()


def _has(tx: Tx, secrets: Secrets, caller: Caller, project_id: str, wanted: Wanted) -> bool:
    live = store.project_resources(tx, project_id, deleted=False)
    if any(one.type == wanted.type and one.status is Status.READY for one in live):
        return True
    keys = {wanted.env_var, *((BUCKET_VAR,) if wanted.env_var == STORAGE_VAR else ())}
    return any(one.key in keys for one in projects.env_values(tx, secrets, caller, project_id))


async def _make(
    db: Database,
    secrets: Secrets,
    provisioner: Provisioner,
    caller: Caller,
    project_id: str,
    what: tuple[str, Wanted],
) -> Resource:
    resource_id, name = await db.run(_reserve, caller, project_id, *what)
    try:
        made = await provisioner.make(what[1].type, name)
    except ProvisioningFailed as error:
        values = {"status": Status.ERROR, "error": str(error)[:MAX_ERROR]}
        await db.run(lambda tx: store.update_resource(tx, resource_id, values | {"updated_at": tx.now()}))
        raise
    try:
        return await db.run(_ready, secrets, caller, project_id, resource_id, what[1], made)
    except (ProvisioningFailed, UnknownProject):
        await provisioner.destroy(what[1].type, made.id)
        raise


def _reserve(tx: Tx, caller: Caller, project_id: str, provider: str, wanted: Wanted) -> tuple[str, str]:
    """Write the row of a resource that is about to be made, under the name that it will have, and return both.

    One that failed, or that a crash left half made, gives way.
    """
    project = projects.get_project(tx, caller, project_id)
    now = tx.now()
    for old in store.project_resources(tx, project_id, deleted=False):
        if (old.type, old.name) == (wanted.type, wanted.name):
            discard(tx, old, project.owner_user_id)
            store.update_resource(tx, old.id, {"status": Status.DELETED, "updated_at": now})
    row_id, name = ids.ulid(), unique_name(project.name)
    store.insert_resource(
        tx,
        {
            "id": row_id,
            "project_id": project_id,
            "type": wanted.type,
            "provider": provider,
            "provider_resource_id": name,
            "name": wanted.name,
            "connection_info": None,
            "env_var": wanted.env_var,
            "status": Status.PROVISIONING,
            "error": None,
            "created_at": now,
            "updated_at": now,
        },
    )
    return row_id, name


def _ready(
    tx: Tx, secrets: Secrets, caller: Caller, project_id: str, resource_id: str, wanted: Wanted, made: Made
) -> Resource:
    found = store.resource(tx, project_id, resource_id)
    if found is None or found[0].status is not Status.PROVISIONING:
        raise ProvisioningFailed("it was given up meanwhile")
    ready = replace(found[0], status=Status.READY, provider_resource_id=made.id, updated_at=tx.now(), connected=True)
    values = {name: getattr(ready, name) for name in ("status", "provider_resource_id", "updated_at")}
    sealed = secrets.seal(place(resource_id), made.connection)
    store.update_resource(tx, resource_id, values | {"connection_info": sealed})
    new = NewVar(wanted.env_var, made.connection, is_secret=True)
    if all(one.key != wanted.env_var for one in projects.env_values(tx, secrets, caller, project_id)):
        projects.set_env_vars(tx, secrets, caller, project_id, [new], "")
    return ready
