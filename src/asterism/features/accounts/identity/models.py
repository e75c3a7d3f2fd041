"""Users, callers, devices and tokens."""

from dataclasses import dataclass
from typing import Literal

from asterism.features.accounts.identity.scope import ALL, Scope

ClientKind = Literal["cli", "web", "system"]
DeviceKind = Literal["device", "cli", "web"]
TokenKind = Literal["u", "a", "r", "s", "w", "l"]


@dataclass(frozen=True, slots=True)
class User:
    """A person with an account on this server."""

    id: str
    email: str
    name: str | None
    picture: str | None
    is_admin: bool
    created_at: str
    is_owner: bool = False


@dataclass(frozen=True, slots=True)
class Caller:
    """The user behind a bearer token, and what that token may do. `client` is a ClientKind, `kind` a TokenKind."""

    user_id: str
    token_id: str
    kind: str
    client: str
    scope: Scope = ALL
    device_id: str | None = None


def acting_for(user_id: str) -> Caller:
    """Return a user as the one on whose behalf the server works by itself: a turn, a job."""
    return Caller(user_id, "", "s", "system")


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token at the only moment its text is known: when it is made. `expires_in` is in seconds."""

    id: str
    text: str
    user: User
    expires_in: int
    expires_at: str

    def __repr__(self) -> str:
        return f"IssuedToken(id={self.id!r}, user={self.user.id!r})"


@dataclass(frozen=True, slots=True)
class TokenPair:
    """A short access token and the refresh token that follows it."""

    access: IssuedToken
    refresh: IssuedToken


@dataclass(frozen=True, slots=True)
class Token:
    """A stored token as its owner may see it: never its text."""

    id: str
    user_id: str
    device_id: str | None
    parent_id: str | None
    kind: str
    name: str
    client: str
    hint: str
    scope: Scope
    created_at: str
    last_used_at: str | None
    expires_at: str
    exchanged_at: str | None
    revoked_at: str | None

    def live(self, now: str) -> bool:
        """Whether it is neither expired nor revoked."""
        return self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class Device:
    """One signed-in client."""

    id: str
    user_id: str
    kind: str
    name: str
    client_name: str | None
    client_version: str | None
    platform: str | None
    created_at: str
    last_seen_at: str


@dataclass(frozen=True, slots=True)
class ClientInfo:
    """What a client said about itself when it signed in."""

    kind: DeviceKind
    name: str
    client_name: str | None = None
    client_version: str | None = None
    platform: str | None = None


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """Seconds that sign-ins last; settings of the server."""

    session: int = 30 * 24 * 3600
    access: int = 3600
    refresh: int = 30 * 24 * 3600
    refresh_grace: int = 30


@dataclass(frozen=True, slots=True)
class SignUp:
    """Whom an OpenID provider may bring in. `allowed` are addresses or domains, empty for everybody."""

    owner_email: str
    allowed: frozenset[str] = frozenset()

    def admits(self, email: str) -> bool:
        """Whether an address that is new here may have an account."""
        return not self.allowed or email in self.allowed or email.rpartition("@")[2] in self.allowed
