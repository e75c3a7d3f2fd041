"""What `/v1` says about itself in the OpenAPI document."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, ClassVar

import msgspec
from msgspec import UNSET, UnsetType

from asterism.asgi.body import MalformedJson, TooSlow
from asterism.asgi.endpoint import Endpoint, ErrorCase
from asterism.base.errors import DomainError, Invalid, Kind, NotFound, RateLimited, TooLarge, Unsupported
from asterism.faces.v1.call import Rules
from asterism.faces.v1.errors import oauth_status, oauth_word, status_of
from asterism.faces.v1.realm import OAUTH_PATHS
from asterism.features.accounts.identity import InsufficientScope, NotSignedIn

TAGS = {
    "action-items": "What there is to look at in workspaces, and the runs of an agent that mend it.",
    "auth": "Signing in and out, tokens, devices, keys of model providers, the audit log.",
    "blobs": "Content by its hash: blobs, alone and in batches, manifests, and what nothing needs any more.",
    "chats": "Chats, their messages and their runs.",
    "conversations": "Conversations with a coding agent, what it tells and asks, and what it changed.",
    "findings": "What reviews of stored trees have found: not wanted, or taken up again.",
    "health": "Whether the server is up.",
    "infrastructure": "Where apps run: accounts at providers, settings, resources, and what a tree needs.",
    "integrations": "Notion and GitHub: connected, or not.",
    "jobs": "What the server did in the background; for administrators.",
    "manifests": "Manifests that are stored by what differs from a stored one; those sent whole are among the blobs.",
    "models": "The models that runs can use.",
    "oauth": "Device sign-in (RFC 8628), tokens exchanged, revoked (RFC 7009) and looked at (RFC 7662).",
    "projects": "Projects and everything that belongs to one.",
    "proposals": "What models want written, and what became of it.",
    "reviews": "Reviews of stored trees, and their events.",
    "runs": "Answers that models write, and their events.",
    "snapshots": "Snapshots: what they hold and how they differ.",
    "tools": "Searching and writing in Notion and GitHub.",
    "usage": "Tokens and cost.",
    "users": "Who has an account on this server; for administrators.",
    "workspaces": "Workspaces: what moves their heads, and their memory.",
}
BODY: tuple[type[DomainError], ...] = (MalformedJson, TooLarge, TooSlow, Unsupported)


class ErrorFields(msgspec.Struct):
    """What went wrong: a stable code, a sentence, what to do next, and facts."""

    code: str
    message: str
    hint: str | UnsetType = UNSET
    details: dict[str, Any] | UnsetType = UNSET


class ErrorAnswer(msgspec.Struct):
    """An error (Fastest 0.3, Starbot 0.5)."""

    error: ErrorFields


class OAuthError(msgspec.Struct):
    """An error in the words of RFC 6749 5.2, on the two paths that OAuth clients know."""

    error: str
    error_description: str
    interval: int | UnsetType = UNSET


class V1Description:
    """The words of `/v1` for the document."""

    name = "v1"
    tags = TAGS
    tags_events = False
    faults: ClassVar = {500: ("INTERNAL_ERROR", "Something went wrong on the server.")}

    def automatic(self, endpoint: Endpoint) -> Sequence[ErrorCase]:
        """Return what every endpoint declared like this may answer: bad texts, no token, a bad body."""
        rules: Rules = endpoint.rules
        found: list[type[DomainError]] = [Invalid, *([NotFound] if "{" in endpoint.path else [])]
        if rules.auth is True:
            found.append(NotSignedIn)
        if rules.auth:
            found.append(InsufficientScope)
        if rules.auth or rules.rate is not None:
            found.append(RateLimited)
        if endpoint.body is not None:
            found += BODY
        elif endpoint.signature.takes is not None:
            found += [TooLarge, TooSlow, *([Unsupported] if endpoint.signature.takes.shape else [])]
        return [(kind, kind.code) for kind in found]

    def status_of(self, endpoint: Endpoint, kind: type[DomainError], code: str) -> int:
        """Return the status of an error."""
        error: Any = SimpleNamespace(kind=kind.kind, code=code)
        return oauth_status(error) if endpoint.path in OAUTH_PATHS else status_of(error)

    def envelope(self, endpoint: Endpoint) -> type[Any]:
        """Return the Struct of an error's body."""
        return OAuthError if endpoint.path in OAUTH_PATHS else ErrorAnswer

    def narrowed(self, endpoint: Endpoint, kind: Kind | None, code: str) -> tuple[str, dict[str, Any]]:
        """Return the word by which a program knows an error, and the JSON Schema of where it stands."""
        if endpoint.path in OAUTH_PATHS:
            word = oauth_word(kind)
            return word, {"properties": {"error": {"enum": [word]}}}
        return code, {"properties": {"error": {"properties": {"code": {"enum": [code]}}}}}

    def security(self, endpoint: Endpoint) -> list[dict[str, list[str]]]:
        """Return the security requirements; an empty one is for endpoints where a token is optional."""
        auth = endpoint.rules.auth
        return [] if not auth else [{"bearer": []}] if auth is True else [{"bearer": []}, {}]

    def parameters(self, endpoint: Endpoint) -> list[dict[str, Any]]:  # noqa: ARG002 - the signature of all faces
        """Return request headers that the face itself reads: none."""
        return []
