"""Integrations: Notion and GitHub, connected by a user, and what is done there in the user's name (Starbot 8).

`Connector` connects and disconnects; `Notion` and `GitHub` search and write; all of them speak through `Access`, which
knows credentials, limits and errors. Where the services are stands in the settings alone.
"""

from asterism.features.talk.integrations.access import Access
from asterism.features.talk.integrations.chat_tools import ready, required, searching_tools
from asterism.features.talk.integrations.errors import (
    UPSTREAM_ERRORS,
    BranchExists,
    IntegrationNotConfigured,
    InvalidCredential,
    InvalidState,
    ReauthRequired,
    Seen,
    UnknownIntegration,
    UpstreamConflict,
    UpstreamError,
    UpstreamForbidden,
    UpstreamNotFound,
    UpstreamRateLimited,
    UpstreamValidation,
)
from asterism.features.talk.integrations.github import GitHub, PullRequest
from asterism.features.talk.integrations.github_arguments import (
    GitHubPullRequest,
    GitHubSearch,
    PullRequestFile,
    check_pull,
)
from asterism.features.talk.integrations.github_base import OnBase
from asterism.features.talk.integrations.github_search import GitHubResult, GitHubResults
from asterism.features.talk.integrations.models import PROVIDERS, Account, Client, Integration, ProviderName, Services
from asterism.features.talk.integrations.notion import ChangedPage, Notion, NotionResult, NotionResults
from asterism.features.talk.integrations.notion_arguments import NotionSearch, NotionUpdate, TextEdit, check_update
from asterism.features.talk.integrations.service import (
    LONGEST_TOKEN,
    Connector,
    Started,
    forget_all,
    is_healthy,
    list_integrations,
    purge,
    require_connected,
)

__all__ = [
    "LONGEST_TOKEN",
    "PROVIDERS",
    "UPSTREAM_ERRORS",
    "Access",
    "Account",
    "BranchExists",
    "ChangedPage",
    "Client",
    "Connector",
    "GitHub",
    "GitHubPullRequest",
    "GitHubResult",
    "GitHubResults",
    "GitHubSearch",
    "Integration",
    "IntegrationNotConfigured",
    "InvalidCredential",
    "InvalidState",
    "Notion",
    "NotionResult",
    "NotionResults",
    "NotionSearch",
    "NotionUpdate",
    "OnBase",
    "ProviderName",
    "PullRequest",
    "PullRequestFile",
    "ReauthRequired",
    "Seen",
    "Services",
    "Started",
    "TextEdit",
    "UnknownIntegration",
    "UpstreamConflict",
    "UpstreamError",
    "UpstreamForbidden",
    "UpstreamNotFound",
    "UpstreamRateLimited",
    "UpstreamValidation",
    "check_pull",
    "check_update",
    "forget_all",
    "is_healthy",
    "list_integrations",
    "purge",
    "ready",
    "require_connected",
    "required",
    "searching_tools",
]
