"""What a token may do (Fastest 1.5): everything, reading, or one agent's work in one workspace."""

from dataclasses import dataclass
from typing import Literal

import msgspec

from asterism.features.accounts.identity.errors import InsufficientScope

ScopeName = Literal["all", "read", "agent"]


@dataclass(frozen=True, slots=True)
class Scope:
    """`agent` is bound to one project and workspace, perhaps to the conversation or run that it was made for."""

    name: ScopeName
    project_id: str | None = None
    workspace_id: str | None = None
    conversation_id: str | None = None
    run_id: str | None = None

    @property
    def only_workspace(self) -> str | None:
        """The one workspace that may be seen; None when every workspace may."""
        return (self.workspace_id or "") if self.name == "agent" else None

    def reach(self, project_id: str, workspace_id: str | None = None) -> None:
        """Raise InsufficientScope unless it reaches this project, and the workspace if one is named.

        Whatever loads a project, a workspace or what belongs to one calls this, so that it holds however it was named.
        """
        if self.name != "agent":
            return
        if project_id != self.project_id or (workspace_id is not None and workspace_id != self.workspace_id):
            raise InsufficientScope

    def reach_all(self) -> None:
        """Raise InsufficientScope unless it reaches every workspace of its project."""
        if self.only_workspace is not None:
            raise InsufficientScope


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
