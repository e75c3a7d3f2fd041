"""What the stream of a run tells (Starbot 5.2). `MessageFinal` and `RunError` are the terminal events."""

from typing import TypeAlias

import msgspec

from asterism.kernel.streams import Fact


class Status(Fact, frozen=True, tag="status"):
    """What is going on, for people; its texts may change."""

    message: str


class TokenDelta(Fact, frozen=True, tag="token.delta"):
    """A piece of the answer as the provider sent it, never empty."""

    message_id: str
    delta: str


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


RunEvent: TypeAlias = Status | TokenDelta | MessageFinal | ChatUpdated | RunFailed
