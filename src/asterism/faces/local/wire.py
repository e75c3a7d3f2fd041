"""The objects of config, settings, trust and sessions as `/api` answers them (Stargazer 11.2).

An optional field without a value is left out; null stands only where the contract allows it.
"""

from collections.abc import Sequence
from typing import Any

from asterism.features.review.local_chats import Message, Session
from asterism.features.review.local_providers import ActiveProvider, ProviderStatus
from asterism.features.review.local_settings import Settings
from asterism.features.review.trust import LocalProject, Trust
from asterism.kernel.git import Entry, Status, printable


def active_config(active: ActiveProvider) -> dict[str, Any]:
    """Write the active provider and its model."""
    return _optional({"provider": active.provider}, model=active.model)


def provider_status(status: ProviderStatus) -> dict[str, Any]:
    """Write one provider of a list."""
    facts = {"provider": status.provider, "hasApiKey": status.has_key, "isActive": status.active}
    return _optional(facts, model=status.model)


def settings(found: Settings) -> dict[str, Any]:
    """Write all settings."""
    return {
        "theme": found.theme,
        "defaultLenses": list(found.default_lenses),
        "defaultProfile": found.default_profile,
        "severityThreshold": found.severity_threshold,
        "secretsStorage": found.secrets_storage,
    }


def trust_config(found: Trust) -> dict[str, Any]:
    """Write a trust entry."""
    return {
        "projectId": found.project_id,
        "repoRoot": str(found.root),
        "trustedAt": found.trusted_at,
        "capabilities": {"readFiles": found.read_files, "runCommands": found.run_commands},
        "trustMode": found.mode,
    }


def project(found: LocalProject, trust: Trust | None) -> dict[str, Any]:
    """Write a project with the trust in it, if any."""
    trusted = None if trust is None else trust_config(trust)
    return {"path": str(found.root), "projectId": found.id, "trust": trusted}


def session_metadata(found: Session) -> dict[str, Any]:
    """Write what a list says about a session."""
    facts = {
        "id": found.id,
        "projectPath": found.project_path,
        "createdAt": found.created_at,
        "updatedAt": found.updated_at,
        "messageCount": found.message_count,
    }
    return _optional(facts, title=found.title)


def session(found: Session, messages: Sequence[Message]) -> dict[str, Any]:
    """Write a session with its messages."""
    return {"metadata": session_metadata(found), "messages": [message(one) for one in messages]}


def message(found: Message) -> dict[str, Any]:
    """Write one message."""
    return {"id": found.id, "role": found.role, "content": found.content, "createdAt": found.created_at}


def git_status(found: Status) -> dict[str, Any]:
    """Write the state of a work tree."""
    return {
        "isGitRepo": True,
        "branch": _name(found.branch),
        "remoteBranch": _name(found.upstream),
        "ahead": found.ahead,
        "behind": found.behind,
        "files": {
            "staged": [file_entry(entry) for entry in found.staged],
            "unstaged": [file_entry(entry) for entry in found.unstaged],
            "untracked": [file_entry(entry) for entry in found.untracked],
        },
        "hasChanges": bool(found.entries),
        "conflicted": [printable(path) for path in found.conflicted],
    }


def file_entry(entry: Entry) -> dict[str, Any]:
    """Write one path of a status."""
    facts: dict[str, Any] = {
        "path": printable(entry.path),
        "indexStatus": entry.index,
        "workTreeStatus": entry.tree,
    }
    if entry.original is not None:
        facts["origPath"] = printable(entry.original)
    if entry.submodule is not None:
        facts["submodule"] = {
            "commitChanged": entry.submodule.commit_changed,
            "modified": entry.submodule.modified,
            "untracked": entry.submodule.untracked,
        }
    return facts


def _name(name: str | None) -> str | None:
    return None if name is None else printable(name)


def _optional(facts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return facts | {name: value for name, value in more.items() if value is not None}
