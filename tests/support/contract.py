"""The OpenAPI document as a judge: every answer that a test gets is held against what its route declares.

Known shapes are closed for that: a field that the document does not name is as wrong as one that is missing.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import httpx
import msgspec
from jsonschema import Draft202012Validator

from asterism.server.document import build_document

EVERYWHERE = frozenset(
    {
        *("content-type", "content-length", "transfer-encoding", "date", "server", "cache-control", "vary"),
        *("x-request-id", "x-content-type-options", "access-control-allow-origin", "access-control-expose-headers"),
        *("x-frame-options", "referrer-policy", "cross-origin-resource-policy", "content-security-policy"),
        *("x-accel-buffering", "www-authenticate", "retry-after", "etag", "accept-ranges", "content-range"),
        *("content-disposition", "allow", "upgrade"),
    }
)
"""Headers that the wrapper, the error envelope or RFC 9110 bring; all others are declared by their route."""
FACES = ("/v1", "/api")


class CheckedClient(httpx.Client):
    """A client that fails on an answer which the document does not foresee."""

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        answer = super().send(request, **options)
        problem = problem_with(answer, whole=not options.get("stream", False))
        assert problem is None, f"{request.method} {request.url.path}: {answer.status_code}: {problem}"
        return answer


@cache
def document() -> dict[str, Any]:
    """Return the document with closed shapes."""
    found = build_document(serves_api=True)
    for form in found["components"]["schemas"].values():
        if form.get("type") == "object" and "properties" in form:
            form.setdefault("additionalProperties", False)
    return found


@cache
def patterns() -> list[tuple[re.Pattern[str], str]]:
    """Return the paths as patterns, the ones with fewer parameters first."""
    paths = sorted(document()["paths"], key=lambda path: path.count("{"))
    return [(re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))), path) for path in paths]


def path_of(request: httpx.Request) -> str | None:
    """Return the path of the document that a request is for, None when it is none of it."""
    return next((path for pattern, path in patterns() if pattern.fullmatch(request.url.path)), None)


@cache
def validator(path: str, method: str, status: str, media: str, event: str | None) -> Draft202012Validator | None:
    """Return what an answer is held against, None where its media type holds no JSON."""
    content = document()["paths"][path][method]["responses"][status]["content"][media]
    form = content["schema"] if event is None else content["x-events"][event]
    return Draft202012Validator({"components": document()["components"], **form})


def problem_with(answer: httpx.Response, *, whole: bool) -> str | None:
    """Return what is wrong with an answer, None if nothing; the body is looked at if it is there `whole`."""
    request = answer.request
    path = path_of(request)
    if path is None or request.method == "OPTIONS":
        return None
    operation = document()["paths"][path].get("get" if request.method == "HEAD" else request.method.lower())
    if operation is None:
        return None if answer.status_code in (404, 405, 401, 403) else "a method that the path does not have"
    if is_unknown_here(path, answer):
        return None
    declared = operation["responses"].get(str(answer.status_code))
    if declared is None:
        return f"a status that is not declared: {answer.text if whole else ''}"
    extra = set(answer.headers) - EVERYWHERE - {name.lower() for name in declared.get("headers", {})}
    if extra:
        return f"headers that are not declared: {sorted(extra)}"
    if not whole or request.method == "HEAD":
        return None
    return problem_with_body(answer, path, request.method.lower(), declared)


def problem_with_body(answer: httpx.Response, path: str, method: str, declared: Mapping[str, Any]) -> str | None:
    """Return what is wrong with a body."""
    content = declared.get("content")
    if content is None:
        return "a body where none is declared" if answer.content else None
    media = answer.headers.get("content-type", "").partition(";")[0]
    if media not in content:
        return f"{media!r} where {sorted(content)} are declared"
    if media == "text/event-stream":
        return problem_with_events(answer.content, path, method, str(answer.status_code), declared)
    if media != "application/json" or content[media]["schema"].get("format") == "binary":
        return None
    check = validator(path, method, str(answer.status_code), media, None)
    return first_error(check, answer.content)


def problem_with_frames(answer: httpx.Response, raw: bytes) -> str | None:
    """Return what is wrong with the frames of an event stream that was read piece by piece."""
    path, method = path_of(answer.request), answer.request.method.lower()
    assert path is not None
    declared = document()["paths"][path][method]["responses"][str(answer.status_code)]
    return problem_with_events(raw, path, method, str(answer.status_code), declared)


def problem_with_events(raw: bytes, path: str, method: str, status: str, declared: Mapping[str, Any]) -> str | None:
    """Return what is wrong with the frames of an event stream; comments are heartbeats."""
    events = declared["content"]["text/event-stream"]["x-events"]
    for block in raw.split(b"\n\n"):
        lines = dict(line.split(b": ", 1) for line in block.split(b"\n") if line and not line.startswith(b":"))
        if b"data" not in lines:
            continue
        name = lines[b"event"].decode()
        if name not in events:
            return f"an event that is not declared: {name}"
        if problem := first_error(validator(path, method, status, "text/event-stream", name), lines[b"data"]):
            return f"event {name}: {problem}"
    return None


def first_error(check: Draft202012Validator | None, raw: bytes) -> str | None:
    """Return the first thing that a JSON text is invalid by."""
    found = None if check is None else next(check.iter_errors(msgspec.json.decode(raw)), None)
    return None if found is None else f"{found.json_path}: {found.message[:300]} in {raw[:500]!r}"


def is_unknown_here(path: str, answer: httpx.Response) -> bool:
    """Whether there is no such route: no stream for HEAD, nothing of `/api` where it is not served."""
    return path.startswith("/api") and answer.status_code == 404 and b'"code"' not in answer.content
