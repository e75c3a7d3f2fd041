"""Errors of integrations: our own, and those of the services by the table of Starbot 8.5."""

from dataclasses import asdict, dataclass
from typing import Any

from asterism.base.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, RateLimited, Unavailable
from asterism.features.talk.integrations.models import LABELS, ProviderName

MAX_MESSAGE = 300


class UnknownIntegration(NotFound):
    """There is no such service."""

    def __init__(self) -> None:
        super().__init__("There is no such integration.", hint="It is notion or github.")


class IntegrationNotConfigured(Conflict):
    """The server has no client, or no app, at the service."""

    code = "INTEGRATION_NOT_CONFIGURED"

    def __init__(self, provider: ProviderName, needs: str) -> None:
        super().__init__(
            f"This server is not registered with {LABELS[provider]}.", hint=f"Connect by token, or set {needs}."
        )


class InvalidCredential(Invalid):
    """The service does not accept the token or code, or the installation is not the user's."""

    code = "INVALID_CREDENTIAL"

    def __init__(self, message: str) -> None:
        super().__init__(message, hint="Make a new one and connect again.")


class InvalidState(Invalid):
    """The state was never given out to this user, was used, or is too old."""

    code = "INVALID_STATE"

    def __init__(self) -> None:
        super().__init__("This sign-in is not known, was used, or took too long.", hint="Start to connect anew.")


@dataclass(frozen=True, slots=True)
class Seen:
    """What the service said, as far as people may know it."""

    provider: ProviderName
    upstream_status: int | None = None
    upstream_code: str | None = None
    upstream_message: str | None = None
    upstream_request_id: str | None = None
    reason: str | None = None
    """What the first of several errors says, for people to read in our message."""

    def details(self) -> dict[str, Any]:
        """Return it as details of an error."""
        return {name: value for name, value in asdict(self).items() if name != "reason"}

    @property
    def label(self) -> str:
        """What people call the service."""
        return LABELS[self.provider]


class ReauthRequired(Conflict):
    """The service does not accept the credential any more."""

    code = "REAUTH_REQUIRED"

    def __init__(self, seen: Seen) -> None:
        super().__init__(
            f"{seen.label} does not accept the stored credential any more.",
            hint=f"Connect again with POST /v1/integrations/{seen.provider}/connect.",
            details=seen.details(),
        )


class UpstreamRateLimited(RateLimited):
    """The service wants fewer requests."""

    code = "UPSTREAM_RATE_LIMITED"

    def __init__(self, seen: Seen, retry_after: float) -> None:
        super().__init__(
            f"{seen.label} takes no more requests for now.",
            hint="Try again later.",
            retry_after=retry_after,
            details=seen.details(),
        )


class UpstreamForbidden(Forbidden):
    """The credential may not do that there."""

    code = "UPSTREAM_FORBIDDEN"

    def __init__(self, seen: Seen) -> None:
        super().__init__(
            f"{seen.label} does not allow this.",
            hint="Look at what the credential may do.",
            details=seen.details(),
        )


class UpstreamNotFound(NotFound):
    """It is not there, or not for this credential."""

    code = "UPSTREAM_NOT_FOUND"

    def __init__(self, seen: Seen) -> None:
        hints = {
            "notion": "Share the page with the connection in Notion.",
            "github": "Look at the name and the access.",
        }
        super().__init__(f"{seen.label} knows no such thing.", hint=hints[seen.provider], details=seen.details())


class UpstreamValidation(Invalid):
    """The service says that the request is wrong."""

    code = "UPSTREAM_VALIDATION"

    def __init__(self, seen: Seen) -> None:
        why = f": {seen.reason.rstrip('.')}" if seen.reason else ""
        super().__init__(f"{seen.label} does not accept this request{why}.", details=seen.details())


class UpstreamConflict(Conflict):
    """The state over there forbids it now."""

    code = "UPSTREAM_CONFLICT"

    def __init__(self, seen: Seen) -> None:
        super().__init__(f"{seen.label} says that this conflicts with its present state.", details=seen.details())


class UpstreamError(Unavailable):
    """The service is down, too slow, or answers what nobody can read."""

    code = "UPSTREAM_ERROR"

    def __init__(self, seen: Seen, what: str = "failed") -> None:
        super().__init__(f"{seen.label} {what}.", hint="Try again in a moment.", details=seen.details())


class BranchExists(Conflict):
    """The branch of a new pull request is there already."""

    code = "BRANCH_EXISTS"

    def __init__(self, branch: str) -> None:
        super().__init__(f"The branch {branch} exists already.", hint="Choose another name for head.")


UPSTREAM_ERRORS: tuple[type[DomainError], ...] = (
    ReauthRequired,
    UpstreamRateLimited,
    UpstreamForbidden,
    UpstreamNotFound,
    UpstreamValidation,
    UpstreamConflict,
    UpstreamError,
)
"""What every call to a service may end with."""
