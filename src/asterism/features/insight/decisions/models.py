"""A decision, and the concepts of the map that it speaks of."""

import re
from dataclasses import dataclass
from typing import Literal

from msgspec import Struct

Category = Literal["architecture", "scope", "tech_choice", "approach", "process", "product"]
Status = Literal["active", "superseded", "confirmed"]

CATEGORIES: tuple[Category, ...] = ("architecture", "scope", "tech_choice", "approach", "process", "product")
MAX_DECISION, MAX_RATIONALE = 240, 1_000
MAX_LISTED = 500
STALE_SHARE = 0.3
CODE = "code:"
_END = re.compile(r"[\s.!?;:…]+\Z")


class ChangedFile(Struct, frozen=True):
    """A cited file that is gone or differs from what it was."""

    concept_id: str
    path: str
    change: Literal["gone", "changed"]


@dataclass(frozen=True, slots=True)
class NewDecision:
    """A decision to be kept; `decision` has up to 240 characters, `rationale` up to 1,000."""

    decision: str
    rationale: str | None = None
    category: Category | None = None
    conversation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision. `tree` is the manifest that the project showed when it was kept.

    `stale_since` is set while a cited file is gone or has changed by more than 30 % of its lines: those in `changed`.
    """

    id: str
    project_id: str
    conversation_id: str | None
    decision: str
    rationale: str | None
    category: Category | None
    decided_at: str
    status: Status = "active"
    superseded_by: str | None = None
    tree: str | None = None
    stale_since: str | None = None
    changed: tuple[ChangedFile, ...] = ()

    @property
    def text(self) -> str:
        """All that it says."""
        return f"{self.decision}\n{self.rationale or ''}"


@dataclass(frozen=True, slots=True)
class NewLink:
    """That a decision speaks of a concept; `blob` is the content of a file at that time."""

    decision_id: str
    concept_id: str
    confidence: int
    blob: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A kept link."""

    id: str
    decision_id: str
    concept_id: str
    confidence: int
    blob: str | None
    created_at: str


def folded(text: str) -> str:
    """Return what is the same of two texts that say the same: without case, spaces and final punctuation."""
    return " ".join(_END.sub("", text).casefold().split())
