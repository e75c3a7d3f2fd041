"""One run as the host performs it: an agent in a private copy, the checks, and up to three attempts (Fastest 9.4)."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import Final

import structlog

from asterism.base.errors import DomainError
from asterism.features.accounts import identity
from asterism.features.accounts.identity import Caller, Scope
from asterism.features.operations import detection
from asterism.features.operations.action_items import StoredItem
from asterism.features.operations.action_runs import prompts, service, store
from asterism.features.operations.action_runs.check_runs import run_checks
from asterism.features.operations.action_runs.checks import Planned, plan_checks
from asterism.features.operations.action_runs.events import Began, Ended
from asterism.features.operations.action_runs.models import (
    MAX_ATTEMPTS,
    MAX_REPORT,
    MAX_SUMMARY,
    SUMMARY_LINES,
    ActionRun,
    Check,
    Status,
    Values,
)
from asterism.features.operations.action_runs.patches import patch_text, storable
from asterism.features.operations.deployments import Tools
from asterism.features.operations.infrastructure import detect_tree, settings_of
from asterism.features.versions import storage, sync, workcopies, workspaces
from asterism.features.versions.workcopies import WorkingCopies, WorkingCopy
from asterism.kernel import agents
from asterism.kernel.agents import AgentJob, Agents, AgentSession, AgentUnavailable, PartUpdated, TextPart
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Database, Tx
from asterism.kernel.llm import Target
from asterism.kernel.runs import BrokenOff, Done, Ending, Failed
from asterism.kernel.sandbox import SandboxUnavailable, SessionLost
from asterism.vcs.diff import Change

log = structlog.get_logger("asterism.action_runs")
NOTHING: Final = "The agent changed nothing."
GONE: Final = "Cancelled, since its workspace or project was deleted."
FAULT: Final = "The run failed with an error of the server's own. The server's log says more."


@dataclass(slots=True)
class Bench:
    """What runs need of the server. `url` is where agents find the API, `seconds` what one attempt may take."""

    db: Database
    blobs: Blobs
    agents: Agents
    copies: WorkingCopies
    tools: Tools
    url: str
    seconds: float = 1200.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run went."""

    status: Status
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """How an attempt went: `trouble` says, for people, what was wrong with it."""

    trouble: str | None = None
    checks: tuple[Check, ...] = ()


class AttemptFailed(Exception):
    """An attempt ends here; the text is for people."""


@dataclass(slots=True)
class ActionWork:
    """The work of one run, by an agent that asks `target`; its end is told by `wake`, since others may wait for it."""

    run: ActionRun
    item: StoredItem
    failed_output: str | None
    target: Target
    bench: Bench
    wake: Callable[[], None]
    _tree: str = field(init=False)

    def __post_init__(self) -> None:
        """Go on from what an earlier attempt has made."""
        self._tree = self.run.result_manifest_hash or self.run.base_manifest_hash

    @property
    def stream(self) -> str:
        """The name of the run."""
        return self.run.stream

    @property
    def opening(self) -> Sequence[Began]:
        """What the run's stream begins with."""
        return (Began(self.run.id),)

    @property
    def _caller(self) -> Caller:
        return Caller(self.run.owner_user_id, "", "s", "system")

    async def perform(self) -> Outcome:
        """Try up to three times; what was wrong goes into the next attempt."""
        first = prompts.first_prompt(self.item, self.failed_output)
        tried = Tried("The server stopped meanwhile.", self.run.checks)
        for attempt in range(self.run.attempt_count + 1, MAX_ATTEMPTS + 1):
            await self._note({"attempt_count": attempt})
            prompt = first if attempt == 1 else prompts.later_prompt(first, tried.trouble or "", tried.checks)
            try:
                tried = await self._in_time(prompt)
            except (AgentUnavailable, SandboxUnavailable) as missing:  # another attempt would not find it either
                return Outcome(Status.FAILED, _said(missing))
            if tried.trouble is None:
                return Outcome(Status.READY)
        return Outcome(Status.FAILED, tried.trouble)

    async def _in_time(self, prompt: str) -> Tried:
        try:
            async with asyncio.timeout(self.bench.seconds):
                return await self._attempt(prompt)
        except TimeoutError:
            return Tried(f"The attempt took longer than {self.bench.seconds / 60:g} minutes.")
        except (AttemptFailed, SessionLost) as failure:
            return Tried(str(failure))
        except (AgentUnavailable, SandboxUnavailable):
            raise
        except DomainError as failure:
            return Tried(_said(failure))

    async def _attempt(self, prompt: str) -> Tried:
        """Let the agent work, keep what it made, and check that."""
        report, tree = await self._worked(prompt)
        self._tree = tree
        values: Values = {"result_manifest_hash": tree, "report": report[:MAX_REPORT], "summary": summary_of(report)}
        changes = await self.bench.db.run_read(self._changes, tree)
        if not changes:
            await self._note(values | {"checks": (), "patch": None})
            raise AttemptFailed(NOTHING)
        contents = sync.Contents(self.bench.db, self.bench.blobs, self.run.owner_user_id)
        patch = await asyncio.to_thread(patch_text, changes, contents.read)
        await self._note(values | {"checks": (), "patch": patch})
        checks = await self._checked(tree)
        await self._note({"checks": checks})
        failing = next((check for check in checks if not check.success), None)
        return Tried(None if failing is None else f"`{failing.command}` failed.", checks)

    def _changes(self, tx: Tx, tree: str) -> list[Change]:
        return storage.changes(tx, self.run.owner_user_id, self.run.base_manifest_hash, tree)

    async def _note(self, values: Values) -> None:
        await self.bench.db.run(store.update, self.run.id, values)

    async def _worked(self, prompt: str) -> tuple[str, str]:
        """Let an agent work on the newest tree; return what it reports, and the tree that it leaves."""
        bench = self.bench
        copy = await asyncio.to_thread(self._open, self._tree)
        try:
            token = await bench.db.run(self._token)
            job = AgentJob(
                copy.folder,
                prompt,
                self.target,
                environment={"ASTERISM_URL": bench.url, "ASTERISM_TOKEN": token.text},
                instructions=prompts.INSTRUCTIONS,
                conversation=copy.id,
            )
            try:
                async with bench.agents.open(job) as session:
                    report = await _followed(session)
            finally:
                await asyncio.shield(bench.db.run(identity.end_agent_token, token.id))
            collected = await asyncio.to_thread(bench.copies.collect, copy)
        finally:
            await asyncio.shield(asyncio.to_thread(bench.copies.close, copy))
        if collected.tree is None:
            raise AttemptFailed("The agent left nothing of the project.")
        return report, collected.tree

    async def _checked(self, tree: str) -> tuple[Check, ...]:
        """Check a tree in a copy of its own, so that nothing that checks leave behind gets into the result."""
        bench = self.bench
        root, planned = await bench.db.run_read(self._planned, tree)
        copy = await asyncio.to_thread(self._open, tree)
        try:
            return await run_checks(bench.tools, copy.folder, root, planned, seconds=bench.seconds)
        finally:
            await asyncio.shield(asyncio.to_thread(bench.copies.close, copy))

    def _planned(self, tx: Tx, tree: str) -> tuple[str, list[Planned]]:
        owner = self.run.owner_user_id
        workspace, _ = workspaces.workspace_and_project(tx, self._caller, self.run.workspace_id)
        needs = detect_tree(tx, self.bench.blobs, owner, tree, settings_of(tx, workspace)).requirements
        entries = {one.path: one for one in storage.entries(tx, self.bench.blobs, owner, tree) if one.type == "file"}

        def read(path: str) -> bytes | None:
            with suppress(storage.BlobsMissing):
                return storage.content(tx, self.bench.blobs, owner, entries[path].hash)
            return None

        source = detection.Source({path: one.size for path, one in entries.items()}, read, needs.root)
        return needs.root, plan_checks(source, needs)

    def _open(self, tree: str) -> WorkingCopy:
        copies, copy_id = self.bench.copies, copy_of(self.run)
        with suppress(workcopies.UnknownCopy):
            copies.close(copies.find(copy_id))
        return copies.open(self._caller, self.run.workspace_id, copy_id, tree=tree)

    def _token(self, tx: Tx) -> identity.IssuedToken:
        run = self.run
        scope = Scope("agent", run.project_id, run.workspace_id, run_id=run.id)
        return identity.create_agent_token(tx, run.owner_user_id, scope, name="agent")

    def finish(self, tx: Tx, ending: Ending[Outcome]) -> Sequence[Ended]:
        """Write how the run ended; one whose server stops waits to be taken up again."""
        tx.after_commit(self.wake)
        return finish(tx, self.run.id, ending)


