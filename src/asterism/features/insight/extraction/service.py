"""Extracting decisions from what was said (Fastest 3.7)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from asterism.features.accounts.identity import Caller
from asterism.features.insight import atlas, decisions
from asterism.features.insight.atlas import Maps, Prepared
from asterism.features.insight.decisions import Decision, NewDecision
from asterism.features.insight.extraction import prompts
from asterism.features.insight.extraction.heuristics import find_decisions
from asterism.features.insight.extraction.models import Talk, Thread
from asterism.features.insight.extraction.sources import Chats, Conversations
from asterism.features.versions import projects, workspaces
from asterism.features.versions.projects import Project
from asterism.features.versions.sync import Advisor
from asterism.kernel.db import Tx

READ_AT_ONCE = 20
"""Messages that the server reads by itself: those of ten answers, which makes up for one reading that was missed."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which talk to read: the newest threads of each kind, or one conversation; of each its newest messages."""

    threads: int = 4
    messages: int = 10
    conversation_id: str | None = None


class Extractor:
    """Finds decisions with the user's model, or by rules where there is none or it fails."""

    def __init__(self, maps: Maps, advisor: Advisor, talks: Sequence[Talk] | None = None) -> None:
        self._maps, self._advisor = maps, advisor
        self._conversations, self._chats = Conversations(), Chats()
        self._talks = (self._conversations, self._chats) if talks is None else talks

    async def extract(self, caller: Caller, project_id: str, wanted: Wanted) -> tuple[list[Decision], int]:
        """Add the decisions that were said lately; return all of the project, and how many are new.

        Raises UnknownProject or UnknownConversation.
        """
        db = self._maps.db
        project, threads = await db.run_read(self._read, caller, project_id, wanted)
        found = [one for thread in threads for one in await self._find(project, thread)]
        added = await self._add(project, found)
        return await db.run_read(decisions.newest, project.id), added

    async def read_conversation(self, conversation_id: str) -> int:
        """Add the decisions that were said lately in a conversation; return how many are new."""
        read = await self._maps.db.run_read(self._conversations.any, conversation_id, READ_AT_ONCE)
        return 0 if read is None else await self._add(read[0], await self._find(*read))

    async def read_chat(self, chat_id: str) -> int:
        """Add the decisions that rules find at the end of a chat; return how many are new.

        No model is asked: nobody who chats has asked for a second call of theirs.
        """
        read = await self._maps.db.run_read(self._chats.any, chat_id, READ_AT_ONCE)
        return 0 if read is None else await self._add(read[0], find_decisions(read[1]))

    async def _add(self, project: Project, found: Sequence[NewDecision]) -> int:
        if not found:
            return 0
        prepared = await asyncio.to_thread(atlas.current, self._maps, project)
        return await self._maps.db.run(_keep, project, found, prepared)

    def _read(self, tx: Tx, caller: Caller, project_id: str, wanted: Wanted) -> tuple[Project, list[Thread]]:
        project = projects.get_project(tx, caller, project_id)
        if wanted.conversation_id is not None:
            one = self._conversations.one(tx, caller, project, wanted.conversation_id, wanted.messages)
            return project, [one]
        found = [
            thread
            for talk in self._talks
            for thread in talk.newest(tx, caller, project, threads=wanted.threads, messages=wanted.messages)
        ]
        newest = sorted(found, key=lambda thread: thread.at, reverse=True)[: wanted.threads]
        return project, [thread for thread in newest if thread.lines]

    async def _find(self, project: Project, thread: Thread) -> Sequence[NewDecision]:
        adviser = await self._advisor.find(self._maps.db, project.owner_user_id)
        answer = await self._advisor.ask(adviser, prompts.question(thread)) if adviser is not None else None
        found = prompts.read(answer, thread)
        return find_decisions(thread) if found is None else found


def _keep(tx: Tx, project: Project, found: Sequence[NewDecision], prepared: Prepared) -> int:
    """Add decisions and link all of the project anew, in one transaction."""
    tx.take_turns("decisions", project.id)
    latest = workspaces.latest_tree(tx, project)
    added = decisions.add(tx, project.id, found, tree=latest[0] if latest else None)
    if added:
        atlas.relink(tx, project, prepared)
    return added
