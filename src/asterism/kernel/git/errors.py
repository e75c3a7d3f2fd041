"""What can go wrong with git. Which one it was is found out by probing, never by reading git's messages."""

from asterism.base.errors import Invalid, Unavailable


class NotGitRepo(Invalid):
    """The folder is not inside a work tree; bare repositories have none."""

    code = "NOT_GIT_REPO"


class UnknownRevision(Invalid):
    """A reference that names no commit here."""

    code = "UNKNOWN_REVISION"


class InvalidPath(Invalid):
    """A project root or a path inside one that is not acceptable."""

    code = "INVALID_PATH"


class GitNotFound(Unavailable):
    """There is no usable git program: none on PATH, or one older than 2.32."""

    code = "GIT_NOT_FOUND"


class CommandFailed(Unavailable):
    """git failed, ran out of time, or wrote more than its cap."""

    code = "COMMAND_FAILED"


class OverLimit(CommandFailed):
    """There is more to read than a review or a diff may hold; the message names the limit."""
