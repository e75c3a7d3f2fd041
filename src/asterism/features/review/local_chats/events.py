"""What the stream of an answer in a session tells (Stargazer 4.2). `AnswerComplete` and `AnswerError` are terminal."""

from typing import TypeAlias

import msgspec

from asterism.kernel.streams import Fact


class AnswerChunk(Fact, frozen=True, tag="chunk"):
    """A piece of the answer, secrets masked."""

    content: str


class AnswerComplete(Fact, frozen=True, tag="complete"):
    """The answer is stored; `truncated` when it stopped at a limit."""

    content: str
    truncated: bool


class AnswerCause(msgspec.Struct, frozen=True):
    """Why there is no answer; codes are those of Stargazer [4.10]."""

    message: str
    code: str


class AnswerError(Fact, frozen=True, tag="error"):
    """There is no answer, and none is stored."""

    error: AnswerCause


AnswerEvent: TypeAlias = AnswerChunk | AnswerComplete | AnswerError
