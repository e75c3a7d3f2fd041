"""The objects that several routes of `/api` answer (Stargazer 11.2).

An optional field without a value is left out; null stands only where the contract allows it.
"""

from collections.abc import Sequence
from typing import Annotated, Literal, Self

import msgspec
from msgspec import UNSET, Meta, UnsetType

from asterism.faces.shapes import copied
from asterism.features.review import local_chats, local_providers, local_settings, reviews
from asterism.features.review.trust import Trust

Count = Annotated[int, Meta(ge=0)]
Stamp = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
Id = Annotated[str, Meta(extra_json_schema={"format": "uuid"})]
Provider = Annotated[str, Meta(extra_json_schema={"enum": [*local_providers.KNOWN]})]
Lens = Literal["correctness", "security", "performance", "simplicity", "tests"]
Profile = Literal["quick", "strict", "perf", "security", "default"]
Severity = Literal["blocker", "high", "medium", "low", "nit", "critical", "warning", "suggestion", "nitpick", "info"]
Storage = Literal["file", "keyring"]
Theme = Literal["auto", "dark", "light", "terminal"]


class ActiveConfig(msgspec.Struct):
    """The active provider and its model, if one was chosen."""

    provider: Provider
    model: str | UnsetType = UNSET

    @classmethod
    def of(cls, found: local_providers.ActiveProvider) -> Self:
        """Write it."""
        return cls(found.provider, present(found.model))


class Settings(msgspec.Struct, rename="camel"):
    """All settings; synonyms of severities are kept as they were sent."""

    theme: Theme
    default_lenses: Sequence[Lens]
    default_profile: Profile | None
    severity_threshold: Severity
    secrets_storage: Storage | None

    @classmethod
    def of(cls, found: local_settings.Settings) -> Self:
        """Write them. A value that is none of these was not written by this server, and is a bug."""
        return copied(cls, found)


class Capabilities(msgspec.Struct, rename="camel"):
    """What is allowed."""

    read_files: bool
    run_commands: bool


class TrustConfig(msgspec.Struct, rename="camel"):
    """A whole trust entry."""

    project_id: Id
    repo_root: str
    trusted_at: Stamp
    capabilities: Capabilities
    trust_mode: Literal["persistent", "session"]

    @classmethod
    def of(cls, found: Trust) -> Self:
        """Write it."""
        allowed = Capabilities(found.read_files, found.run_commands)
        return cls(found.project_id, str(found.root), found.trusted_at, allowed, found.mode)


class SessionMetadata(msgspec.Struct, rename="camel"):
    """What a list says about a session."""

    id: Id
    project_path: str
    created_at: Stamp
    updated_at: Stamp
    message_count: Count
    title: str | UnsetType = UNSET

    @classmethod
    def of(cls, found: local_chats.Session) -> Self:
        """Write it."""
        times = (found.created_at, found.updated_at)
        return cls(found.id, found.project_path, *times, found.message_count, present(found.title))


class SessionMessage(msgspec.Struct, rename="camel"):
    """A message, as it was typed or answered."""

    id: Id
    role: local_chats.Role
    content: str
    created_at: Stamp

    @classmethod
    def of(cls, found: local_chats.Message) -> Self:
        """Write it."""
        return copied(cls, found)


class Session(msgspec.Struct):
    """A session with its messages."""

    metadata: SessionMetadata
    messages: Sequence[SessionMessage]

    @classmethod
    def of(cls, found: local_chats.Session, messages: Sequence[local_chats.Message] = ()) -> Self:
        """Write it."""
        return cls(SessionMetadata.of(found), [SessionMessage.of(one) for one in messages])


class SessionAnswer(msgspec.Struct):
    """A session."""

    session: Session


class TriageAnswer(msgspec.Struct):
    """A saved review."""

    review: reviews.SavedTriage


def present(value: str | None) -> str | UnsetType:
    """Return a value to be answered, UNSET for none."""
    return UNSET if value is None else value


def given(value: str | UnsetType) -> str | None:
    """Return a value that was sent, None for none."""
    return None if value is UNSET else value
