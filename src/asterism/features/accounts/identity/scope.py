"""What a token may do (Fastest 1.5): everything, reading, or one agent's work in one workspace."""

from dataclasses import dataclass
from typing import Literal

import msgspec

ScopeName = Literal["all", "read", "agent"]


@dataclass(frozen=True, slots=True)
class Scope:
    """`agent` is bound to one project and workspace, perhaps to the conversation or run that it was made for."""

    name: ScopeName
    project_id: str | None = None
    workspace_id: str | None = None
    conversation_id: str | None = None
    run_id: str | None = None


ALL = Scope("all")
READ = Scope("read")


def write_scope(scope: Scope) -> str | None:
    """Return the stored form: None for `all`, JSON otherwise."""
    if scope == ALL:
        return None
    kept = {name: value for name in scope.__slots__ if (value := getattr(scope, name)) is not None}
    return msgspec.json.encode(kept).decode()


def read_scope(text: str | None) -> Scope:
    """Read the stored form."""
    return ALL if text is None else msgspec.json.decode(text, type=Scope)
