"""Builds what speaks with Notion and GitHub."""

from asterism import __version__
from asterism.base.clock import Clock
from asterism.faces.runtime import IntegrationServices
from asterism.features.talk.integrations import Access, Client, Connector, GitHub, Notion, Services
from asterism.kernel.db import Database
from asterism.kernel.secrets import Secrets
from asterism.kernel.upstreams import HttpUpstreams
from asterism.server.settings import Settings


def build_integrations(settings: Settings, db: Database, secrets: Secrets, clock: Clock) -> IntegrationServices:
    """Return the services; nothing is connected yet."""
    upstreams = HttpUpstreams()
    access = Access(db, secrets, upstreams, services_of(settings), clock)
    return IntegrationServices(upstreams, Connector(db, access), Notion(access), GitHub(access))


def services_of(settings: Settings) -> Services:
    """Return where the services are, and who we are there."""
    return Services(
        version=__version__,
        notion_url=settings.notion_base_url,
        notion_version=settings.notion_version,
        notion_client=_client(settings.notion_client_id, settings.notion_client_secret),
        github_url=settings.github_base_url,
        github_login_url=settings.github_login_url,
        github_version=settings.github_api_version,
        github_client=_client(settings.github_client_id, settings.github_client_secret),
        github_app_id=settings.github_app_id,
        github_app_key=settings.github_app_private_key,
    )


def _client(ident: str | None, secret: str | None) -> Client | None:
    return Client(ident, secret) if ident and secret else None
