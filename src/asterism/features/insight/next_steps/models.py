"""A next step: something to do in a project."""

from dataclasses import dataclass
from typing import Literal

Category = Literal["feature", "validation", "launch", "technical", "user_research"]
Effort = Literal["small", "medium", "large"]
Status = Literal["pending", "started", "completed", "dismissed"]
Priority = Literal[1, 2, 3]

CATEGORIES: tuple[Category, ...] = ("feature", "validation", "launch", "technical", "user_research")
EFFORTS: tuple[Effort, ...] = ("small", "medium", "large")
MAX_TITLE, MAX_TEXT = 140, 1_000
MAX_LISTED = 200


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A step that may be kept; `title` has up to 140 characters, texts up to 1,000."""

    title: str
    category: Category
    priority: Priority
    effort: Effort | None = None
    description: str | None = None
    rationale: str | None = None


@dataclass(frozen=True, slots=True)
class NextStep:
    """A kept step, with how many people found it helpful or not. `model` is None when rules made it."""

    id: str
    project_id: str
    title: str
    description: str | None
    rationale: str | None
    category: Category
    priority: Priority
    effort: Effort | None
    status: Status
    model: str | None
    generated_at: str
    acted_on_at: str | None
    helpful_count: int = 0
    not_helpful_count: int = 0


def folded(title: str) -> str:
    """Return what two titles that are the same have in common: without case and extra spaces."""
    return " ".join(title.casefold().split())
