"""Reviews of stored trees and their findings, as the command line speaks of them (beyond 5)."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from asterism.base.errors import Invalid, NotFound
from asterism.client.api import Api

_PAGE = 200
_ID = 26
_RUNNING = "running"
Answer = dict[str, Any]


def findings(api: Api, project_id: str, *, limit: int | None = None, **query: str | None) -> list[Answer]:
    """Return findings of a project, newest first; `query` narrows them: `status`, `workspace_id`, `path`."""
    asked = {name: value for name, value in query.items() if value is not None}
    return list(islice(_pages(api, project_id, asked, min(limit or _PAGE, _PAGE)), limit))


def _pages(api: Api, project_id: str, query: Mapping[str, str], limit: int) -> Iterator[Answer]:
    path, more = f"/v1/projects/{project_id}/findings", dict[str, str]()
    while True:
        page = api.http.json("GET", path, Answer, query={**query, "limit": limit, **more})
        yield from page["findings"]
        if page["next_cursor"] is None:
            return
        more["cursor"] = page["next_cursor"]


def find(api: Api, project_id: str, name: str) -> Answer:
    """Return the finding of a project with that id, or whose id ends so. Raises NotFound or Invalid."""
    found = [one for one in findings(api, project_id) if one["id"].endswith(name)]
    if not found:
        raise NotFound(f"There is no finding {name!r}.", hint="`asterism findings list` shows them.")
    if len(found) > 1:
        raise Invalid(f"Several findings end in {name!r}.", hint="Write more of the id.")
    return found[0]


def decide(api: Api, finding_id: str, verb: str) -> Answer:
    """Dismiss or reopen a finding, as `verb` says, and return it."""
    return dict(api.http.json("POST", f"/v1/findings/{finding_id}/{verb}", Answer, body={})["finding"])


def begin(api: Api, workspace_id: str, body: Mapping[str, Any]) -> Answer:
    """Begin a review of what a workspace shows, and return it."""
    return dict(api.http.json("POST", f"/v1/workspaces/{workspace_id}/reviews", Answer, body=body)["review"])


def ended(api: Api, review_id: str, wait: Callable[[], object]) -> Answer:
    """Return a review with its findings once it has ended; `wait` is called between two looks."""
    while (found := api.http.json("GET", f"/v1/reviews/{review_id}", Answer))["review"]["status"] == _RUNNING:
        wait()
    return found


def cancel(api: Api, review_id: str) -> None:
    """End a review."""
    api.http.json("POST", f"/v1/reviews/{review_id}/cancel", Answer, body={})
