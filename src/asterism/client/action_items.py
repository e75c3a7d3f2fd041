"""Action items and their runs, as the command line speaks of them."""

from collections.abc import Callable
from typing import Any

from asterism.base.errors import Conflict, Invalid, NotFound
from asterism.client.api import Api

_ROOT = "/v1/action-items"
_ALL = 200
_ENDED = ("ready", "failed", "applied")
Answer = dict[str, Any]


def items(api: Api, limit: int) -> list[Answer]:
    """Return what there is to look at, the worst first."""
    return list(api.http.json("GET", _ROOT, Answer, query={"limit": limit})["items"])


def find_item(api: Api, name: str) -> Answer:
    """Return the item with that id, or whose id ends so. Raises NotFound or Invalid."""
    listed = items(api, _ALL)
    found = [one for one in listed if one["id"] == name] or [one for one in listed if one["id"].endswith(name)]
    if not found:
        raise NotFound(f"There is no action item {name!r}.", hint="`asterism actions list` shows them.")
    if len(found) > 1:
        raise Invalid(f"Several action items end in {name!r}.", hint="Write more of the id.")
    return found[0]


def dismiss(api: Api, item_id: str) -> None:
    """Hide an item until its cause changes."""
    api.http.json("POST", f"{_ROOT}/{item_id}/dismiss", Answer, body={})


def start(api: Api, item_id: str, *, force: bool) -> Answer:
    """Let an agent work on an item; return its run, which may be one that stands already."""
    return dict(api.http.json("POST", f"{_ROOT}/{item_id}/runs", Answer, body={"force": force})["run"])


def run(api: Api, run_id: str) -> Answer:
    """Return a run. Raises NotFound."""
    return dict(api.http.json("GET", f"{_ROOT}/runs/{run_id}", Answer)["run"])


def runs(api: Api, item_id: str) -> list[Answer]:
    """Return the newest runs of an item."""
    return list(api.http.json("GET", f"{_ROOT}/{item_id}/runs", Answer)["runs"])


def ended(api: Api, run_id: str, wait: Callable[[], object]) -> Answer:
    """Return a run once it has ended; `wait` is called between two looks."""
    while (found := run(api, run_id))["status"] not in _ENDED:
        wait()
    return found


def ready_run(api: Api, name: str) -> Answer:
    """Return the run with that id, or the newest run of the item that is named so. Raises NotFound or Conflict."""
    try:
        return run(api, name)
    except NotFound:
        item = find_item(api, name)
    found = runs(api, item["id"])
    if not found:
        raise Conflict(f"Nothing was run for {item['id']} yet.", hint=f"asterism actions run {item['id']}")
    return found[0]


def apply(api: Api, run_id: str, *, redeploy: bool) -> Answer:
    """Merge what a run has made into its workspace, and deploy that if asked to."""
    return dict(api.http.json("POST", f"{_ROOT}/runs/{run_id}/apply", Answer, body={"redeploy": redeploy}))
