"""`asterism review` through a running server of this machine: same wish, same findings."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import msgspec

from asterism.base.clock import SystemClock, stamp
from asterism.base.errors import Unavailable
from asterism.features.review.findings import Issue
from asterism.features.review.inspection import Options

CONNECT_SECONDS = 10.0
SILENCE_SECONDS = 60.0
_ROOT = "x-stargazer-project-root"


@dataclass(frozen=True, slots=True)
class Done:
    """What the server found."""

    summary: str
    issues: tuple[Issue, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)


def review(url: str, root: Path, options: Options, *, allow_commands: bool) -> Done:
    """Review through the server at `url`. Raises Unavailable when it cannot be reached or refuses."""
    timeout = httpx.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS)
    headers = {_ROOT: quote(str(root))}
    try:
        with (
            httpx.Client(base_url=url.rstrip("/"), headers=headers, timeout=timeout, trust_env=False) as http,
            _trusted(http, allow_commands=allow_commands),
        ):
            return _stream(http, options)
    except httpx.HTTPError as error:
        raise Unavailable(f"The server at {url} cannot be reached.", hint="Start it, or unset ASTERISM_URL.") from error


@contextmanager
def _trusted(http: httpx.Client, *, allow_commands: bool) -> Iterator[None]:
    """Trust the project for the time of this review, unless it is trusted already: typing the command is consent."""
    project = _answer(http.get("/api/config/init"))["project"]
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
    _answer(http.post("/api/settings/trust", json=wanted))
    try:
        yield
    finally:
        if entry:
            http.post("/api/settings/trust", json=entry)
        else:
            http.delete("/api/settings/trust", params={"projectId": project["projectId"]})


def _stream(http: httpx.Client, options: Options) -> Done:
    query: dict[str, str] = {
        "mode": options.mode,
        "lenses": ",".join(lens.value for lens in options.lenses),
        "profile": options.profile or "default",
        "minSeverity": options.minimum.value,
    }
    if options.base is not None:
        query["base"] = options.base
    last: dict[str, Any] = {}
    with http.stream("GET", "/api/triage/stream", params=query) as response:
        if response.status_code != 200:
            response.read()
            _answer(response)
        for line in response.iter_lines():
            if line.startswith("data: "):
                last = json.loads(line[6:])
    if last.get("type") == "complete":
        return _saved(http, str(last["reviewId"]))
    error = last.get("error", {"message": "The review's stream broke off.", "code": "INTERNAL_ERROR"})
    if error.get("code") == "NO_DIFF":
        return Done(error["message"])
    raise Unavailable(error["message"])


def _saved(http: httpx.Client, review_id: str) -> Done:
    """Fetch the saved review, which is never cut short."""
    found = _answer(http.get(f"/api/triage/reviews/{review_id}"))["review"]
    issues = msgspec.convert(found["result"]["issues"], tuple[Issue, ...])
    coverage = found["coverage"]
    facts = {
        "filesReviewed": coverage["filesReviewed"],
        "skipped": coverage["skipped"],
        "analyzers": coverage["analyzers"],
    }
    return Done(found["result"]["summary"], issues, facts)


def _answer(response: httpx.Response) -> dict[str, Any]:
    try:
        data = response.json()
    except ValueError:
        data = {}
    if response.status_code != 200:
        message = data.get("error", {}).get("message") if isinstance(data, dict) else None
        raise Unavailable(message or f"The server answered {response.status_code}.")
    return dict(data)
