"""Errors of runs, before and after the stream began."""

from collections.abc import Mapping

from asterism.base.errors import Conflict, DomainError, Invalid, Kind, NotFound
from asterism.features.talk.runs.models import RunError
from asterism.kernel.llm import FailureKind, ModelFailure


class UnknownRun(NotFound):
    """No such run, or another user's."""

    def __init__(self) -> None:
        super().__init__("There is no such run.")


class RunInProgress(Conflict):
    """The chat has an active run already."""

    code = "RUN_IN_PROGRESS"

    def __init__(self, run_id: str) -> None:
        super().__init__(
            "This chat is being answered already.",
            hint=f"Follow it with GET /v1/runs/{run_id}/events, or cancel it.",
            details={"run_id": run_id},
        )


class NoUserMessage(Invalid):
    """The chat holds nothing to answer."""

    code = "NO_USER_MESSAGE"

    def __init__(self) -> None:
        super().__init__("The chat has no user message to answer.", hint="Post one first.")


class ContextTooLong(Invalid):
    """The newest user message does not fit into the model's window."""

    code = "CONTEXT_TOO_LONG"

    def __init__(self, limit: int) -> None:
        super().__init__(
            "The newest message is too long for this model.",
            hint="Shorten it or choose a model with a larger window.",
            details={"limit_tokens": limit},
        )


class EventsExpired(DomainError):
    """The run's events were purged; the run and its message remain."""

    kind = Kind.NOT_FOUND
    code = "EVENTS_EXPIRED"

    def __init__(self) -> None:
        super().__init__(
            "The events of this run are no longer kept.", hint="Read the run and the messages of its chat instead."
        )


CODES: Mapping[FailureKind, str] = {
    FailureKind.AUTH: "PROVIDER_AUTH",
    FailureKind.MODEL_UNKNOWN: "MODEL_UNAVAILABLE",
    FailureKind.RATE_LIMITED: "PROVIDER_RATE_LIMITED",
    FailureKind.UNAVAILABLE: "PROVIDER_UNAVAILABLE",
    FailureKind.CONTEXT_TOO_LONG: "CONTEXT_TOO_LONG",
    FailureKind.INTERRUPTED: "PROVIDER_INTERRUPTED",
    FailureKind.TIMEOUT: "TIMEOUT",
    FailureKind.CONTENT_FILTERED: "CONTENT_FILTERED",
    FailureKind.EMPTY: "EMPTY_RESPONSE",
    FailureKind.OTHER: "PROVIDER_ERROR",
}

CANCELLED = RunError("CANCELLED", "The run was cancelled.")
RESTARTED = RunError("SERVER_RESTARTED", "The server was restarted before the answer was complete.")
INTERNAL = RunError("INTERNAL_ERROR", "Something went wrong on the server.")


def error_of(failure: ModelFailure) -> RunError:
    """Return how a model's failure is told (Starbot 5.9)."""
    return RunError(CODES[failure.failure], failure.message)
