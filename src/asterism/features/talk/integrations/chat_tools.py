"""Searching Notion and GitHub while a chat is answered: the same use cases as the routes, told as text."""

from collections.abc import Callable, Sequence

from asterism.features.accounts.identity import Caller
from asterism.features.talk.integrations.github import GitHub
from asterism.features.talk.integrations.github_arguments import GitHubSearch
from asterism.features.talk.integrations.github_search import GitHubResult
from asterism.features.talk.integrations.models import ProviderName
from asterism.features.talk.integrations.notion import Notion, NotionResult
from asterism.features.talk.integrations.notion_arguments import NotionSearch
from asterism.features.talk.integrations.service import is_healthy, require_connected
from asterism.features.talk.tools import ChatTool, RunPlace, ToolAnswer
from asterism.kernel.db import Tx


def searching_tools(notion: Notion, github: GitHub) -> tuple[ChatTool, ...]:
    """Return the tools that only read. They are offered where the integration is connected and healthy."""

    async def search_notion(place: RunPlace, asked: NotionSearch) -> ToolAnswer:
        found = await notion.search(place.caller.user_id, asked)
        more = [f"There are more; next cursor: {found.next_cursor}"] if found.has_more else []
        return _told(len(found.results), [_notion(result) for result in found.results], more)

    async def search_github(place: RunPlace, asked: GitHubSearch) -> ToolAnswer:
        found = await github.search(place.caller.user_id, asked)
        more = ["GitHub ran out of time; results are incomplete."] if found.incomplete else []
        return _told(found.total_count, [_github(result) for result in found.results], more)

    return (
        ChatTool(
            "notion_search",
            "Search the user's Notion by title. Answers with titles and addresses, newest change first.",
            NotionSearch,
            search_notion,
            ready=ready("notion"),
            require=required("notion"),
        ),
        ChatTool(
            "github_search",
            "Search GitHub as the user: code, issues, pull requests, repositories or commits.",
            GitHubSearch,
            search_github,
            ready=ready("github"),
            require=required("github"),
            target=lambda asked: asked.repo,
        ),
    )


def ready(provider: ProviderName) -> Callable[[Tx, RunPlace], bool]:
    """Return whether a run is offered the tools of a service."""
    return lambda tx, place: is_healthy(tx, place.caller.user_id, provider)


def required(provider: ProviderName) -> Callable[[Tx, Caller], None]:
    """Return what refuses a run that names a tool of a service that is not connected."""
    return lambda tx, caller: require_connected(tx, caller.user_id, provider)


def _told(total: int, results: Sequence[str], more: Sequence[str]) -> ToolAnswer:
    return ToolAnswer("\n".join([f"{total} found, {len(results)} shown", *results, *more]))


def _notion(result: NotionResult) -> str:
    return f"- {result.title or 'Untitled'} ({result.object}, id {result.id}), {result.url}, {result.last_edited_time}"


def _github(result: GitHubResult) -> str:
    facts = [
        str(value)
        for value in (result.number, result.state, result.author, result.description, result.sha)
        if isinstance(value, str | int)
    ]
    snippet = f"\n  {result.snippet}" if isinstance(result.snippet, str) and result.snippet else ""
    return f"- {result.title} ({result.type} in {result.repo}; {', '.join(facts)}), {result.url}{snippet}"
