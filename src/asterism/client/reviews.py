"""A review made by a running server of this machine, in words of the program: same wish, same findings."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from asterism.base.clock import SystemClock, stamp
from asterism.base.errors import Unavailable
from asterism.client.events import read_events
from asterism.client.http import Http
from asterism.features.review.findings import Issue
from asterism.features.review.inspection import Options

LAST = frozenset({"complete", "error"})
_ROOT = "x-stargazer-project-root"
Reply = dict[str, Any]


class ReviewRefused(Unavailable):
    """The server made no review; code and message are its own."""

    code = "REVIEW_REFUSED"


@dataclass(frozen=True, slots=True)
class Done:
    """What the server found."""

    summary: str
    issues: tuple[Issue, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)


def review(url: str, root: Path, options: Options, *, allow_commands: bool) -> Done:
    """Review the checkout at `root` through the server at `url`.

    Raises ReviewRefused, and what `http` raises where there is no server or a call is refused.
    """
    with Http(url, None, headers={_ROOT: quote(str(root))}) as http, _trusted(http, allow_commands=allow_commands):
        return _made(http, options)


@contextmanager
def _trusted(http: Http, *, allow_commands: bool) -> Iterator[None]:
    """Trust the project for the time of this review, unless it is trusted already: typing the command is consent."""
    project = http.json("GET", "/api/config/init", Reply)["project"]
    entry = project["trust"]
    enough = entry and entry["capabilities"]["readFiles"]
    if enough and (entry["capabilities"]["runCommands"] or not allow_commands):
        yield
        return
    wanted = {
        "projectId": project["projectId"],
        "repoRoot": project["path"],
        "trustedAt": stamp(SystemClock().now()),
        "capabilities": {"readFiles": True, "runCommands": allow_commands},
        "trustMode": "session",
    }
    http.json("POST", "/api/settings/trust", Reply, body=wanted)
    try:
        yield
    finally:
        if entry:
            http.json("POST", "/api/settings/trust", Reply, body=entry)
        else:
            http.json("DELETE", "/api/settings/trust", Reply, query={"projectId": project["projectId"]})


def _made(http: Http, options: Options) -> Done:
    query = {
        "mode": options.mode,
        "lenses": ",".join(lens.value for lens in options.lenses),
        "profile": options.profile or "default",
        "minSeverity": options.minimum.value,
    }
    if options.base is not None:
        query["base"] = options.base
    with http.stream("GET", "/api/triage/stream", query=query) as pieces:
        last = next(event for event in read_events(pieces, last=LAST) if event.name in LAST)
    if last.name == "complete":
        return _saved(http, str(last.data["reviewId"]))
    error = last.data["error"]
    if error["code"] == "NO_DIFF":
        return Done(error["message"])
    raise ReviewRefused(error["message"], code=error["code"])


def _saved(http: Http, review_id: str) -> Done:
    """Fetch the saved review, which is never cut short."""
    found = http.json("GET", f"/api/triage/reviews/{review_id}", Reply)["review"]
    issues = msgspec.convert(found["result"]["issues"], tuple[Issue, ...])
    coverage = found["coverage"]
    facts = {name: coverage[name] for name in ("filesReviewed", "skipped", "analyzers")}
    return Done(found["result"]["summary"], issues, facts)