def finish(tx: Tx, run_id: str, ending: Ending[Outcome]) -> Sequence[Ended]:
    """Write how a run ended, whoever performed it."""
    if isinstance(ending, Done):
        status = service.end_run(tx, run_id, ending.value.status, {"error": ending.value.error})
    elif isinstance(ending, BrokenOff):
        status = service.end_run(tx, run_id, Status.FAILED, {"error": GONE})
    elif isinstance(ending, Failed):
        log.error("action_runs.bug", run=run_id, error=type(ending.error).__name__, exc_info=ending.error)
        status = service.end_run(tx, run_id, Status.FAILED, {"error": FAULT})
    else:
        status = service.give_back(tx, run_id)
    return () if status is None else (Ended(run_id, status),)


async def _followed(session: AgentSession) -> str:
    """Hear an agent to its end; return the text of its last message. Raises AttemptFailed."""
    texts: dict[str, TextPart] = {}
    async with aclosing(session.events()) as events:
        async for event in events:
            if isinstance(event, agents.Ended):
                if event.reason != "done":
                    raise AttemptFailed(event.error or "The agent stopped.")
                return _last_message(list(texts.values()))
            if isinstance(event, agents.QuestionAsked):
                await _answer(session, event.question)
            elif isinstance(event, PartUpdated) and isinstance(event.part, TextPart):
                texts[event.part.id] = event.part
    raise AttemptFailed("The agent stopped without an end.")


async def _answer(session: AgentSession, asked: agents.Question) -> None:
    """Tell an agent that asks to decide for itself."""
    answers = [[prompts.NOBODY] if one.custom or not one.options else [one.options[0].label] for one in asked.questions]
    with suppress(agents.QuestionClosed, agents.AnswerRefused):
        await session.answer(asked.id, answers)


def _last_message(texts: Sequence[TextPart]) -> str:
    last = next((part.message_id for part in reversed(texts) if part.text.strip()), None)
    return storable("".join(part.text for part in texts if part.message_id == last).strip())


def summary_of(report: str) -> str:
    """Return the first three lines that say something, at most 800 characters."""
    lines = [line.strip() for line in report.splitlines() if line.strip()]
    return "\n".join(lines[:SUMMARY_LINES])[:MAX_SUMMARY]


def copy_of(run: ActionRun) -> str:
    """Return how the working copy of a run is called."""
    return f"action-{run.id}"


def _said(error: DomainError) -> str:
    return f"{error.message} {error.hint}" if error.hint else error.message
