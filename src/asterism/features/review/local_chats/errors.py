"""What can be wrong about sessions and their chats (Stargazer 4)."""

from asterism.base.errors import Conflict, Invalid, NotFound, Unavailable


class UnknownSession(NotFound):
    """There is no such session."""

    code = "NOT_FOUND"

    def __init__(self, *, code: str | None = None) -> None:
        super().__init__("There is no such session.", code=code)


class BadSession(Invalid):
    """A project path, title or message that cannot be kept."""


class SessionBusy(Conflict):
    """An answer is already being written in this session."""

    code = "SESSION_BUSY"

    def __init__(self) -> None:
        super().__init__("An answer is already being written in this session.", hint="Wait until it is complete.")


class MessageNotSaved(Unavailable):
    """The user's message could not be stored, so nothing was asked."""

    code = "MESSAGE_SAVE_ERROR"
