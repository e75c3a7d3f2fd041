"""Searching GitHub: what is asked, and its results in one shape for each kind (Starbot 8.4)."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from asterism.features.talk.integrations.github_arguments import GitHubSearch, Kind, check_search
from asterism.features.talk.integrations.headers import GITHUB_MATCHES
from asterism.kernel.upstreams import Call

MAX_SNIPPET = 1_000
MAX_BODY = 300
_PATHS: Mapping[Kind, str] = {
    "code": "/search/code",
    "issues": "/search/issues",
    "pull_requests": "/search/issues",
    "repositories": "/search/repositories",
    "commits": "/search/commits",
}


class GitHubResult(msgspec.Struct, frozen=True, kw_only=True):
    """A result; which keys there are beside the first four depends on `type`."""

    type: str
    title: str
    url: str | None
    repo: str | None
    path: str | UnsetType = UNSET
    sha: str | UnsetType | None = UNSET
    snippet: str | UnsetType = UNSET
    number: int | UnsetType | None = UNSET
    state: str | UnsetType | None = UNSET
    author: str | UnsetType | None = UNSET
    updated_at: str | UnsetType | None = UNSET
    description: str | UnsetType | None = UNSET
    stars: int | UnsetType | None = UNSET
    language: str | UnsetType | None = UNSET
    committed_at: str | UnsetType | None = UNSET


class GitHubResults(msgspec.Struct, frozen=True):
    """One page of results; `incomplete` when GitHub ran out of time."""

    results: list[GitHubResult]
    total_count: int
    incomplete: bool


class _Named(msgspec.Struct):
    full_name: str | None = None


class _Who(msgspec.Struct):
    login: str | None = None
    name: str | None = None
    date: str | None = None


class _Match(msgspec.Struct):
    fragment: str | None = None


class _CommitFacts(msgspec.Struct):
    message: str = ""
    author: _Who | None = None
    committer: _Who | None = None


class _Item(msgspec.Struct):
    html_url: str | None = None
    path: str = ""
    sha: str | None = None
    repository: _Named | None = None
    repository_url: str | None = None
    text_matches: list[_Match] | None = None
    number: int | None = None
    title: str | None = None
    state: str | None = None
    body: str | None = None
    user: _Who | None = None
    updated_at: str | None = None
    pull_request: Any = None
    full_name: str | None = None
    description: str | None = None
    stargazers_count: int | None = None
    language: str | None = None
    commit: _CommitFacts | None = None
    author: _Who | None = None


class Found(msgspec.Struct):
    """What GitHub answers."""

    items: list[_Item]
    total_count: int = 0
    incomplete_results: bool = False

    def results(self, kind: Kind) -> GitHubResults:
        """Return it in our words."""
        return GitHubResults([_result(kind, item) for item in self.items], self.total_count, self.incomplete_results)


def request(asked: GitHubSearch) -> tuple[Call, str]:
    """Return the call of a search, and the limit it counts against. Raises Invalid."""
    query = {"q": check_search(asked), "per_page": str(asked.size), "page": str(asked.page or 1)}
    if asked.kind == "code":
        return Call("GET", "", _PATHS["code"], {"Accept": GITHUB_MATCHES}, query, read=True), "code_search"
    return Call("GET", "", _PATHS[asked.kind], {}, query, read=True), "search"


def _result(kind: Kind, item: _Item) -> GitHubResult:
    if kind == "code":
        return _code(item)
    if kind == "repositories":
        return _repository(item)
    if kind == "commits":
        return _commit(item)
    return _issue(item)


def _code(item: _Item) -> GitHubResult:
    fragments = [match.fragment for match in item.text_matches or () if match.fragment]
    return GitHubResult(
        type="code",
        title=item.path,
        url=item.html_url,
        repo=item.repository.full_name if item.repository else None,
        path=item.path,
        sha=item.sha,
        snippet=(fragments[0] if fragments else "")[:MAX_SNIPPET],
    )


def _issue(item: _Item) -> GitHubResult:
    return GitHubResult(
        type="issue" if item.pull_request is None else "pull_request",
        title=item.title or "",
        url=item.html_url,
        repo=_repo_of(item.repository_url),
        number=item.number,
        state=item.state,
        author=item.user.login if item.user else None,
        updated_at=item.updated_at,
        snippet=(item.body or "")[:MAX_BODY],
    )


def _repository(item: _Item) -> GitHubResult:
    return GitHubResult(
        type="repository",
        title=item.full_name or "",
        url=item.html_url,
        repo=item.full_name,
        description=item.description,
        stars=item.stargazers_count,
        language=item.language,
        updated_at=item.updated_at,
    )


def _commit(item: _Item) -> GitHubResult:
    facts = item.commit or _CommitFacts()
    return GitHubResult(
        type="commit",
        title=facts.message.partition("\n")[0],
        url=item.html_url,
        repo=item.repository.full_name if item.repository else None,
        sha=item.sha,
        author=(item.author.login if item.author else None) or (facts.author.name if facts.author else None),
        committed_at=facts.committer.date if facts.committer else None,
    )


def _repo_of(url: str | None) -> str | None:
    parts = (url or "").rstrip("/").split("/")
    return "/".join(parts[-2:]) if len(parts) > 2 else None
