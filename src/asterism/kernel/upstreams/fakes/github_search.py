"""Searching in the fake GitHub: words and the qualifiers `repo:`, `is:` and `type:`."""

from collections.abc import Mapping, Sequence
from typing import Any

from asterism.kernel.loopback import Given
from asterism.kernel.upstreams.fakes.repositories import Issue, Problem, Repository

MOST = 1000
LONGEST = 256


def search(repositories: Sequence[Repository], kind: str, query: Mapping[str, str], matches: bool) -> Given:
    """Answer `GET /search/{kind}`. Raises Problem."""
    asked = query.get("q", "")
    if not asked.strip() or len(asked) > LONGEST:
        raise Problem(422, "Validation Failed", "invalid")
    page, size = int(query.get("page", 1)), min(100, int(query.get("per_page", 30)))
    if page * size > MOST:
        raise Problem(422, "Only the first 1000 search results are available")
    words = [word.lower() for word in asked.split() if ":" not in word]
    qualifiers = {tuple(word.split(":", 1)) for word in asked.split() if ":" in word}
    wanted = {value for name, value in qualifiers if name == "repo"}
    places = [repository for repository in repositories if not wanted or repository.name in wanted]
    found = _found(places, kind, words, {value for name, value in qualifiers if name in {"is", "type"}}, matches)
    shown = found[(page - 1) * size : page * size]
    return Given(200, {"total_count": len(found), "incomplete_results": False, "items": shown})


def _found(
    places: Sequence[Repository], kind: str, words: Sequence[str], kinds: set[str], matches: bool
) -> list[dict[str, Any]]:
    if kind == "code":
        return [item for place in places for item in _code(place, words, matches)]
    if kind == "issues":
        if not kinds & {"issue", "pull-request", "pr"}:
            raise Problem(422, "Query must include 'is:issue' or 'is:pull-request'", "invalid")
        return [item for place in places for item in _issues(place, words, pulls="issue" not in kinds)]
    if kind == "repositories":
        return [_repository(p) for p in places if _holds(f"{p.name} {p.description or ''}", words)]
    if kind == "commits":
        return [item for place in places for item in _commits(place, words)]
    raise Problem(404, "Not Found")


def _holds(text: str, words: Sequence[str]) -> bool:
    return all(word in text.lower() for word in words)


def _code(place: Repository, words: Sequence[str], matches: bool) -> list[dict[str, Any]]:
    found = []
    branch = next(iter(place.branches), None)
    for path, file in (place.files(branch) if branch else {}).items():
        text = file.content.decode("utf-8", "replace")
        if _holds(f"{path} {text}", words):
            line = next((one for one in text.splitlines() if _holds(one, words)), "")
            item: dict[str, Any] = {
                "name": path.rpartition("/")[2],
                "path": path,
                "sha": place.add_blob(file.content),
                "html_url": f"https://github.com/{place.name}/blob/{branch}/{path}",
                "repository": {"full_name": place.name},
            }
            if matches:
                item["text_matches"] = [{"property": "content", "fragment": line}]
            found.append(item)
    return found


def _issues(place: Repository, words: Sequence[str], *, pulls: bool) -> list[dict[str, Any]]:
    wanted = [one for one in place.issues if (one.head is not None) == pulls]
    return [_issue(place, one) for one in wanted if _holds(f"{one.title} {one.body or ''}", words)]


def _issue(place: Repository, one: Issue) -> dict[str, Any]:
    kind = "pull" if one.head is not None else "issues"
    item: dict[str, Any] = {
        "number": one.number,
        "title": one.title,
        "state": one.state,
        "body": one.body,
        "user": {"login": one.author} if one.author else None,
        "updated_at": one.updated_at,
        "html_url": f"https://github.com/{place.name}/{kind}/{one.number}",
        "repository_url": f"https://api.github.com/repos/{place.name}",
    }
    return {**item, "pull_request": {"html_url": item["html_url"]}} if one.head is not None else item


def _repository(place: Repository) -> dict[str, Any]:
    return {
        "full_name": place.name,
        "html_url": f"https://github.com/{place.name}",
        "description": place.description,
        "stargazers_count": 3,
        "language": None,
        "updated_at": "2026-11-20T10:01:00Z",
    }


def _commits(place: Repository, words: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {
            "sha": sha,
            "html_url": f"https://github.com/{place.name}/commit/{sha}",
            "commit": {
                "message": commit.message,
                "author": {"name": "Octo Team", "date": "2026-11-20T10:01:00Z"},
                "committer": {"name": "Octo Team", "date": "2026-11-20T10:01:00Z"},
            },
            "author": None,
            "repository": {"full_name": place.name},
        }
        for sha, commit in place.commits.items()
        if _holds(commit.message, words)
    ]
