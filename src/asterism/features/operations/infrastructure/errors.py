"""Errors of infrastructure."""

from asterism.base.errors import Invalid, NotFound, Unavailable


class InvalidCredentials(Invalid):
    """A provider refused a token."""

    code = "INVALID_CREDENTIALS"

    def __init__(self, provider: str) -> None:
        super().__init__(
            f"{provider.capitalize()} refused this token.",
            hint="Make a new token in the provider's console, and give it the rights that a deployment needs.",
        )


class ProviderDown(Unavailable):
    """A provider could not be reached, or failed."""

    code = "UPSTREAM_ERROR"

    def __init__(self, provider: str, problem: str = "did not answer as expected") -> None:
        super().__init__(f"{provider.capitalize()} {problem}.", hint="Nothing was changed. Try again in a moment.")


class UnknownResource(NotFound):
    """No such resource in this project."""

    def __init__(self) -> None:
        super().__init__("There is no such resource.")
