"""What the stream of a run tells (Starbot 5.2). `MessageFinal` and `RunError` are the terminal events."""

from typing import Any, TypeAlias

import msgspec

from asterism.kernel.streams import Fact


class Status(Fact, frozen=True, tag="status"):
    """What is going on, for people; its texts may change."""

    message: str


class TokenDelta(Fact, frozen=True, tag="token.delta"):
    """A piece of the answer as the provider sent it, never empty."""

    message_id: str
    delta: str


class ToolStart(Fact, frozen=True, tag="tool.start"):
    """The model calls a tool; `arguments` is empty when what it wrote is no JSON object."""

    tool_call_id: str
    tool_name: str
    arguments: dict[str, Any]


class ToolEnd(Fact, frozen=True, tag="tool.end"):
    """A call has ended; `preview` is the beginning of what the model was told, at most 300 characters."""

    tool_call_id: str
    tool_name: str
    success: bool
    duration_ms: int
    preview: str


class ProposalCreated(Fact, frozen=True, tag="proposal.created"):
    """A call made a proposal instead of a write; `preview` is its title line."""

    proposal_id: str
    tool_name: str
    preview: str
    expires_at: str


class Tokens(msgspec.Struct, frozen=True):
    """What the whole run used."""

    input_tokens: int
    output_tokens: int


class MessageFinal(Fact, frozen=True, tag="message.final"):
    """The whole answer: all deltas joined, and the text of the stored message."""

    message_id: str
    content: str
    usage: Tokens


class ChatUpdated(Fact, frozen=True, tag="chat.updated"):
    """The title has changed; only directly after `MessageFinal`."""

    chat_id: str
    title: str


class RunFailed(Fact, frozen=True, tag="run.error"):
    """The run failed or was cancelled; codes are those of Starbot 5.9."""

    code: str
    message: str


RunEvent: TypeAlias = (
    Status | TokenDelta | ToolStart | ToolEnd | ProposalCreated | MessageFinal | ChatUpdated | RunFailed
)
