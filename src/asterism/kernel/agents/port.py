"""The port of coding agents: one turn of work on a working copy, told as typed events."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from asterism.base.errors import Conflict, Unavailable
from asterism.kernel.agents.events import AgentEvent, Part, Question
from asterism.kernel.llm import Target, Tool, Usage


class AgentUnavailable(Unavailable):
    """No agent can be started here: its program, or a sandbox for it, is missing. The hint says what to do."""

    code = "AGENT_UNAVAILABLE"


class QuestionClosed(Conflict):
    """The question has its answer, was rejected, or is not one of this session."""

    code = "QUESTION_CLOSED"

    def __init__(self) -> None:
        super().__init__("The question is closed: it was answered or rejected before.")


class AnswerRefused(Unavailable):
    """The agent did not take the answer; the question stays open."""

    code = "AGENT_REFUSED"


@dataclass(frozen=True, slots=True)
class Said:
    """What was said in an earlier turn of the conversation."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Resumption:
    """A turn that was interrupted while it waited for an answer, and now goes on.

    `parts` are all it had told, in order; `answers` those to `question`, None when it was rejected. The part of the
    call that asked is told anew by the session, under ids of its own.
    """

    parts: tuple[Part, ...]
    question: Question
    answers: tuple[tuple[str, ...], ...] | None


@dataclass(frozen=True, slots=True)
class Lookup:
    """A tool that the server adds to those of the agent: it reads something and changes nothing (map, memory).

    `answer` gets the arguments as the model wrote them, and returns text for it.
    """

    tool: Tool
    answer: Callable[[Mapping[str, Any]], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class AgentJob:
    """One turn.

    `tree` is the private working copy, an absolute path without links; the agent sees it as `/tree` where the sandbox
    can rename it. `environment` is what the agent's processes see beyond a bare environment: `ASTERISM_URL` and
    `ASTERISM_TOKEN` for the scoped API, and granted values. `/v1` of that URL is reachable from inside. `history` holds
    the turns before, oldest first; the agent drops the oldest ones that do not fit. `instructions` are the server's
    words for the system prompt; `AGENTS.md` of the tree is read by the agent. `lookups` are tools of the server.
    `conversation` says whose turn it is.
    """

    tree: Path
    prompt: str
    target: Target
    history: tuple[Said, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    instructions: str = ""
    resumption: Resumption | None = None
    lookups: tuple[Lookup, ...] = ()
    conversation: str = ""


class AgentSession(Protocol):
    """A running agent."""

    @property
    def usage(self) -> Usage:
        """The tokens so far, as the provider counted them: at any time, and of all of the turn once it has ended."""
        ...

    def events(self) -> AsyncGenerator[AgentEvent, None]:
        """Yield what happens, from the beginning, and at the end exactly one `Ended`; to be read once.

        The agent goes on after a tool call only when the event after it is asked for, as far as it can be held: what
        the reader does with an `ended_call` (a checkpoint) sees the tree as the call left it. A reader that stops
        reading stops the agent at some point.
        """
        ...

    async def answer(self, question_id: str, answers: Sequence[Sequence[str]]) -> None:
        """Answer an open question, a list of texts for each of its questions. `QuestionReplied` follows.

        Raises QuestionClosed, and AnswerRefused when the agent does not take it (the question stays open then).
        """
        ...

    async def reject(self, question_id: str) -> None:
        """Close an open question without an answer: `QuestionRejected` follows, and the turn ends as `done`.

        Raises QuestionClosed and AnswerRefused.
        """
        ...

    async def abort(self) -> None:
        """End the turn: open questions are rejected, the call of the model is closed, `Ended` says `aborted`.

        Returns at once, may be called again, and does nothing to a session that has ended.
        """
        ...


class Agents(Protocol):
    """Starts agents."""

    @property
    def name(self) -> str:
        """How the agent is called in reports: `builtin`, `opencode`, `scripted`."""
        ...

    def claim_folder(self, target: Target, url: str) -> Path | None:
        """Return an empty folder that an agent for this model waits on already; None where none does.

        It is the caller's from now on, who makes the working copy of it (by renaming it, on the same file system):
        `open` with a job on that folder begins sooner. `url` is the `ASTERISM_URL` of the job. To be called on the
        event loop.
        """
        ...

    def open(self, job: AgentJob) -> AbstractAsyncContextManager[AgentSession]:
        """Start an agent on a job. Raises AgentUnavailable and SandboxUnavailable.

        Every process of the turn is gone within 5 s after the block is left or the turn has ended, whatever it did.
        """
        ...

    async def stop(self) -> None:
        """End everything, also what was kept warm."""
        ...
