"""Resources that nobody holds any more, until their provider has destroyed them (ADR 0175)."""

from collections.abc import Mapping

import structlog

from asterism.base.clock import shift
from asterism.features.operations.infrastructure import store
from asterism.features.operations.infrastructure.models import Discard, Resource
from asterism.features.operations.infrastructure.providers import Provisioners
from asterism.kernel.db import Database, Tx
from asterism.kernel.provisioning import Provisioner, ProvisioningFailed
from asterism.kernel.secrets import Secrets, SecretUnreadable

log = structlog.get_logger("asterism.resources")
FIRST_WAIT = 60  # seconds until the second attempt; each further wait is twice as long
LONGEST_WAIT = 6 * 3600  # seconds
AT_ONCE = 20
STUBBORN = 3  # attempts, the first two minutes; what is there after them needs somebody to look


def discard(tx: Tx, resource: Resource, user_id: str | None) -> None:
    """Have a resource destroyed soon, whatever becomes of its row, by the account of a user."""
    if resource.provider_resource_id is not None:
        store.insert_discard(tx, Discard(
            resource.id, resource.provider, resource.type, resource.provider_resource_id, 0, tx.now(), user_id
        ))  # fmt: skip


def discard_all(tx: Tx, project_id: str) -> None:
    """Have everything destroyed that providers hold for a project, whose rows are about to go."""
    owner = store.owner_of(tx, project_id)
    for resource in store.project_resources(tx, project_id, deleted=False):
        discard(tx, resource, owner)


async def destroy_discarded(db: Database, secrets: Secrets, provisioners: Provisioners) -> None:
    """Destroy what is due. What fails is tried again, later each time; of several processes one does it."""
    for one in await db.run_read(lambda tx: store.due_discards(tx, tx.now(), AT_ONCE)):
        if not await db.run(_claim, one):
            continue
        try:
            await _destroy(await db.run_read(provisioners.of, secrets, one.user_id), one)
        except (ProvisioningFailed, SecretUnreadable) as error:
            log.warning("resources.not_destroyed", type=one.type, resource=one.provider_resource_id, error=str(error))
        else:
            await db.run(store.delete_discard, one.id)


def stubborn(tx: Tx) -> list[Discard]:
    """Return what providers have refused to destroy again and again."""
    return store.stubborn_discards(tx, STUBBORN)


def _claim(tx: Tx, one: Discard) -> bool:
    wait = min(FIRST_WAIT * 2 ** min(one.attempts, 16), LONGEST_WAIT)
    return store.postpone_discard(tx, one, shift(tx.now(), seconds=wait))


async def _destroy(provisioners: Mapping[str, Provisioner], one: Discard) -> None:
    provisioner = provisioners.get(one.provider)
    if provisioner is None:
        raise ProvisioningFailed(f"there is no credential of {one.provider} any more")
    await provisioner.destroy(one.type, one.provider_resource_id)
