"""What a project is for: its intent (one word, mostly) and its brief (Fastest 3.5)."""

from typing import Any

import msgspec

from asterism.base.errors import Invalid
from asterism.features.accounts.identity import Caller
from asterism.features.versions.project_log import ProjectChanged
from asterism.features.versions.projects import store
from asterism.features.versions.projects.models import Project
from asterism.features.versions.projects.service import get_project, tell
from asterism.kernel.db import Tx

MAX_INTENT = 200
MAX_BRIEF_BYTES = 64 * 1024


def set_brief(tx: Tx, caller: Caller, project_id: str, changes: dict[str, Any]) -> Project:
    """Change `intent` and `brief`, those that are in `changes`; None clears. Raises UnknownProject or Invalid.

    An object brief that names an intent must agree with the project's; sent alone, it sets it.
    """
    if not changes:
        raise Invalid.field("brief", "is required, or intent is")
    _check(changes)
    tx.take_turns("brief", project_id)
    project = get_project(tx, caller, project_id)
    intent = changes.get("intent", project.intent)
    brief = changes.get("brief", project.brief)
    told = brief.get("intent") if isinstance(brief, dict) else None
    if isinstance(told, str) and told != intent:
        if "intent" in changes or "brief" not in changes:
            raise Invalid.field("intent", "is not the one that the brief names")
        _check_intent(told, "brief.intent")
        intent = told
    store.update(tx, project_id, {"intent": intent, "brief": brief, "updated_at": tx.now()})
    values = {"intent": (intent, project.intent), "brief": (brief, project.brief)}
    other = tuple(name for name, (new, old) in values.items() if new != old)
    if other:
        tell(tx, caller, project_id, ProjectChanged(other), f"The project's {' and '.join(other)} changed.")
    return get_project(tx, caller, project_id)


def _check(changes: dict[str, Any]) -> None:
    _check_intent(changes.get("intent"), "intent")
    brief = changes.get("brief")
    if brief is None:
        return
    if not isinstance(brief, dict | str) or (isinstance(brief, str) and not brief.strip()):
        raise Invalid.field("brief", "must be an object or a text that is not blank")
    if len(msgspec.json.encode(brief)) > MAX_BRIEF_BYTES:
        raise Invalid.field("brief", f"must have at most {MAX_BRIEF_BYTES} bytes as JSON")


def _check_intent(intent: Any, field: str) -> None:
    if intent is not None and (not isinstance(intent, str) or not 1 <= len(intent.strip()) <= MAX_INTENT):
        raise Invalid.field(field, f"must be a text of 1 to {MAX_INTENT} characters")
