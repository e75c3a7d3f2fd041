"""Executing an approved proposal: once, to its end, and never again when nobody knows whether it was done."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from asterism.base.ids import ulid
from asterism.features.accounts import identity
from asterism.features.accounts.identity import Caller
from asterism.features.talk import chats, proposals
from asterism.features.talk.proposals import Proposal, ProposalPreview, Proposals, Writer
from asterism.features.talk.tools import RunPlace
from asterism.features.versions import projects
from asterism.kernel.db import Database
from asterism.kernel.runs import RunHost
from asterism.kernel.streams import MemoryStreams


class Note(msgspec.Struct, omit_defaults=True):
    """What is to be written."""

    text: str


class World:
    """A chat and a writer that waits until it may go on."""

    def __init__(self, db: Database, streams: MemoryStreams, *, owner: str = "1", gone: bool = False) -> None:
        self.db, self.go, self.sent = db, asyncio.Event(), list[str]()
        self.host = RunHost(db, streams, owner=owner, is_gone=lambda _owner: gone, sleep=self._pause)
        writer = Writer(
            "note", "Write.", Note, lambda _tx, _place, asked: ProposalPreview(asked.text, ""), send=self._send
        )
        self.proposals = Proposals(db, self.host, [writer])

    async def _pause(self, _seconds: float) -> None:
        await asyncio.Event().wait()

    async def _send(self, _proposal: Proposal, asked: Note) -> Mapping[str, Any]:
        self.sent.append(asked.text)
        await self.go.wait()
        return {"written": asked.text}

    async def propose(self) -> tuple[Caller, str]:
        """Have a model propose something; return who decides, and the proposal's id."""
        with self.db.write() as tx:
            user = identity.add_user(tx, f"{ulid()}@example.com".lower())
            caller = Caller(user.id, "token", "session", "web")
            project = projects.create_project(tx, caller, name="P")
            chat = chats.create_chat(tx, caller, project.id)
        place = RunPlace(caller, ulid(), chat.id, project.id, None, None)
        [tool] = self.proposals.tools()
        answer = await tool.call(place, Note("hello"))
        assert answer.proposed is not None
        return caller, answer.proposed.proposal_id

    def status(self, caller: Caller, ident: str) -> Proposal:
        with self.db.read() as tx:
            return proposals.get_proposal(tx, caller, ident)

    async def under_way(self) -> None:
        async with asyncio.timeout(60):
            while not self.sent:
                await asyncio.sleep(0)


@asynccontextmanager
async def world(db: Database, streams: MemoryStreams) -> AsyncIterator[World]:
    made = World(db, streams)
    await made.host.start()
    yield made
    made.go.set()
    await made.host.stop()


def test_it_goes_on_when_the_caller_leaves(db: Database) -> None:
    async def main() -> None:
        async with world(db, MemoryStreams()) as w, asyncio.timeout(60):
            caller, ident = await w.propose()
            approving = asyncio.create_task(w.proposals.approve(caller, ident))
            await w.under_way()
            approving.cancel()
            await asyncio.gather(approving, return_exceptions=True)
            assert w.status(caller, ident).status == "executing"
            w.go.set()
            await w.host.ended(w.status(caller, ident).stream)
            assert (w.status(caller, ident).status, w.status(caller, ident).result) == ("done", {"written": "hello"})

    asyncio.run(main())


def test_after_a_crash_the_outcome_is_unknown_and_nothing_is_repeated(db: Database) -> None:
    async def main() -> None:
        streams = MemoryStreams()
        async with world(db, streams) as crashed, asyncio.timeout(60):
            caller, ident = await crashed.propose()
            approving = asyncio.create_task(crashed.proposals.approve(caller, ident))
            await crashed.under_way()
            successor = World(db, streams, owner="2", gone=True)
            await successor.host.start()
            found = successor.status(caller, ident)
            assert (found.status, found.error and found.error.code) == ("failed", "OUTCOME_UNKNOWN")
            assert successor.sent == []
            with pytest.raises(proposals.ProposalNotPending) as refused:
                await successor.proposals.approve(caller, ident)
            assert refused.value.details == {"status": "failed"}
            crashed.go.set()
            await approving
            assert crashed.status(caller, ident).status == "failed"
            await successor.host.stop()

    asyncio.run(main())
