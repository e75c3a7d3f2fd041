"""How a preview of a sync is written (Fastest 5.8)."""

from collections.abc import Mapping, Sequence
from typing import Literal, Self

import msgspec
from msgspec import UNSET, UnsetType

from asterism.faces.shapes import copied
from asterism.faces.v1.wire_merge import ConflictRegion
from asterism.features.versions import sync
from asterism.vcs.manifest import Entry
from asterism.vcs.merge import Action, Decision, DecisionKind, Option

MAX_REGIONS = 50
Texts = Mapping[str, str]


class AutoAction(msgspec.Struct, kw_only=True):
    """Something that a sync does by itself."""

    path: str
    action: Literal["copy_from_main", "ai_combined", "delete"]
    description: str
    merge_method: Literal["lines", "structure", "model"] | UnsetType = UNSET
    combined_content: str | UnsetType = UNSET
    resulting_hash: str | UnsetType = UNSET
    size: int | UnsetType = UNSET
    mode: int | UnsetType = UNSET
    model: str | UnsetType = UNSET
    proof: Sequence[str] | UnsetType = UNSET
    renamed_from: str | UnsetType = UNSET

    @classmethod
    def of(cls, action: Action, texts: Texts, model: str | None) -> Self:
        """Write an action."""
        entry, combined = action.entry, action.kind == "ai_combined"
        return cls(
            path=action.path,
            action=action.kind,
            description=action.description,
            merge_method=action.method if combined and action.method else UNSET,
            combined_content=texts.get(entry.hash, UNSET) if combined and entry else UNSET,
            resulting_hash=entry.hash if entry and entry.hash else UNSET,
            size=entry.size if entry and entry.type == "file" else UNSET,
            mode=entry.mode if entry and entry.type == "file" else UNSET,
            model=model if action.method == "model" and model else UNSET,
            proof=action.proof or UNSET,
            renamed_from=action.renamed_from or UNSET,
        )


class DecisionOption(msgspec.Struct, kw_only=True):
    """One answer to a decision; the content is empty where it is no text, or a long one."""

    id: str
    label: str
    description: str
    resulting_content: str
    resulting_hash: str | None
    deletes: bool

    @classmethod
    def of(cls, option: Option, texts: Texts) -> Self:
        """Write an option."""
        blob = hash_of(option.entry)
        return copied(cls, option, resulting_content=texts.get(blob, "") if blob else "", resulting_hash=blob)


class NeededDecision(msgspec.Struct, kw_only=True):
    """Something that a person has to say before a sync can be executed."""

    path: str
    kind: DecisionKind
    main_intent: str
    workspace_intent: str
    conflict_reason: str
    options: list[DecisionOption]
    recommended_option_id: str | UnsetType = UNSET
    allows_custom_content: bool
    base_hash: str | None
    main_hash: str | None
    workspace_hash: str | None
    regions: list[ConflictRegion] | UnsetType = UNSET
    renamed_from: str | UnsetType = UNSET

    @classmethod
    def of(cls, decision: Decision, texts: Texts) -> Self:
        """Write a decision."""
        sides = decision.sides
        regions = [ConflictRegion.of(region) for region in decision.regions[:MAX_REGIONS]]
        return cls(
            path=decision.path,
            kind=decision.kind,
            main_intent=decision.main_intent,
            workspace_intent=decision.workspace_intent,
            conflict_reason=decision.reason,
            options=[DecisionOption.of(option, texts) for option in decision.options],
            recommended_option_id=decision.recommended or UNSET,
            allows_custom_content=decision.allows_custom,
            base_hash=hash_of(sides.base),
            main_hash=hash_of(sides.main),
            workspace_hash=hash_of(sides.ours),
            regions=regions or UNSET,
            renamed_from=decision.renamed_from or UNSET,
        )


class SyncPreview(msgspec.Struct, kw_only=True):
    """What a sync would do."""

    id: str
    workspace_id: str
    drift_report_id: str
    auto_actions: list[AutoAction]
    decisions_needed: list[NeededDecision]
    files_to_update: int
    files_to_add: int
    files_to_delete: int
    files_unchanged: int
    summary: str
    created_at: str
    expires_at: str
    is_empty: bool
    source_workspace_id: str
    source_snapshot_id: str
    workspace_snapshot_id: str | None
    workspace_manifest_hash: str | None
    workspace_version: int
    base_kind: Literal["empty", "snapshot", "virtual"]
    base_snapshot_ids: tuple[str, ...]

    @classmethod
    def of(cls, found: sync.Preview) -> Self:
        """Write a preview."""
        plan, texts = found.plan, found.texts
        return copied(
            cls,
            found,
            auto_actions=[AutoAction.of(action, texts, found.model) for action in plan.actions],
            decisions_needed=[NeededDecision.of(decision, texts) for decision in plan.decisions],
            files_to_update=plan.to_update,
            files_to_add=plan.to_add,
            files_to_delete=plan.to_delete,
            files_unchanged=plan.unchanged,
            is_empty=plan.is_empty,
        )


class PreviewAnswer(msgspec.Struct):
    """A preview."""

    preview: SyncPreview


def hash_of(entry: Entry | None) -> str | None:
    """Return the hash of a file's content, None for anything else."""
    return entry.hash if entry is not None and entry.hash else None
