"""What people and models said in one place, and the port to where they say it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from asterism.features.accounts.identity import Caller
from asterism.features.versions.projects import Project
from asterism.kernel.db import Tx

MAX_LINE = 600


@dataclass(frozen=True, slots=True)
class Line:
    """One message; `role` is `user` or `assistant`."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Thread:
    """The newest messages of a conversation or a chat, oldest first. Only a conversation has a `conversation_id`."""

    title: str | None
    lines: Sequence[Line]
    conversation_id: str | None = None
    at: str = ""

    @property
    def transcript(self) -> str:
        """What was said, a line each, as a model is shown it."""
        return "\n".join(f"{line.role}: {' '.join(line.text.split())[:MAX_LINE]}" for line in self.lines)


class Talk(Protocol):
    """Where people talk."""

    def newest(self, tx: Tx, caller: Caller, project: Project, *, threads: int, messages: int) -> Sequence[Thread]:
        """Return the threads of a project that changed last, newest first."""
        ...

    def any(self, tx: Tx, thread_id: str, messages: int) -> tuple[Project, Thread] | None:
        """Return a thread and its project, whoever has it; None when either is gone. For jobs."""
        ...
