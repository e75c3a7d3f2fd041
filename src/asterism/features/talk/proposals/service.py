"""Use cases of proposals: make, list, approve, reject (Starbot 8.7)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
import structlog

from asterism.base.clock import shift
from asterism.base.errors import DomainError
from asterism.base.ids import ulid
from asterism.features.accounts import audit
from asterism.features.accounts.identity import Caller
from asterism.features.talk import chats
from asterism.features.talk.proposals import store
from asterism.features.talk.proposals.errors import BUG, OUTCOME_UNKNOWN, ProposalNotPending, UnknownProposal
from asterism.features.talk.proposals.events import ExecutionEnded, ExecutionStarted
from asterism.features.talk.proposals.models import (
    LIFETIME,
    STREAM,
    Problem,
    Proposal,
    ProposalPreview,
    Status,
    Writer,
)
from asterism.features.talk.tools import ChatTool, Proposed, RunPlace, ToolAnswer, audited
from asterism.features.versions import project_log
from asterism.features.versions.project_log import ProposalCreated, ProposalDecided, Told
from asterism.kernel.db import Database, Tx
from asterism.kernel.runs import Done, Ending, Failed, Lane, RunHost, RunKind
from asterism.kernel.streams import Fact

log = structlog.get_logger("asterism.proposals")

GRACE_SECONDS = 10.0


def list_proposals(
    tx: Tx, caller: Caller, *, status: Status | None = None, chat_id: str | None = None, limit: int = 50
) -> list[Proposal]:
    """Return the caller's newest proposals, newest first."""
    found = store.page(tx, caller.user_id, status=status, chat_id=chat_id, limit=limit)
    there = {chat: _is_there(tx, caller, chat) for chat in {one.chat_id for one in found}}
    return [one for one in found if there[one.chat_id]]


def get_proposal(tx: Tx, caller: Caller, proposal_id: str) -> Proposal:
    """Return a proposal of the caller. Raises UnknownProposal."""
    found = store.find(tx, caller.user_id, proposal_id)
    if found is None or not _is_there(tx, caller, found.chat_id):
        raise UnknownProposal
    return found


def reject(tx: Tx, caller: Caller, proposal_id: str, *, origin: audit.Origin = audit.NOWHERE) -> Proposal:
    """Refuse a proposal. Raises UnknownProposal, ProposalNotPending."""
    found = get_proposal(tx, caller, proposal_id)
    if not store.decide(tx, found.id, "rejected"):
        raise ProposalNotPending(get_proposal(tx, caller, proposal_id).status)
    _decided(tx, caller, found, "rejected")
    audit.record(tx, caller.user_id, "proposal_rejected", found.tool_name, origin=origin, proposal_id=found.id)
    return get_proposal(tx, caller, proposal_id)


def _is_there(tx: Tx, caller: Caller, chat_id: str) -> bool:
    try:
        chats.get_chat(tx, caller, chat_id)
    except chats.UnknownChat:
        return False
    return True


class Proposals:
    """Makes proposals of what models want written, and executes those that are approved, each once."""

    def __init__(self, db: Database, host: RunHost, writers: Sequence[Writer]) -> None:
        self._db, self._host = db, host
        self._writers = {writer.name: writer for writer in writers}
        self.kind = host.add(RunKind("proposal", Lane(None), settle, grace=GRACE_SECONDS))

    def tools(self) -> tuple[ChatTool, ...]:
        """Return the writers as tools of chat runs: a call makes a proposal."""
        return tuple(self._tool(writer) for writer in self._writers.values())

    async def approve(self, caller: Caller, proposal_id: str, origin: audit.Origin = audit.NOWHERE) -> Proposal:
        """Execute the stored arguments, and return the proposal when that is over; it goes on if the caller leaves.

        Raises UnknownProposal, ProposalNotPending.
        """

        def begin(tx: Tx, _queued: bool) -> Execution:
            found = get_proposal(tx, caller, proposal_id)
            if not store.decide(tx, found.id, "executing"):
                raise ProposalNotPending(get_proposal(tx, caller, proposal_id).status)
            _decided(tx, caller, found, "approved")
            return Execution(self._db, caller, found, self._writers[found.tool_name], origin)

        with self._host.enter(self.kind) as place:
            work = await self._host.launch(place, self.kind, begin)
        await self._host.ended(work.stream)
        return await self._db.run_read(get_proposal, caller, proposal_id)

    def _tool(self, writer: Writer) -> ChatTool:
        async def call(place: RunPlace, arguments: Any) -> ToolAnswer:
            writer.check(arguments)
            seen = await writer.look(place, arguments) if writer.look is not None else None
            made = await asyncio.shield(self._db.run(_propose, place, writer, arguments, seen))
            told = f"{made.preview.title}: awaiting approval by the user, nothing is changed yet (proposal {made.id})."
            return ToolAnswer(told, proposed=Proposed(made.id, made.preview.title, made.expires_at))

        return ChatTool(
            writer.name,
            f"{writer.description} The user has to approve it first; go on without waiting.",
            writer.arguments,
            call,
            ready=writer.ready,
            require=writer.require,
            target=writer.target,
            by_name=writer.by_name,
        )


