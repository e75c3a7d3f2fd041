"""The places where people talk: conversations with agents, and chats."""

from collections.abc import Sequence
from dataclasses import replace

from asterism.features.accounts.identity import ALL, Caller, acting_for
from asterism.features.insight.extraction.models import Line, Thread
from asterism.features.talk import chats, conversations
from asterism.features.versions import projects
from asterism.features.versions.projects import Project
from asterism.kernel.db import Tx

MAX_LOOKED_AT = 200


class Conversations:
    """Conversations of a project."""

    def newest(self, tx: Tx, caller: Caller, project: Project, *, threads: int, messages: int) -> Sequence[Thread]:
        """Return the conversations of a project that changed last, newest first."""
        found = conversations.list_conversations(tx, whole(caller), limit=MAX_LOOKED_AT, offset=0)
        mine = [view.conversation for view in found if view.conversation.project_id == project.id]
        return [self._thread(tx, caller, one, messages) for one in mine[:threads]]

    def one(self, tx: Tx, caller: Caller, project: Project, conversation_id: str, messages: int) -> Thread:
        """Return a conversation of a project. Raises UnknownConversation."""
        found = conversations.get_conversation(tx, whole(caller), conversation_id)
        if found.project_id != project.id:
            raise conversations.UnknownConversation
        return self._thread(tx, caller, found, messages)

    def any(self, tx: Tx, conversation_id: str, messages: int) -> tuple[Project, Thread] | None:
        """Return a conversation and its project, whoever has it; None when either is gone. For jobs."""
        found = conversations.find_conversation(tx, conversation_id)
        project = projects.find_live(tx, found.project_id) if found is not None else None
        if found is None or project is None:
            return None
        return project, self.one(tx, acting_for(found.owner_user_id), project, conversation_id, messages)

    def _thread(self, tx: Tx, caller: Caller, found: conversations.Conversation, messages: int) -> Thread:
        newest, _ = conversations.list_messages(tx, whole(caller), found.id, limit=messages)
        lines = [Line(message.role, message.content) for message in newest]
        return Thread(found.title, lines, found.id, found.updated_at)


class Chats:
    """Chats of a project."""

    def newest(self, tx: Tx, caller: Caller, project: Project, *, threads: int, messages: int) -> Sequence[Thread]:
        """Return the chats of a project that changed last, newest first."""
        found = chats.list_chats(tx, whole(caller), project.id, limit=threads)
        return [self._thread(tx, chat, messages) for chat in found]

    def any(self, tx: Tx, chat_id: str, messages: int) -> tuple[Project, Thread] | None:
        """Return a chat and its project, whoever has it; None when either is gone. For jobs."""
        found = chats.find_chat(tx, chat_id)
        project = projects.find_live(tx, found.project_id) if found is not None else None
        return (project, self._thread(tx, found, messages)) if found is not None and project is not None else None

    def _thread(self, tx: Tx, found: chats.Chat, messages: int) -> Thread:
        lines = [Line(said.role, said.content) for said in chats.newest_turns(tx, found.id, messages)]
        return Thread(found.title, lines, None, found.active_at)


def whole(caller: Caller) -> Caller:
    """Return a caller who may read all of the project that they were let into: decisions are the project's."""
    return replace(caller, scope=ALL)
