"""What happens in a project: pages of its log, and the log as it grows."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from asterism.base.errors import Unavailable
from asterism.client.events import read_events
from asterism.client.http import Http

RETRY_SECONDS = 2.0
DELETED = "project.deleted"
RESET = "reset"


def newest(http: Http, project_id: str, kinds: str | None, count: int) -> tuple[list[dict[str, Any]], int]:
    """Return the newest entries of a log, oldest first, and its last number."""
    query: dict[str, str | int] = {"kinds": kinds} if kinds else {}
    after, kept, last = 0, list[dict[str, Any]](), 0
    while True:
        page = http.json(
            "GET", f"/v1/projects/{project_id}/log", dict[str, Any], query={**query, "after": after, "limit": 500}
        )
        found, last = page["entries"], int(page["last_seq"])
        kept = [*kept, *found][-count:]
        if len(found) < 500:
            return kept, last
        after = int(found[-1]["seq"])


def follow(
    http: Http, project_id: str, kinds: str | None, after: int, *, sleep: Callable[[float], None] = time.sleep
) -> Iterator[dict[str, Any]]:
    """Yield entries after a number as they come, until the project is deleted; a lost connection is made again.

    Raises whatever the server refuses with. `sleep` is a seam for tests.
    """
    chosen = [kind.strip() for kind in (kinds or "*").split(",")]
    end_is_wanted = not {"*", DELETED, "project.*"}.isdisjoint(chosen)
    query: dict[str, str | int] = {"kinds": kinds if end_is_wanted else f"{kinds},{DELETED}"} if kinds else {}
    while True:
        try:
            path = f"/v1/projects/{project_id}/log/stream"
            with http.stream("GET", path, query={**query, "after": after}) as pieces:
                for event in read_events(pieces, last=frozenset({DELETED})):
                    after = after if event.seq is None else event.seq
                    if event.name != RESET and (event.name != DELETED or end_is_wanted):
                        yield event.data
            return
        except Unavailable:
            sleep(RETRY_SECONDS)
