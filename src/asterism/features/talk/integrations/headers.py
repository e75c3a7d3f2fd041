"""The headers that each service wants with every request (Starbot 8.2)."""

import base64
from collections.abc import Mapping

from asterism.features.talk.integrations.models import Client, ProviderName, Services

GITHUB_JSON = "application/vnd.github+json"
GITHUB_MATCHES = "application/vnd.github.text-match+json"


def headers(services: Services, provider: ProviderName, token: str) -> Mapping[str, str]:
    """Return them, for a call with a token."""
    return {"Authorization": f"Bearer {token}", **_of(services, provider)}


def client_headers(services: Services, provider: ProviderName, client: Client) -> Mapping[str, str]:
    """Return them, for a call as an OAuth client (HTTP Basic, RFC 7617)."""
    pair = base64.b64encode(f"{client.id}:{client.secret}".encode()).decode()
    return {"Authorization": f"Basic {pair}", **_of(services, provider)}


def login_headers(services: Services) -> Mapping[str, str]:
    """Return those of GitHub's sign-in, which is no part of its API."""
    return {"Accept": "application/json", "User-Agent": f"Asterism/{services.version}"}


def base_url(services: Services, provider: ProviderName) -> str:
    """Return where a service's API is."""
    return services.notion_url if provider == "notion" else services.github_url


def _of(services: Services, provider: ProviderName) -> Mapping[str, str]:
    if provider == "notion":
        return {"Notion-Version": services.notion_version, "Accept": "application/json"}
    return {
        "Accept": GITHUB_JSON,
        "X-GitHub-Api-Version": services.github_version,
        "User-Agent": f"Asterism/{services.version}",
    }
