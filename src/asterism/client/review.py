"""Having the changes of a local checkout reviewed by a server on the same machine."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from asterism.base.clock import Clock, SystemClock, stamp
from asterism.base.errors import Forbidden, Unavailable
from asterism.client.events import ServerEvent, read_events
from asterism.client.http import Http

LAST = frozenset({"complete", "error"})
NOTHING = "NO_DIFF"


class ReviewFailed(Unavailable):
    """The review ended without a result; code and message are the server's."""

    code = "REVIEW_FAILED"


class NotTrusted(Forbidden):
    """The server has not been told that it may read this checkout."""

    code = "TRUST_REQUIRED"

    def __init__(self, root: str) -> None:
        super().__init__(
            f"The server may not read {root} yet.", hint="Add --trust if you want it to; nothing of it is run."
        )


def root_headers(root: Path) -> dict[str, str]:
    """Return the header that names the checkout; names beyond ASCII are percent-encoded (Stargazer 0.7)."""
    text = str(root)
    return {"x-stargazer-project-root": text if text.isascii() else quote(text)}


def ensure_trust(http: Http, *, grant: bool, clock: Clock | None = None) -> None:
    """See to it that the server may read the checkout; `grant` says that it is allowed. Raises NotTrusted."""
    project = http.json("GET", "/api/config/init", dict[str, Any])["project"]
    trust = project.get("trust")
    if trust and trust["capabilities"]["readFiles"]:
        return
    if not grant:
        raise NotTrusted(project["path"])
    entry = {
        "projectId": project["projectId"],
        "repoRoot": project["path"],
        "trustedAt": stamp((clock or SystemClock()).now()),
        "capabilities": {"readFiles": True, "runCommands": False},
        "trustMode": "persistent",
    }
    http.raw("POST", "/api/settings/trust", msgspec.json.encode(entry), kind="application/json", safe=True)


def review(http: Http, mode: str) -> Iterator[ServerEvent]:
    """Start a review of the changes, `staged` or `unstaged`, and yield its events up to `complete`.

    Raises ReviewFailed, with the code NO_DIFF when there is nothing to review.
    """
    with http.stream("GET", f"/api/triage/stream?mode={mode}") as pieces:
        for event in read_events(pieces, last=LAST):
            if event.name == "error":
                error = event.data["error"]
                raise ReviewFailed(str(error["message"]), code=str(error["code"]))
            yield event
