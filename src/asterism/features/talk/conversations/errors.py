"""Errors of conversations."""

from asterism.base.errors import Conflict, NotFound, Unavailable
from asterism.features.talk.conversations.models import MAX_CONVERSATIONS, MAX_QUEUED


class UnknownConversation(NotFound):
    """No such conversation, or another user's."""

    def __init__(self) -> None:
        super().__init__("There is no such conversation.")


class UnknownMessage(NotFound):
    """No such message in this conversation."""

    def __init__(self) -> None:
        super().__init__("There is no such message in this conversation.")


class UnknownQuestion(NotFound):
    """No such question in this conversation."""

    def __init__(self) -> None:
        super().__init__("There is no such question in this conversation.")


class TooManyConversations(Conflict):
    """The workspace has as many conversations as it may have."""

    code = "LIMIT_REACHED"

    def __init__(self) -> None:
        super().__init__(
            f"A workspace has at most {MAX_CONVERSATIONS} conversations.", hint="Delete some of them first."
        )


class QueueFull(Conflict):
    """As many prompts wait in the conversation as may."""

    code = "QUEUE_FULL"

    def __init__(self) -> None:
        super().__init__(f"{MAX_QUEUED} prompts wait already.", hint="Wait for one to end, or cancel some.")


class OtherProject(Conflict):
    """A conversation stays in its project."""

    code = "INVALID_OPERATION"

    def __init__(self) -> None:
        super().__init__("The workspace belongs to another project.", hint="Choose one of the same project.")


class QuestionClosed(Conflict):
    """The question was answered otherwise, rejected, or its turn has ended."""

    code = "QUESTION_CLOSED"

    def __init__(self) -> None:
        super().__init__("The question is closed: it was answered or rejected before, or its turn has ended.")


class AnswerRefused(Unavailable):
    """The agent did not take the answer; the question stays open."""

    code = "UPSTREAM_ERROR"

    def __init__(self) -> None:
        super().__init__("The agent did not take the answer; the question stays open.", hint="Answer it again.")
