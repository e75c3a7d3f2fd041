"""The runs of a server: asked for, taken up in order, taken up again after a crash, cancelled, applied.

The database holds the queue; each process takes up what it has room for. What runs is a run of the host, so that it has
one performer and one end whatever happens to processes (Fastest 9.4, 12.7).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

import structlog

from asterism.base.errors import DomainError, ShuttingDown
from asterism.features.accounts.identity import Caller
from asterism.features.operations import action_items, deployments
from asterism.features.operations.action_runs import project_events, prompts, service, store
from asterism.features.operations.action_runs.apply import apply_run
from asterism.features.operations.action_runs.models import ActionRun, Applied, Status
from asterism.features.operations.action_runs.work import GONE, ActionWork, Bench, copy_of, finish
from asterism.features.operations.deployments import Deployment
from asterism.kernel.background import Bell
from asterism.kernel.db import Tx
from asterism.kernel.llm import Target
from asterism.kernel.runs import BrokenOff, Lane, LaneFull, RunHost, RunKind, Stopped
from asterism.kernel.streams import Fact

log = structlog.get_logger("asterism.action_runs")
STREAM = "action-run:"
LOOK_SECONDS = 5.0
AT_ONCE = 50
PER_USER = 2
DELETED = "deleted"

Choose = Callable[[Tx, str], Target]
"""Returns the model that works for a user. Raises ModelNotConfigured."""

Redeploy = Callable[[Caller, str], Awaitable[Deployment]]
"""Deploys the head of a workspace."""


class _NotNow(Exception):
    """Somebody else has it, or its user has as many runs as may be."""


class ActionRuns:
    """Begins and ends the runs of this process, `concurrency` at once."""

    def __init__(
        self, bench: Bench, choose: Choose, redeploy: Redeploy, host: RunHost, *, concurrency: int, quota: int | None
    ) -> None:
        self.bench, self._choose, self._redeploy, self._host = bench, choose, redeploy, host
        self._db, self._quota = bench.db, quota
        self._kind = host.add(RunKind("action run", Lane(concurrency), self._settle))
        self._news = Bell()
        self._dispatcher: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Take up what waits, and go on looking; the host has settled by now what a dead process left."""
        self._news.start()
        hosted = await self._db.run_read(store.hosted)
        await asyncio.to_thread(self.bench.copies.sweep, {copy_of(run) for run in hosted})
        self._dispatcher = asyncio.create_task(self._dispatch_forever(), name="action-runs-dispatch")

    async def stop(self) -> None:
        """Take up nothing more; what the host still performs waits for the next start."""
        self._news.stop()
        if self._dispatcher is not None:
            self._dispatcher.cancel()
            await asyncio.gather(self._dispatcher, return_exceptions=True)

    async def ask(self, caller: Caller, item_id: str, *, force: bool) -> ActionRun:
        """Return the run of an item, a new one unless one stands. Raises as `add_run`, and ModelNotConfigured."""
        run, new = await self._db.run(self._add, caller, item_id, force)
        if new:
            self._news.ring()
        return run

    def _add(self, tx: Tx, caller: Caller, item_id: str, force: bool) -> tuple[ActionRun, bool]:
        run, new = service.add_run(tx, caller, item_id, force=force)
        if new:
            self._choose(tx, caller.user_id)
        return run, new

    async def apply(self, caller: Caller, run_id: str, *, redeploy: bool) -> tuple[Applied, Deployment | None]:
        """Bring what a run has made into its workspace, and deploy that if asked to. Raises as `apply_run`."""
        bench = self.bench
        applied = await asyncio.to_thread(apply_run, bench.db, bench.blobs, caller, run_id, quota=self._quota)
        return applied, await self._redeploy(caller, applied.run.workspace_id) if redeploy else None

    async def _dispatch_forever(self) -> None:
        while True:
            try:
                await self._dispatch()
            except DomainError as error:
                log.warning("action_runs.dispatch_failed", error=error.message)
            except Exception:
                log.exception("action_runs.bug")
            await self._news.heard(LOOK_SECONDS)

    async def end_orphans(self) -> None:
        """Cancel what works for a workspace or project that was deleted (Fastest 9.4)."""
        for run in await self._db.run_read(store.orphans):
            if not (run.hosted and await self._host.cancel(run.stream, DELETED)):
                await self._db.run(service.end_run, run.id, Status.FAILED, {"error": GONE})

    async def _dispatch(self) -> None:
        """Take up what may be, oldest first, as long as there is room."""
        for run in await self._db.run_read(store.waiting, AT_ONCE):
            if self._kind.lane.full:
                return
            await self._begin(run)

    async def _begin(self, run: ActionRun) -> None:
        """Take a run up, unless it has to wait. One that cannot run is ended as failed."""
        try:
            with self._host.enter(self._kind) as place:
                await self._host.launch(place, self._kind, lambda tx, _: self._begun(tx, run.id))
        except (LaneFull, ShuttingDown, _NotNow):
            return
        except DomainError as error:
            log.warning("action_runs.not_begun", run=run.id, code=error.code, error=error.message)
            await self._db.run(service.end_run, run.id, Status.FAILED, {"error": error.message})

    def _begun(self, tx: Tx, run_id: str) -> ActionWork:
        found = store.find(tx, run_id)
        if found is None:
            raise _NotNow
        tx.take_turns("action runs", found.owner_user_id)
        found = store.find(tx, run_id, lock=True)
        if found is None or found.hosted or found.status not in store.ACTIVE:
            raise _NotNow
        if store.count_hosted(tx, found.owner_user_id) >= PER_USER:
            raise _NotNow
        caller = Caller(found.owner_user_id, "", "s", "system")
        item = action_items.stored_item(tx, caller, found.item_id)
        output = None
        if item.deployment_id is not None:
            output = prompts.failed_output(deployments.read_log(tx, caller, item.deployment_id))
        values: dict[str, Any] = {
            "status": Status.RUNNING,
            "hosted": True,
            "launch": found.launch + 1,
            "started_at": found.started_at or tx.now(),
        }
        store.update(tx, run_id, values)
        if found.launch == 0:
            project_events.run_started(tx, found, item.note.title)
        run = replace(found, **values)
        return ActionWork(run, item, output, self._choose(tx, found.owner_user_id), self.bench, self._news.ring)

    def _settle(self, tx: Tx, stream: str, ending: BrokenOff | Stopped) -> Sequence[Fact]:
        """End a run whose process is gone, or did not end in time."""
        tx.after_commit(self._news.ring)
        return finish(tx, stream.removeprefix(STREAM).partition(":")[0], ending)
