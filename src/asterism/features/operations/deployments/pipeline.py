"""One deployment, from a stored tree to a running app: a durable run (Fastest 10.5)."""

import asyncio
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import structlog

from asterism.base.clock import Clock
from asterism.base.errors import DomainError
from asterism.base.masks import needles
from asterism.features.accounts.identity import Caller
from asterism.features.operations.deployments import store
from asterism.features.operations.deployments.causes import find_cause
from asterism.features.operations.deployments.elsewhere import Elsewhere, choose
from asterism.features.operations.deployments.env import Variables, keep_version, open_version, variables_of
from asterism.features.operations.deployments.events import Began, Ended
from asterism.features.operations.deployments.frames import LineTeller
from asterism.features.operations.deployments.journal import Journal
from asterism.features.operations.deployments.local import LocalTarget, Values
from asterism.features.operations.deployments.log_lines import Lines
from asterism.features.operations.deployments.models import (
    Cause,
    Deployment,
    Plan,
    Slot,
    Status,
    Step,
    Unsatisfied,
)
from asterism.features.operations.deployments.plans import plan_hash, plan_of, requirements_of
from asterism.features.operations.deployments.service import Asked, end_deployment, find_tree
from asterism.features.operations.deployments.workshop import StepFailed, Workshop
from asterism.features.operations.detection import Requirements
from asterism.features.operations.infrastructure import (
    Provisioners,
    Resource,
    connections_of,
    detect_tree,
    provide,
    settings_of,
)
from asterism.features.versions import projects, storage, workcopies, workspaces
from asterism.kernel.apps import AppFailed
from asterism.kernel.blobs import Blobs
from asterism.kernel.clouds import CloudFailed
from asterism.kernel.db import Database, Tx
from asterism.kernel.provisioning import ProvisioningFailed
from asterism.kernel.runs import BrokenOff, Done, Ending, Failed, Stopped
from asterism.kernel.sandbox import SandboxUnavailable, SessionLost
from asterism.kernel.secrets import Secrets
from asterism.kernel.streams import Streams

log = structlog.get_logger("asterism.deployments")
WHOLE_SECONDS: Final = 40 * 60.0
INTERRUPTED: Final = "Interrupted"
SUPERSEDED: Final = "Superseded"
DELETED: Final = "Cancelled, since its workspace or project was deleted."
NO_SANDBOX: Final = "No sandbox available; allow plain processes in the settings."
"""Said word for word, since people search for it (Fastest 10.5)."""


