"""Begins deployments, lets one replace another, and keeps what they run alive over the life of the server."""

import asyncio
from collections.abc import Callable, Sequence

import structlog

from asterism.base.masking import needles
from asterism.features.accounts.identity import Caller
from asterism.features.operations.deployments import service, store
from asterism.features.operations.deployments.env import open_version
from asterism.features.operations.deployments.events import Ended
from asterism.features.operations.deployments.journal import Journal
from asterism.features.operations.deployments.models import Deployment, LogEntry, Slot, Status, Step
from asterism.features.operations.deployments.pipeline import INTERRUPTED, SUPERSEDED, DeploymentRun, Shop, find_same
from asterism.features.operations.deployments.plans import requirements_of
from asterism.features.operations.deployments.service import Asked, Told
from asterism.features.operations.deployments.workshop import Tools
from asterism.features.operations.infrastructure import detect_tree
from asterism.kernel.apps import AppFailed
from asterism.kernel.db import Tx
from asterism.kernel.runs import BrokenOff, Lane, RunHost, RunKind, Stopped
from asterism.kernel.sandbox import SandboxUnavailable
from asterism.kernel.streams import Streams

log = structlog.get_logger("asterism.deployments")
MAX_RUNNING = 4
MAX_WAITING = 256
WHOLE_SECONDS = 40 * 60.0


class Deployments:
    """The deployments of one server process."""

    def __init__(self, shop: Shop, streams: Streams, host: RunHost) -> None:
        self._shop, self._streams, self._host = shop, streams, host
        lane = Lane(MAX_RUNNING, MAX_WAITING, per_key=1)
        self._kind = host.add(RunKind("deployment", lane, self._settle))
        self._waiting: dict[str, Deployment] = {}
        self._resuming: asyncio.Task[None] | None = None

    @property
    def tools(self) -> Tools:
        """How programs of projects are run here."""
        return self._shop.local.tools

    async def start(self) -> None:
        """Start the apps again that ran when the server stopped; in the background, one after another."""
        self._resuming = asyncio.create_task(self._resume())

    async def stop(self) -> None:
        """End every app; they start again with the server."""
        if self._resuming is not None:
            self._resuming.cancel()
            await asyncio.wait({self._resuming})
        await self._shop.local.close()

    async def deploy_workspace(self, caller: Caller, workspace_id: str) -> Deployment:
        """Begin to deploy a workspace's head. Raises as `service.begin_workspace`."""
        run = await self._begin(
            caller, workspace_id, lambda tx: service.begin_workspace(tx, self._streams, caller, workspace_id)
        )
        return run.deployment

    async def deploy_conversation(self, caller: Caller, conversation_id: str) -> Deployment:
        """Begin to deploy a conversation's working tree. Raises as `service.begin_conversation`."""
        run = await self._begin(
            caller, conversation_id, lambda tx: service.begin_conversation(tx, caller, conversation_id)
        )
        return run.deployment

    async def deploy_project(self, caller: Caller, project_id: str, asked: Asked, *, wait: bool) -> DeploymentRun:
        """Begin to deploy a tree of a project; `wait` returns when it has ended.

        What runs already, from the same tree with the same values and plan, is the answer unless `asked.force`.
        Raises as `service.begin_project`.
        """
        if not asked.force:
            same = await self._shop.db.run_read(find_same, self._shop, caller, project_id, asked)
            if same is not None:
                return DeploymentRun(self._shop, caller, same)
        run = await self._begin(
            caller,
            asked.workspace_id or project_id,
            lambda tx: service.begin_project(tx, caller, project_id, asked),
        )
        if wait:
            await self._host.ended(run.stream)
        return run

    async def roll_back(self, caller: Caller, deployment_id: str) -> Deployment:
        """Begin to repeat an older deployment exactly. Raises as `service.begin_rollback`."""
        run = await self._begin(
            caller,
            deployment_id,
            lambda tx: service.begin_rollback(tx, self._shop.secrets, caller, deployment_id),
        )
        return run.deployment

    async def take_status(self, caller: Caller, deployment_id: str, told: Told) -> None:
        """Take over how a deployment ended from somebody outside, and stop what still works on it."""
        if await self._shop.db.run(service.take_status, caller, deployment_id, told):
            found = await self._shop.db.run_read(service.get_deployment, caller, deployment_id)
            await self._break_off(found, "Ended from outside")

    async def _begin(self, caller: Caller, key: str, write: Callable[[Tx], Deployment]) -> DeploymentRun:
        with self._host.enter(self._kind, key) as place:

            def begin(tx: Tx, _queued: bool) -> DeploymentRun:
                return DeploymentRun(self._shop, caller, write(tx))

            run = await self._host.launch(place, self._kind, begin)
            older = self._waiting.pop(key, None)
            if place.queued:
                self._waiting[key] = run.deployment
        if older is not None and place.queued:
            await self._break_off(older, SUPERSEDED)
        return run

    async def _break_off(self, deployment: Deployment, reason: str) -> None:
        if await self._shop.db.run(lambda tx: self._host.request_cancel(tx, deployment.stream, reason)):
            await self._host.break_off(deployment.stream, reason)

    def _settle(self, tx: Tx, stream: str, ending: BrokenOff | Stopped) -> Sequence[Ended]:
        """End a deployment whose process is gone, and say so in its log, where people look."""
        found = store.find(tx, stream.partition(":")[2])
        if found is None:
            return ()
        error = ending.reason if isinstance(ending, BrokenOff) else INTERRUPTED
        moment = tx.now()
        values = {"status": Status.FAILED, "error": error, "completed_at": moment}
        if service.end_deployment(tx, found, values):
            pieces = store.log_pieces(tx, found.id)
            number = pieces[-1][0] + 1 if pieces else 0
            store.append_log(tx, found.id, number, [LogEntry(moment, Step.DEPLOY, "stderr", error)], len(error))
        return (Ended(found.id, Status.FAILED),)

    async def _resume(self) -> None:
        for slot in await self._shop.db.run_read(store.slots):
            try:
                await self._start_again(slot)
            except (AppFailed, SandboxUnavailable) as error:
                log.warning("deployments.not_started_again", slot=slot.slot, error=str(error))
            except Exception:  # one app must not keep the others down
                log.exception("deployments.not_started_again", slot=slot.slot)

    async def _start_again(self, slot: Slot) -> None:
        shop = self._shop
        found = await shop.db.run_read(store.find, slot.deployment_id)
        if found is None or found.plan is None or found.env_version is None:
            return
        if not shop.local.place(found.id).is_dir():
            return
        detected = await shop.db.run_read(detect_tree, shop.blobs, found.owner_user_id, found.manifest_hash, None)
        needs = requirements_of(found.plan, detected.requirements)
        variables = await shop.db.run_read(open_version, shop.secrets, found.project_id, found.env_version)
        journal = Journal(shop.db, shop.clock, found.id)
        await journal.resume()
        journal.secrets = needles([value for value, hidden in variables.values() if hidden])
        url, taken = await shop.local.start(found, needs, variables, journal, slot.port)
        if taken.port != slot.port:
            await shop.db.run(_moved, found, url, taken)


def _moved(tx: Tx, found: Deployment, url: str, taken: Slot) -> None:
    """Note that an app has another address, since its port was taken meanwhile."""
    store.put_slot(tx, found.project_id, taken)
    store.update(tx, found.id, {"url": url})
