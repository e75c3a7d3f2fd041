"""What is stored for each chunk, and where a search looks."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

Kind = Literal["memory", "message"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where text comes from. `id` is the project, workspace or message; a message also has its chat.

    `workspace_id` is None for what belongs to the project as a whole.
    """

    kind: Kind
    id: str
    owner_user_id: str
    project_id: str
    workspace_id: str | None
    chat_id: str | None = None


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """A chunk as stored; `heading` is a path like `Rules > Exports`."""

    n: int
    id: str
    kind: Kind
    source_id: str
    project_id: str
    workspace_id: str | None
    chat_id: str | None
    heading: str
    ordinal: int
    text: str
    tokens: int
    updated_at: str


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a search looks, inside one project of one user.

    `messages` and `memory` say which sources; of each, `None` is nowhere, `"*"` everywhere, `"workspaces"` any
    workspace's, `"project"` only the project's own, anything else that very workspace's. `sources` narrows to ids.
    """

    owner_user_id: str
    project_id: str
    messages: str | None = None
    memory: str | None = None
    sources: Collection[str] | None = None
    without: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A found chunk; `score` is from 0 to 1."""

    chunk: StoredChunk
    score: float
