"""Integrations: services that a user has connected."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import msgspec

ProviderName = Literal["notion", "github"]
AuthType = Literal["token", "oauth", "app"]
Status = Literal["ok", "needs_reauth", "disconnected"]

PROVIDERS: tuple[ProviderName, ...] = ("notion", "github")
LABELS = {"notion": "Notion", "github": "GitHub"}
STATE_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Account:
    """Whose account it is, and what the credential may do there."""

    id: str
    name: str
    scopes: tuple[str, ...] = ()


class Credential(msgspec.Struct, frozen=True):
    """What opens the account; stored sealed, and never shown.

    Of an app, `token` is that of the user who proved that the installation is theirs.
    """

    token: str
    refresh_token: str | None = None
    installation_id: int | None = None

    def __repr__(self) -> str:
        """Show nothing."""
        return "Credential(...)"


@dataclass(frozen=True, slots=True)
class Connection:
    """A stored integration with its credential in clear."""

    id: str
    provider: ProviderName
    auth_type: AuthType
    status: Status
    connected_at: str
    credential: Credential = field(repr=False)


@dataclass(frozen=True, slots=True)
class Integration:
    """An integration as its owner sees it."""

    provider: ProviderName
    status: Status = "disconnected"
    auth_type: AuthType | None = None
    account: Account | None = None
    connected_at: str | None = None

    @property
    def connected(self) -> bool:
        """Whether there is a credential."""
        return self.status != "disconnected"

    @property
    def scopes(self) -> Sequence[str]:
        """What the credential may do."""
        return self.account.scopes if self.account else ()


@dataclass(frozen=True, slots=True)
class Client:
    """Who we are to a service's OAuth."""

    id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Services:
    """Where the services are and who we are there, as the settings say (Starbot 0.9). Keys are never shown."""

    version: str
    notion_url: str = "https://api.notion.com"
    notion_version: str = "2026-03-11"
    notion_client: Client | None = None
    github_url: str = "https://api.github.com"
    github_login_url: str = "https://github.com"
    github_version: str = "2026-03-10"
    github_client: Client | None = None
    github_app_id: str | None = None
    github_app_key: str | None = field(default=None, repr=False)

    @property
    def github_issuer(self) -> str | None:
        """Who signs as the app: its id, else its client id."""
        return self.github_app_id or (self.github_client.id if self.github_client else None)
