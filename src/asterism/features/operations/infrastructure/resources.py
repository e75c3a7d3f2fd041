"""What providers hold for a project (Fastest 10.3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from asterism.features.accounts.identity import Caller
from asterism.features.operations.infrastructure import store
from asterism.features.operations.infrastructure.errors import ProviderDown, UnknownResource
from asterism.features.operations.infrastructure.models import Resource, Status
from asterism.features.operations.infrastructure.providers import Provisioners
from asterism.features.versions import projects
from asterism.kernel.db import Database, Tx
from asterism.kernel.provisioning import Provisioner, ProvisioningFailed
from asterism.kernel.secrets import Place, Secrets

MAX_ERROR = 2000  # characters


@dataclass(frozen=True, slots=True)
class Held:
    """A resource with its address in clear."""

    resource: Resource
    connection: str | None = field(repr=False)


def list_resources(tx: Tx, caller: Caller, project_id: str, *, include_deleted: bool = False) -> list[Resource]:
    """Return the resources of a project, oldest first. Raises UnknownProject."""
    projects.get_project(tx, caller, project_id)
    return store.project_resources(tx, project_id, deleted=include_deleted)


def get_resource(tx: Tx, caller: Caller, project_id: str, resource_id: str) -> Resource:
    """Return a resource, a deleted one too. Raises UnknownProject or UnknownResource."""
    projects.get_project(tx, caller, project_id)
    found = store.resource(tx, project_id, resource_id)
    if found is None:
        raise UnknownResource
    return found[0]


def connections_of(tx: Tx, secrets: Secrets, project_id: str) -> frozenset[str]:
    """Return the addresses of what providers made for a project: what an app of it may be let into."""
    live = store.project_resources(tx, project_id, deleted=False)
    found = (store.resource(tx, project_id, one.id) for one in live if one.status is Status.READY)
    sealed = ((one[0].id, one[1]) for one in found if one is not None and one[1] is not None)
    return frozenset(secrets.open(place(resource_id), text) for resource_id, text in sealed)


async def delete_resource(
    db: Database,
    secrets: Secrets,
    provisioners: Provisioners,
    caller: Caller,
    project_id: str,
    resource_id: str,
) -> None:
    """Destroy a resource at its provider, then mark it deleted and take back its env var.

    The variable stays when somebody gave it another value since. Raises UnknownProject, UnknownResource, and
    ProviderDown, after which the resource says `error`. No transaction is open while the provider works.
    """
    held = await db.run_read(_open, secrets, caller, project_id, resource_id)
    if held.resource.status is Status.DELETED:
        return
    try:
        await _destroy(await db.run_read(provisioners.of, secrets, caller.user_id), held.resource)
    except ProvisioningFailed as error:
        await db.run(_note_failure, held.resource, str(error))
        raise ProviderDown(held.resource.provider, f"could not remove it: {error}") from error
    await db.run(_forget, secrets, caller, held)


async def _destroy(provisioners: Mapping[str, Provisioner], resource: Resource) -> None:
    provisioner = provisioners.get(resource.provider)
    if provisioner is None:
        raise ProvisioningFailed(f"there is no credential of {resource.provider}; store one")
    if resource.provider_resource_id is not None:
        await provisioner.destroy(resource.type, resource.provider_resource_id)


def _open(tx: Tx, secrets: Secrets, caller: Caller, project_id: str, resource_id: str) -> Held:
    projects.get_project(tx, caller, project_id)
    found = store.resource(tx, project_id, resource_id)
    if found is None:
        raise UnknownResource
    resource, sealed = found
    return Held(resource, None if sealed is None else secrets.open(place(resource.id), sealed))


def _note_failure(tx: Tx, resource: Resource, problem: str) -> None:
    values = {"status": Status.ERROR, "error": problem[:MAX_ERROR], "updated_at": tx.now()}
    store.update_resource(tx, resource.id, values)


def _forget(tx: Tx, secrets: Secrets, caller: Caller, held: Held) -> None:
    resource = held.resource
    values = {"status": Status.DELETED, "error": None, "connection_info": None, "updated_at": tx.now()}
    store.update_resource(tx, resource.id, values)
    if resource.env_var is None:
        return
    for variable in projects.env_values(tx, secrets, caller, resource.project_id):
        if variable.key == resource.env_var and variable.value == held.connection:
            projects.delete_env_var(tx, caller, resource.project_id, variable.key)


def place(resource_id: str) -> Place:
    """Return where the sealed address of a resource stands."""
    return Place("infrastructure_resources", "connection_info", resource_id)