def _propose(tx: Tx, place: RunPlace, writer: Writer, arguments: Any, seen: ProposalPreview | None) -> Proposal:
    now = tx.now()
    shown = writer.preview(tx, place, arguments) if writer.preview is not None else seen
    made = Proposal(
        id=ulid(),
        user_id=place.caller.user_id,
        run_id=place.run_id,
        chat_id=place.chat_id,
        tool_name=writer.name,
        arguments=msgspec.to_builtins(arguments),
        basis=writer.basis(tx, place, arguments),
        preview=shown or ProposalPreview(writer.name, ""),
        status="pending",
        result=None,
        error=None,
        created_at=now,
        expires_at=shift(now, seconds=LIFETIME),
        decided_at=None,
    )
    store.insert(tx, made)
    told = ProposalCreated(made.chat_id, made.tool_name)
    tell_in_project(tx, place.project_id, made, told, f"A run wants to: {made.preview.title}", actor="system")
    return made


def tell_in_project(tx: Tx, project_id: str, about: Proposal, told: Told, title: str, *, actor: str) -> None:
    """Tell in the project log what became of a proposal."""
    subject = ("proposal", about.id)
    tree = about.basis.get("manifest_hash")
    project_log.append(
        tx, project_id, told, title=title, subject=subject, actor=actor, tree=tree if isinstance(tree, str) else None
    )


def _decided(tx: Tx, caller: Caller, found: Proposal, decision: Literal["approved", "rejected"]) -> None:
    project_id = chats.get_chat(tx, caller, found.chat_id).project_id
    told = ProposalDecided(found.chat_id, found.tool_name, decision)
    tell_in_project(tx, project_id, found, told, f"{found.preview.title}: {decision}.", actor=caller.client)


@dataclass(slots=True)
class Execution:
    """One approved proposal, as the host performs it."""

    db: Database
    caller: Caller
    proposal: Proposal
    writer: Writer
    origin: audit.Origin

    @property
    def stream(self) -> str:
        """The name of its stream."""
        return self.proposal.stream

    @property
    def opening(self) -> Sequence[Fact]:
        """What the stream begins with."""
        return [ExecutionStarted(self.proposal.id)]

    async def perform(self) -> Mapping[str, Any] | None:
        """Send the write; None when it is part of the transaction that ends this."""
        if self.writer.send is None:
            return None
        target = self.writer.target(self._arguments())
        async with audited(self.db, self.caller.user_id, self.writer.name, origin=self.origin, target=target):
            return await self.writer.send(self.proposal, self._arguments())

    def finish(self, tx: Tx, ending: Ending[Mapping[str, Any] | None]) -> Sequence[Fact]:
        """Write the outcome."""
        if isinstance(ending, Done):
            return self._done(tx, ending.value)
        if isinstance(ending, Failed):
            if isinstance(ending.error, DomainError):
                return _ended(tx, self.proposal.id, problem_of(ending.error))
            log.error("proposals.bug", proposal_id=self.proposal.id, exc_info=ending.error)
            return _ended(tx, self.proposal.id, BUG)
        return _ended(tx, self.proposal.id, OUTCOME_UNKNOWN)

    def _done(self, tx: Tx, sent: Mapping[str, Any] | None) -> Sequence[Fact]:
        result = sent
        if self.writer.apply is not None:
            arguments = self._arguments()
            outcome = "ok"
            try:
                result = self.writer.apply(tx, self.caller, self.proposal, arguments)
            except DomainError as error:
                outcome = error.code
                return _ended(tx, self.proposal.id, problem_of(error))
            finally:
                target = self.writer.target(arguments)
                audit.record(
                    tx, self.caller.user_id, "tool_called", self.writer.name, origin=self.origin,
                    target=target, outcome=outcome, duration_ms=0,
                )  # fmt: skip
        store.end(tx, self.proposal.id, "done", result, None)
        return [ExecutionEnded(self.proposal.id, "done")]

    def _arguments(self) -> Any:
        return msgspec.convert(self.proposal.arguments, self.writer.arguments)


def _ended(tx: Tx, proposal_id: str, problem: Problem) -> Sequence[Fact]:
    store.end(tx, proposal_id, "failed", None, problem)
    return [ExecutionEnded(proposal_id, "failed")]


def settle(tx: Tx, stream: str, _ending: object) -> Sequence[Fact]:
    """End an execution whose process is gone: whether it was done is not known, and it is never done again."""
    return _ended(tx, stream.removeprefix(STREAM), OUTCOME_UNKNOWN)


def problem_of(error: DomainError) -> Problem:
    """Return an error as a proposal keeps it."""
    return Problem(error.code, error.message, error.details)
