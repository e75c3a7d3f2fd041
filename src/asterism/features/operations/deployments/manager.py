"""Begins deployments, lets one replace another, and keeps what they run alive over the life of the server."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

import structlog

from asterism.base.clock import parse
from asterism.base.errors import DomainError, ShuttingDown
from asterism.base.masks import needles
from asterism.features.accounts.identity import Caller
from asterism.features.operations import infrastructure
from asterism.features.operations.deployments import service, store
from asterism.features.operations.deployments.approval import Ask, get_approval
from asterism.features.operations.deployments.env import open_version
from asterism.features.operations.deployments.events import Ended
from asterism.features.operations.deployments.journal import Journal
from asterism.features.operations.deployments.local import Values
from asterism.features.operations.deployments.models import (
    Deployment,
    LogEntry,
    Presence,
    Slot,
    Status,
    Step,
    Trigger,
)
from asterism.features.operations.deployments.pipeline import (
    DELETED,
    INTERRUPTED,
    SUPERSEDED,
    DeploymentRun,
    Shop,
    find_same,
)
from asterism.features.operations.deployments.plans import requirements_of
from asterism.features.operations.deployments.presence_store import (
    drop_slot,
    known,
    live_projects,
    orphans,
    presence,
    replaced,
)
from asterism.features.operations.deployments.service import Asked, Told
from asterism.features.operations.deployments.toolchains import Tools
from asterism.features.operations.infrastructure import NewHead, detect_tree
from asterism.kernel.apps import AppFailed
from asterism.kernel.background import Tasks
from asterism.kernel.db import Tx
from asterism.kernel.runs import BrokenOff, Lane, RunHost, RunKind, Stopped
from asterism.kernel.sandbox import SandboxUnavailable
from asterism.kernel.streams import Streams

log = structlog.get_logger("asterism.deployments")
MAX_RUNNING = 4
MAX_WAITING = 256
SETTLING_SECONDS = 10.0  # a newer snapshot within that time is deployed in the place of an older one


class _NotNow(Exception):
    """There is nothing to begin (any more)."""


class Deployments:
    """The deployments of one server process."""

    def __init__(self, shop: Shop, host: RunHost, ask: Ask) -> None:
        self.shop, self._streams, self._host, self._ask = shop, shop.streams, host, ask
        lane = Lane(MAX_RUNNING, MAX_WAITING, per_key=1)
        self._kind = host.add(RunKind("deployment", lane, self._settle))
        self._waiting: dict[str, Deployment] = {}
        self._resuming: asyncio.Task[None] | None = None
        self._tasks = Tasks()
        self._away: set[str] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def tools(self) -> Tools:
        """How programs of projects are run here."""
        return self.shop.local.tools

    async def start(self) -> None:
        """Start the apps again that ran when the server stopped; in the background, one after another."""
        self._loop = asyncio.get_running_loop()
        slots = await self.shop.db.run_read(store.slots)
        present = await self.shop.db.run_read(presence, [slot.slot for slot in slots])
        self._away = {slot for slot, found in present.items() if found is Presence.AWAY}
        ended = await asyncio.to_thread(self.shop.local.left) - {slot.deployment_id for slot in slots}
        here = [slot for slot in slots if present[slot.slot] is Presence.HERE]
        self._resuming = self._tasks.spawn(self._resume(here, ended - await self._unended()))

    async def _unended(self) -> set[str]:
        return {one.id for one in await self.shop.db.run_read(store.waiting)}

    async def take_up(self) -> None:
        """Begin what waited when its server stopped or died. To be called when the host has started."""
        for one in await self.shop.db.run_read(store.waiting):
            await self._take_up(one)

    async def stop(self) -> None:
        """End every app; they start again with the server."""
        await self._tasks.cancel()
        await self.shop.local.close()

    async def end_orphans(self) -> None:
        """End what works and runs for deleted workspaces and projects; apps of a project that came back start again."""
        for one in await self.shop.db.run_read(orphans):
            if not await self._break_off(one, DELETED):
                await self.shop.db.run(self._end_unhosted, one)
        for slot_name in await self.shop.db.run_read(replaced, self.shop.local.newest()):
            await self.shop.local.stop(slot_name)  # another server has deployed it anew, and it answers there
        slots = await self.shop.db.run_read(store.slots)
        names = {slot.slot for slot in slots} | self.shop.local.running()
        present = await self.shop.db.run_read(presence, names)
        for name in self.shop.local.running() & present.keys():
            if present[name] is not Presence.HERE:
                await self.shop.local.stop(name)
                self._away.add(name)
        for slot in slots:
            if present[slot.slot] is Presence.GONE:
                await self.shop.db.run(drop_slot, slot.slot)
                await self.shop.local.forget({slot.deployment_id})
            elif present[slot.slot] is Presence.HERE and slot.slot in self._away:
                self._away.discard(slot.slot)
                self._tasks.spawn(self._try_again(slot))

    def _end_unhosted(self, tx: Tx, orphan: Deployment) -> None:
        values = {"status": Status.FAILED, "error": DELETED, "completed_at": tx.now()}
        service.end_deployment(tx, self._streams, orphan, values)

    async def tidy(self) -> None:
        """Remove the files of deployments that are no more, and what was kept for projects that were deleted."""
        db, local = self.shop.db, self.shop.local
        caches = await asyncio.to_thread(local.caches)
        await local.forget_caches(caches - await db.run_read(live_projects, caches))
        trees = await asyncio.to_thread(local.left)
        await local.forget(trees - await db.run_read(known, trees))

    async def deploy_workspace(self, caller: Caller, workspace_id: str) -> Deployment:
        """Begin to deploy a workspace's head. Raises as `service.begin_workspace`."""
        slot = await self.shop.db.run_read(service.slot_of_workspace, caller, workspace_id)
        run = await self._begin(
            caller, slot, lambda tx: service.begin_workspace(tx, self._streams, caller, workspace_id)
        )
        return run.deployment

    async def deploy_conversation(self, caller: Caller, conversation_id: str) -> Deployment:
        """Begin to deploy a conversation's working tree. Raises as `service.begin_conversation`."""
        slot = await self.shop.db.run_read(service.slot_of_conversation, caller, conversation_id)
        run = await self._begin(
            caller, slot, lambda tx: service.begin_conversation(tx, self._streams, caller, conversation_id)
        )
        return run.deployment

    async def deploy_project(self, caller: Caller, project_id: str, asked: Asked, *, wait: bool) -> DeploymentRun:
        """Begin to deploy a tree of a project; `wait` returns when it has ended.

        What runs already, from the same tree with the same values and plan, is the answer unless `asked.force`.
        For an agent a person is asked first. Raises as `service.begin_project`.
        """
        who = service.on_behalf_of(caller.user_id) if caller.scope.name == "agent" else caller
        if who is not caller:
            asked = replace(asked, workspace_id=asked.workspace_id or caller.scope.workspace_id)
            await self.shop.db.run_read(service.find_tree, caller, project_id, asked)  # what it may see
        if not asked.force:
            same = await self.shop.db.run_read(find_same, self.shop, who, project_id, asked)
            if same is not None:
                return DeploymentRun(self.shop, who, same)
        if who is not caller:
            asked = await self._approved(caller, project_id, asked)
        slot = await self.shop.db.run_read(service.slot_of_project, who, project_id, asked.workspace_id)
        run = await self._begin(who, slot, lambda tx: service.begin_project(tx, self._streams, who, project_id, asked))
        if wait:
            await self._host.ended(run.stream)
        return run

    async def _approved(self, caller: Caller, project_id: str, asked: Asked) -> Asked:
        """Return what is deployed of an agent's wish once a person has said yes: this very tree."""
        project, _, tree = await self.shop.db.run_read(service.find_tree, caller, project_id, asked)
        await get_approval(self._ask, caller, project.name)
        conversation_id = caller.scope.conversation_id
        return replace(asked, manifest_hash=tree, trigger=Trigger.CHAT, conversation_id=conversation_id)

    async def deploy_new_heads(self, project_id: str) -> float | None:
        """Begin to deploy the heads of a project that are to be deployed by themselves (Fastest 10.2).

        A head has to be `SETTLING_SECONDS` old. Returns the seconds until the next one is, None when there is none.
        """
        later: list[float] = []
        for new in await self.shop.db.run_read(infrastructure.heads_to_deploy, project_id):
            age = (self.shop.clock.now() - parse(new.made_at)).total_seconds()
            if age < SETTLING_SECONDS:
                later.append(SETTLING_SECONDS - age)
                continue
            caller, slot = service.on_behalf_of(new.owner_user_id), f"{new.project_id}/{new.workspace_id}"
            with suppress(_NotNow):
                await self._begin(caller, slot, partial(_begun_by_itself, streams=self._streams, new=new))
        return min(later, default=None)

    async def roll_back(self, caller: Caller, deployment_id: str) -> Deployment:
        """Begin to repeat an older deployment exactly. Raises as `service.begin_rollback`."""
        secrets = self.shop.secrets
        old = await self.shop.db.run_read(service.get_deployment, caller, deployment_id)
        run = await self._begin(
            caller, old.slot, lambda tx: service.begin_rollback(tx, self._streams, secrets, caller, deployment_id)
        )
        return run.deployment

    async def take_status(self, caller: Caller, deployment_id: str, told: Told) -> None:
        """Take over how a deployment ended from somebody outside, and stop what still works on it."""
        if await self.shop.db.run(service.take_status, self._streams, caller, deployment_id, told):
            found = await self.shop.db.run_read(service.get_deployment, caller, deployment_id)
            await self._break_off(found, "Ended from outside")

    async def _begin(self, caller: Caller, key: str, write: Callable[[Tx], Deployment]) -> DeploymentRun:
        with self._host.enter(self._kind, key) as place:

            def begin(tx: Tx, _queued: bool) -> DeploymentRun:
                return DeploymentRun(self.shop, caller, write(tx))

            run = await self._host.launch(place, self._kind, begin)
            older = self._waiting.pop(key, None)
            if place.queued:
                self._waiting[key] = run.deployment
        if older is not None and place.queued:
            await self._break_off(older, SUPERSEDED)
        return run

    async def _take_up(self, waiting: Deployment) -> None:
        def again(tx: Tx) -> Deployment:
            found = store.find(tx, waiting.id)
            if found is None or not found.waits or self._streams.head(tx, waiting.stream) is not None:
                raise _NotNow  # somebody else performs it
            return found

        try:
            await self._begin(service.on_behalf_of(waiting.owner_user_id), waiting.slot, again)
        except (_NotNow, ShuttingDown):
            return
        except DomainError as error:
            log.warning("deployments.not_taken_up", deployment=waiting.id, error=error.message)

    def _take_up_soon(self, waiting: Deployment) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(lambda: self._tasks.spawn(self._take_up(waiting)))

    async def _break_off(self, deployment: Deployment, reason: str) -> bool:
        return await self._host.cancel(deployment.stream, reason)

    def _settle(self, tx: Tx, stream: str, ending: BrokenOff | Stopped) -> Sequence[Ended]:
        """End a deployment whose process is gone, and say so in its log, where people look."""
        found = store.find(tx, stream.partition(":")[2])
        if found is None:
            return ()
        if isinstance(ending, Stopped) and found.waits:
            self._streams.delete(tx, stream)
            tx.after_commit(lambda: self._take_up_soon(found))
            return ()
        error = ending.reason if isinstance(ending, BrokenOff) else INTERRUPTED
        moment = tx.now()
        values = {"status": Status.FAILED, "error": error, "completed_at": moment}
        if service.end_deployment(tx, self._streams, found, values):
            pieces = store.log_pieces(tx, found.id)
            number = pieces[-1][0] + 1 if pieces else 0
            store.append_log(tx, found.id, number, [LogEntry(moment, Step.DEPLOY, "stderr", error)], len(error))
        return (Ended(found.id, Status.FAILED),)

    async def _resume(self, slots: Sequence[Slot], ended: set[str]) -> None:
        await self.shop.local.forget(ended)
        for slot in slots:
            await self._try_again(slot)

    async def _try_again(self, slot: Slot) -> None:
        try:
            await self._start_again(slot)
        except (AppFailed, SandboxUnavailable) as error:
            log.warning("deployments.not_started_again", slot=slot.slot, error=str(error))
        except Exception:  # one app must not keep the others down
            log.exception("deployments.not_started_again", slot=slot.slot)

    async def _start_again(self, slot: Slot) -> None:
        shop = self.shop
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
        own = await shop.db.run_read(infrastructure.connections_of, shop.secrets, found.project_id)
        url, taken = await shop.local.start(found, needs, Values(variables, own), journal, slot.port)
        if taken.port != slot.port:
            await shop.db.run(_moved, found, url, taken)


def _begun_by_itself(tx: Tx, streams: Streams, new: NewHead) -> Deployment:
    begun = service.begin_by_itself(tx, streams, new)
    if begun is None:
        raise _NotNow
    return begun


def _moved(tx: Tx, found: Deployment, url: str, taken: Slot) -> None:
    """Note that an app has another address, since its port was taken meanwhile."""
    store.put_slot(tx, found.project_id, taken)
    store.update(tx, found.id, {"url": url})
