"""Changing memory by proposal (Starbot 8.7): edits of the current document, or a whole new one."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from asterism.base.errors import Conflict, Invalid, TooLarge
from asterism.features.accounts.identity import Caller
from asterism.features.talk import memory
from asterism.features.talk.integrations import TextEdit
from asterism.features.talk.proposals import previews
from asterism.features.talk.proposals.models import Basis, Proposal, ProposalPreview, Writer
from asterism.features.talk.tools import RunPlace
from asterism.kernel.db import Tx


class MemoryUpdate(msgspec.Struct, omit_defaults=True):
    """Change the project's memory or the workspace's: by edits, or as a whole with `content`."""

    scope: Literal["project", "workspace"]
    edits: Annotated[list[TextEdit], Meta(min_length=1, max_length=100)] | None = None
    content: str | None = None


class DoesNotFit(Conflict):
    """The document has changed, or a text to be replaced is not there exactly once."""

    code = "MEMORY_CONFLICT"

    def __init__(self, message: str) -> None:
        super().__init__(message, hint="Ask for a new proposal.")


def check(asked: MemoryUpdate) -> None:
    """Raise Invalid, or TooLarge, for a change that cannot be."""
    if (asked.edits is None) == (asked.content is None):
        raise Invalid("Give either edits or content.")
    if asked.content is not None and len(asked.content.encode()) > memory.MAX_BYTES:
        raise TooLarge.bytes(memory.MAX_BYTES, "The document")


def edited(text: str, edits: Sequence[TextEdit]) -> str:
    """Return a text with the edits made one after the other. Raises DoesNotFit."""
    for number, edit in enumerate(edits, 1):
        count = text.count(edit.old_str)
        if count != 1:
            raise DoesNotFit(f"The text that edit {number} replaces occurs {count} times in the document, not once.")
        text = text.replace(edit.old_str, edit.new_str)
    return text


def basis(tx: Tx, place: RunPlace, asked: MemoryUpdate) -> Basis:
    """Note which document is meant, and how new it is. Raises Invalid in a chat without a workspace."""
    if asked.scope == "workspace" and place.workspace_id is None:
        raise Invalid.field("scope", "must be project: this chat has no workspace")
    workspace_id = place.workspace_id if asked.scope == "workspace" else None
    noted = {"project_id": place.project_id, "workspace_id": workspace_id}
    return {**noted, "updated_at": memory.read(tx, _place(tx, place.caller, noted)).updated_at}


def preview(tx: Tx, place: RunPlace, asked: MemoryUpdate) -> ProposalPreview:
    """Show what would change."""
    current = memory.read(tx, _place(tx, place.caller, basis(tx, place, asked))).content
    try:
        new = asked.content if asked.content is not None else edited(current, asked.edits or ())
    except DoesNotFit:
        new = None
    return previews.memory_change(asked.scope, current, new, asked.edits or ())


def apply(tx: Tx, caller: Caller, proposal: Proposal, asked: MemoryUpdate) -> Mapping[str, Any]:
    """Write the document. Raises DoesNotFit, MemoryConflict, TooLarge."""
    place = _place(tx, caller, proposal.basis)
    memory.hold(tx, place)
    current = memory.read(tx, place)
    if asked.content is not None and current.updated_at != proposal.basis["updated_at"]:
        raise DoesNotFit("The document was changed since this was proposed.")
    new = asked.content if asked.content is not None else edited(current.content, asked.edits or ())
    cause = memory.Cause("proposal", proposal.run_id, proposal.chat_id, proposal.id)
    written = memory.write(tx, place, new, cause=cause, actor=caller.client).document
    return {"updated_at": written.updated_at, "version": written.version}


def _place(tx: Tx, caller: Caller, noted: Mapping[str, Any]) -> memory.Place:
    if noted["workspace_id"] is not None:
        return memory.place_of_workspace(tx, caller, noted["workspace_id"])
    return memory.place_of_project(tx, caller, noted["project_id"])


MEMORY_UPDATE = Writer(
    "memory_update",
    "Propose a change of what is remembered for the project or the workspace.",
    MemoryUpdate,
    preview=preview,
    check=check,
    basis=basis,
    apply=apply,
    target=lambda asked: asked.scope,
    by_name=True,
)