@dataclass(frozen=True, slots=True)
class Shop:
    """What deployments work with."""

    db: Database
    blobs: Blobs
    streams: Streams
    secrets: Secrets
    clock: Clock
    provisioners: Provisioners
    local: LocalTarget
    elsewhere: Elsewhere


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a deployment went: an address, or what is wrong, for people."""

    url: str | None = None
    error: str | None = None
    slot: Slot | None = None
    cause: Cause | None = None


def find_same(tx: Tx, shop: Shop, caller: Caller, project_id: str, asked: Asked) -> Deployment | None:
    """Return the newest successful deployment when what is asked for is just that: tree, values and plan."""
    project, workspace, tree = find_tree(tx, caller, project_id, asked)
    newest = store.newest_success(tx, project.id, workspace.id if workspace else None)
    if newest is None or newest.manifest_hash != tree or newest.env_version is None:
        return None
    settings = settings_of(tx, workspace) if workspace else None
    needs = detect_tree(tx, shop.blobs, project.owner_user_id, tree, settings).requirements
    present = variables_of(projects.env_values(tx, shop.secrets, caller, project_id))
    same = open_version(tx, shop.secrets, project_id, newest.env_version) == present
    return newest if same and plan_of(needs) == newest.plan else None


@dataclass(slots=True)
class DeploymentRun:
    """The pipeline of one deployment, as the run host performs it."""

    shop: Shop
    caller: Caller
    deployment: Deployment
    journal: Journal = field(init=False)
    begun: bool = False
    unsatisfied: tuple[Unsatisfied, ...] = ()
    provisioned: tuple[Resource, ...] = ()
    _lines: Lines | None = None
    _teller: LineTeller = field(init=False)
    _root: str = ""

    def __post_init__(self) -> None:
        """Open the log."""
        self._teller = LineTeller(self.shop.streams, self.deployment)
        self.journal = Journal(self.shop.db, self.shop.clock, self.deployment.id, self._teller.told)

    @property
    def stream(self) -> str:
        """The name of the run."""
        return self.deployment.stream

    @property
    def opening(self) -> Sequence[Began]:
        """What the run's stream begins with."""
        return (Began(self.deployment.id),)

    async def perform(self) -> Outcome:
        """Make the app and let it run. What goes wrong on the way is an outcome, told in the log's last line."""
        self.begun = True
        try:
            await self.shop.db.run(self._note_begun)
            async with asyncio.timeout(WHOLE_SECONDS):
                outcome = await self._steps()
        except TimeoutError:
            outcome = Outcome(error=f"The deployment took longer than {WHOLE_SECONDS / 60:g} minutes.")
        except StepFailed as failed:
            outcome = Outcome(error=str(failed))
        except (AppFailed, CloudFailed, ProvisioningFailed) as failed:
            outcome = Outcome(error=str(failed))
        except SessionLost as failed:
            outcome = Outcome(error=str(failed))
        except SandboxUnavailable:
            outcome = Outcome(error=NO_SANDBOX)
        except (DomainError, OSError) as failed:
            text = failed.message if isinstance(failed, DomainError) else failed.strerror or "The disk failed."
            outcome = Outcome(error=text)
        except asyncio.CancelledError:
            await self.journal.close()
            raise
        if outcome.error is not None:
            cause = await asyncio.to_thread(self._cause)
            self.journal.say(Step.DEPLOY, outcome.error, error=True)
            outcome = replace(outcome, cause=cause)
        if outcome.slot is None:  # nothing of it runs here; its files may be what fills the disk
            await self.shop.local.forget({self.deployment.id})
            await self.journal.close()
        await self.journal.settle()  # the last line is told before the end
        self._teller.end()
        return outcome

    def _note_begun(self, tx: Tx) -> None:
        store.update(tx, self.deployment.id, {"begun_at": tx.now()})

    def _cause(self) -> Cause | None:
        """Return the place in the tree that the output of the failed step names. For a worker thread."""
        shop, deployment = self.shop, self.deployment
        try:
            with shop.db.read() as tx:
                entries = storage.entries(tx, shop.blobs, deployment.owner_user_id, deployment.manifest_hash)
        except DomainError:
            return None
        folder = str(shop.local.place(deployment.id))
        return find_cause(list(self.journal.recent), {one.path for one in entries}, self._root, folder)

    async def _steps(self) -> Outcome:
        shop, deployment = self.shop, self.deployment
        folder = shop.local.place(deployment.id)
        self.journal.say(Step.INSTALL, f"Deploying tree {deployment.manifest_hash[:12]}.")
        await asyncio.to_thread(self._write_tree, folder)
        needs = await shop.db.run_read(self._needs)
        self._root = needs.root
        chosen = await shop.db.run_read(
            choose, shop.elsewhere, shop.secrets, shop.blobs, self.caller, deployment, needs
        )
        if chosen.cloudflare is None and needs.runtime is None and needs.recipe.start is None:
            raise StepFailed(Step.DEPLOY, "Nothing here can be run: no runtime was found in the files.")
        variables = await self._variables(needs, chosen.provider)
        secret = [value for value, hidden in variables.values() if hidden]
        self.journal.secrets = needles(secret if chosen.token is None else [*secret, chosen.token])
        plain = {key: value for key, (value, _) in variables.items()}
        if chosen.railway is not None:
            return Outcome(url=await chosen.railway.deploy(folder, needs, plain, self.journal))
        workshop = Workshop(shop.local.tools, deployment.project_id, folder, needs, plain)
        try:
            await workshop.make(self._hear)
            if chosen.cloudflare is not None:
                config, hear = chosen.wrangler_config, self._hear(Step.DEPLOY)
                return Outcome(url=await chosen.cloudflare.deploy(workshop, config, variables, hear))
        finally:
            self._end_lines()
        return await self._run_here(needs, variables)

    async def _run_here(self, needs: Requirements, variables: Variables) -> Outcome:
        shop, deployment = self.shop, self.deployment
        self.journal.recent.clear()
        slot = await shop.db.run_read(store.slot, deployment.slot)
        self.journal.say(Step.DEPLOY, f"Starting: {needs.recipe.command or 'the files as they are'}")
        port = 0 if slot is None else slot.port
        own = await shop.db.run_read(connections_of, shop.secrets, deployment.project_id)
        url, taken = await shop.local.start(deployment, needs, Values(variables, own), self.journal, port)
        self.journal.say(Step.DEPLOY, f"Running at {url}")
        return Outcome(url=url, slot=taken)

    def _write_tree(self, folder: Path) -> None:
        """Write the tree into a folder of its own, by way of another one beside it. For a worker thread."""
        shop, owner = self.shop, self.deployment.owner_user_id
        with shop.db.read() as tx:
            entries = storage.entries(tx, shop.blobs, owner, self.deployment.manifest_hash)
        shutil.rmtree(folder, ignore_errors=True)  # of a process that ended just after it began
        folder.mkdir(parents=True, mode=0o700)
        workcopies.write_tree(shop.db, shop.blobs, owner, entries, folder, shop.local.writing(self.deployment.id))

    def _hear(self, step: Step) -> Callable[[bytes], None]:
        self._end_lines()
        self.journal.recent.clear()
        self._lines = self.journal.lines(step)
        return self._lines.feed

    def _end_lines(self) -> None:
        if self._lines is not None:
            self._lines.end()
            self._lines = None

    def _needs(self, tx: Tx) -> Requirements:
        """Return what the tree needs: by its files and the settings, or by the plan of what is repeated."""
        deployment = self.deployment
        workspace_id = deployment.workspace_id
        settings = None
        if workspace_id is not None:
            settings = settings_of(tx, workspaces.get_workspace(tx, self.caller, workspace_id))
        found = detect_tree(tx, self.shop.blobs, deployment.owner_user_id, deployment.manifest_hash, settings)
        needs = found.requirements
        return needs if deployment.plan is None else requirements_of(deployment.plan, needs)

    async def _variables(self, needs: Requirements, provider: str) -> Variables:
        """Return the variables of the app after its resources are there, and note version and plan."""
        shop, deployment = self.shop, self.deployment
        if deployment.env_version is not None:
            version = deployment.env_version
            await shop.db.run(store.update, deployment.id, {"provider": provider})
            return await shop.db.run_read(open_version, shop.secrets, deployment.project_id, version)
        provided = await provide(shop.db, shop.secrets, shop.provisioners, self.caller, deployment.project_id, needs)
        self.provisioned = provided.made
        reason = "no provider can make it"
        self.unsatisfied = tuple(Unsatisfied(one.type, one.env_var, reason) for one in provided.unsatisfied)
        for one in self.unsatisfied:
            self.journal.say(Step.DEPLOY, f"{one.type}: {reason}. Set {one.env_var} yourself.", error=True)
        return await shop.db.run(self._note_plan, plan_of(needs), provider)

    def _note_plan(self, tx: Tx, plan: Plan, provider: str) -> Variables:
        deployment, secrets = self.deployment, self.shop.secrets
        found = projects.env_values(tx, secrets, self.caller, deployment.project_id)
        variables = variables_of(found)
        version = keep_version(tx, secrets, deployment.project_id, variables)
        values = {"env_version": version, "plan": plan, "plan_hash": plan_hash(plan), "provider": provider}
        store.update(tx, deployment.id, values)
        return variables

    def finish(self, tx: Tx, ending: Ending[Outcome]) -> Sequence[Ended]:
        """Write how the deployment ended; one that waits while the server stops begins with the next one."""
        if store.find(tx, self.deployment.id) is None:
            return ()
        if isinstance(ending, Stopped) and not self.begun:
            self.shop.streams.delete(tx, self.stream)
            return ()
        outcome = self._outcome(ending)
        status = Status.SUCCESS if outcome.error is None else Status.FAILED
        values = {"status": status, "url": outcome.url, "error": outcome.error, "cause": outcome.cause}
        if (
            end_deployment(tx, self.shop.streams, self.deployment, values | {"completed_at": tx.now()})
            and outcome.slot is not None
        ):
            store.put_slot(tx, self.deployment.project_id, outcome.slot)
        found = store.find(tx, self.deployment.id)
        return (Ended(self.deployment.id, found.status if found else status),)

    def _outcome(self, ending: Ending[Outcome]) -> Outcome:
        if isinstance(ending, Done):
            return ending.value
        if isinstance(ending, BrokenOff):
            return Outcome(error=ending.reason)
        if isinstance(ending, Failed):
            log.error("deployments.bug", deployment=self.deployment.id, exc_info=ending.error)
            return Outcome(error="The server failed while it deployed this.")
        return Outcome(error=INTERRUPTED)
