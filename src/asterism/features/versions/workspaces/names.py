"""What a new workspace is called and of what type it is, where the client does not say (Fastest 3.2)."""

import re

from asterism.base.errors import Invalid
from asterism.features.versions.projects import clean_name, has_control
from asterism.features.versions.workspaces.models import NewWorkspace

TYPES = ("repo", "folder", "cloud")
MAX_IDENTIFIER = 4096
MAX_MACHINE = 255
MAX_NAME = 255

_ABSOLUTE = re.compile(r"/|[A-Za-z]:[\\/]|\\\\")


def derive(new: NewWorkspace) -> tuple[str, str, str, str | None]:
    """Return name, type, identifier and local path of a new workspace. Raises Invalid."""
    if new.type is not None and new.type not in TYPES:
        raise Invalid.field("type", f"must be one of {', '.join(TYPES)}")
    for field, text, limit in (
        ("identifier", new.identifier, MAX_IDENTIFIER),
        ("local_path", new.local_path, MAX_IDENTIFIER),
        ("machine_id", new.machine_id, MAX_MACHINE),
        ("name", new.name, MAX_NAME),
    ):
        check_length(field, text, limit)
    identifier = (new.identifier or "").strip()
    named = (new.name or "").strip()
    if not named and not (new.type and identifier):
        raise Invalid.field("name", "is required, or type and identifier are")
    kind = new.type or ("folder" if new.local_path else "cloud")
    name = clean_name(named or name_from(kind, identifier))
    identifier = identifier or new.local_path or name
    local_path = new.local_path or (identifier if kind == "folder" and _ABSOLUTE.match(identifier) else None)
    return name, kind, identifier, local_path


def name_from(kind: str, identifier: str) -> str:
    """Return the name that an identifier suggests: a repository's, a folder's last part, or all of it."""
    if kind == "repo":
        last = re.split(r"[/:]", identifier.rstrip("/"))[-1].removesuffix(".git")
        name = last or identifier
    elif kind == "folder":
        name = re.split(r"[/\\]", identifier.rstrip("/\\"))[-1] or "root"
    else:
        name = identifier
    return name[:MAX_NAME]


def check_length(field: str, text: str | None, limit: int) -> None:
    """Raise Invalid for a text that is too long or has control characters."""
    if text is not None and len(text.strip()) > limit:
        raise Invalid.field(field, f"must have at most {limit} characters")
    if text is not None and has_control(text.strip()):
        raise Invalid.field(field, "must not contain control characters")
