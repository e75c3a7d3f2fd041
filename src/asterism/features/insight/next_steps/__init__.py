"""What to do next in a project: suggestions of rules or of a model, their status and people's votes (Fastest 3.6)."""

from asterism.features.insight.next_steps.errors import UnknownNextStep
from asterism.features.insight.next_steps.models import Category, Effort, NextStep, Priority, Status
from asterism.features.insight.next_steps.service import change_status, generate, give_feedback, list_steps

__all__ = [
    "Category",
    "Effort",
    "NextStep",
    "Priority",
    "Status",
    "UnknownNextStep",
    "change_status",
    "generate",
    "give_feedback",
    "list_steps",
]
