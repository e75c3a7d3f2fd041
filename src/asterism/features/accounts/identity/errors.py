"""Errors of signing in."""

from asterism.base.errors import Conflict, Forbidden, NotFound, Unauthenticated


class NotSignedIn(Unauthenticated):
    """Missing, malformed, unknown, expired or revoked token: one answer for all."""

    def __init__(self) -> None:
        super().__init__(
            "A valid access token is required: none was sent, or it is unknown, has expired or was revoked.",
            hint="Sign in again with `asterism login`, or make a token with `asterism token create`.",
        )


class InsufficientScope(Forbidden):
    """The token is good, but its scope does not reach this far."""

    def __init__(self) -> None:
        super().__init__("This token's scope does not allow that.", hint="Use a token with a wider scope.")


class NotAdmin(Forbidden):
    """What was asked for is for administrators alone."""

    code = "ADMIN_ONLY"

    def __init__(self) -> None:
        super().__init__("Only an administrator of this server may do that.", hint="Ask the owner of the server.")


class InvalidLink(Unauthenticated):
    """A sign-in link that is unknown, used or expired."""

    code = "INVALID_CODE"

    def __init__(self) -> None:
        super().__init__("This sign-in link is not valid any more.", hint="Make a new one: asterism user link EMAIL")


class InvalidRefreshToken(Unauthenticated):
    """A refresh token that is unknown, expired or revoked."""

    code = "INVALID_REFRESH_TOKEN"

    def __init__(self) -> None:
        super().__init__("The refresh token is not valid.", hint="Sign in again.")


class RefreshTokenReused(Unauthenticated):
    """A refresh token was presented again outside its grace: somebody has a copy, so the device was signed out."""

    code = "REFRESH_TOKEN_REUSED"

    def __init__(self) -> None:
        super().__init__("The refresh token was used before, so this device was signed out.", hint="Sign in again.")


class ProviderNotConfigured(Unauthenticated):
    """This server knows no such sign-in provider; the code names it (`GOOGLE_NOT_CONFIGURED`)."""

    code = "PROVIDER_NOT_CONFIGURED"

    def __init__(self, provider: str) -> None:
        name = f"ASTERISM_{provider.upper()}_CLIENT_ID"
        super().__init__(
            f"Sign-in with {provider} is not set up on this server.",
            code=f"{provider.upper()}_NOT_CONFIGURED",
            hint=f"Set {name}.",
        )


class InvalidCredential(Unauthenticated):
    """The credential that came instead of a bearer token was not accepted."""

    code = "INVALID_CREDENTIAL"

    def __init__(self) -> None:
        super().__init__("The credential was not accepted.", hint="Sign in again.")


class SignUpNotAllowed(Forbidden):
    """The provider vouches for somebody whom this server does not let in."""

    code = "SIGNUP_NOT_ALLOWED"

    def __init__(self) -> None:
        super().__init__("This address may not sign up here.", hint="Ask the owner of this server.")


class UserExists(Conflict):
    """A local user with this address exists already."""

    def __init__(self, email: str) -> None:
        super().__init__(f"A local user {email} exists already.", hint=f"Sign in with: asterism user link {email}")


class OwnerStays(Conflict):
    """The local owner can be neither removed nor made somebody who does not look after the server."""

    code = "OWNER_STAYS"

    def __init__(self) -> None:
        super().__init__("The owner of a server stays its administrator.", hint="Remove the data folder instead.")


class UnknownToken(NotFound):
    """No live token of the caller has this id."""

    def __init__(self) -> None:
        super().__init__("There is no such token.")


class UnknownDevice(NotFound):
    """No signed-in device of the caller has this id."""

    def __init__(self) -> None:
        super().__init__("There is no such device.")
