"""What `/api` says about itself in the OpenAPI document."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, ClassVar

import msgspec
from msgspec import UNSET, UnsetType

from asterism.asgi.body import TooSlow
from asterism.asgi.endpoint import Endpoint, ErrorCase
from asterism.base.errors import DomainError, Invalid, Kind, TooLarge
from asterism.faces.local.call import Rules
from asterism.faces.local.errors import status_of
from asterism.features.review.trust import InvalidPath, NotTrusted

TAGS = {
    "config": "Providers of models, their keys, and what an app needs at its start.",
    "git": "The state of the project's work tree.",
    "health": "Whether the server is up.",
    "pr-review": "Reviews of posted diffs, in GitHub's terms.",
    "review": "The older review, one streamed model call.",
    "reviews": "Reviews in the older form: their status, their stream and their end.",
    "sessions": "Conversations about a project.",
    "settings": "What the owner chose, and which projects may be read.",
    "triage": "Reviews: run, read, exported, looked closer at.",
}
ROOT = {
    "name": "x-stargazer-project-root",
    "in": "header",
    "description": "The project that the request is about (default: the server's own).",
    "schema": {"type": "string"},
}


class LocalErrorFields(msgspec.Struct):
    """A sentence and, but for a few errors, a code."""

    message: str
    code: str | UnsetType = UNSET


class LocalError(msgspec.Struct):
    """An error of `/api` (Stargazer 0.4)."""

    error: LocalErrorFields


class LocalDescription:
    """The words of `/api` for the document."""

    name = "api"
    tags = TAGS
    tags_events = True
    faults: ClassVar = {
        403: ("", "Host or Origin is not of this machine."),
        500: ("", "Something went wrong on the server."),
    }

    def automatic(self, endpoint: Endpoint) -> Sequence[ErrorCase]:
        """Return what every endpoint declared like this may answer: bad texts, no trust, a bad body."""
        rules: Rules = endpoint.rules
        found: list[ErrorCase] = [(Invalid, Invalid.code)]
        if rules.uses_root:
            found.append((InvalidPath, InvalidPath.code))
        if rules.guarded:
            found.append((NotTrusted, NotTrusted.code))
        if endpoint.body is not None:
            found += [(Invalid, rules.invalid), (TooLarge, TooLarge.code), (TooSlow, TooSlow.code)]
        return found

    def status_of(self, endpoint: Endpoint, kind: type[DomainError], code: str) -> int:
        """Return the status of an error, which an endpoint may have changed."""
        error: Any = SimpleNamespace(kind=kind.kind, code=code)
        rules: Rules = endpoint.rules
        return rules.statuses.get(code, status_of(error))

    def envelope(self, endpoint: Endpoint) -> type[Any]:  # noqa: ARG002 - the signature of all faces
        """Return the Struct of an error's body."""
        return LocalError

    def narrowed(self, endpoint: Endpoint, kind: Kind | None, code: str) -> tuple[str, dict[str, Any]] | None:  # noqa: ARG002
        """Return the code of an error, and the JSON Schema of where it stands; a fault of the server has none."""
        return None if kind is None else (code, {"properties": {"error": {"properties": {"code": {"enum": [code]}}}}})

    def security(self, endpoint: Endpoint) -> list[dict[str, list[str]]]:  # noqa: ARG002
        """Return the security requirements: none, this machine's owner is the only one who gets here."""
        return []

    def parameters(self, endpoint: Endpoint) -> list[dict[str, Any]]:
        """Return request headers that the face itself reads."""
        rules: Rules = endpoint.rules
        return [ROOT] if rules.uses_root else []
