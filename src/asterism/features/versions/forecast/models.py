"""The forecast: which workspaces would conflict if they were merged now (Beyond 4)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from asterism.features.versions.workspaces import Workspace
from asterism.vcs.lines import Region
from asterism.vcs.merge import BaseKind, DecisionKind

MAX_WORKSPACES = 30
SEEN_DAYS = 14
MAX_PATHS = 100
MAX_REGIONS = 50

SkipReason = Literal["not_seen", "too_many", "no_tree"]


class Conflict(msgspec.Struct, frozen=True):
    """A path that a merge of the two would leave to a person."""

    path: str
    kind: DecisionKind
    regions: tuple[Region, ...] = ()


class Details(msgspec.Struct, frozen=True):
    """What is told of a pair beside the counts: the first hundred paths that both changed, and that conflict."""

    overlapping: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A workspace as it is forecast: its working tree, and the head that its history hangs on."""

    workspace: Workspace
    tree: str
    head: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What merging `b` into `a` would come to, on these trees and heads; `base` names the snapshots of the base."""

    a: str
    b: str
    a_tree: str
    b_tree: str
    a_head: str | None
    b_head: str | None
    base_kind: BaseKind
    base: tuple[str, ...]
    conflict_count: int
    overlap_count: int
    computed_at: str
    details: Details = field(default_factory=Details)

    @property
    def clean(self) -> bool:
        """Whether a merge would need no decision."""
        return self.conflict_count == 0

    @property
    def badness(self) -> tuple[int, int, str, str]:
        """What sorts the worst first."""
        return (-self.conflict_count, -self.overlap_count, self.a, self.b)

    def stands_for(self, a: Place, b: Place) -> bool:
        """Say whether the pair is as it was when this was computed."""
        return (self.a_tree, self.b_tree, self.a_head, self.b_head) == (a.tree, b.tree, a.head, b.head)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A workspace that is not paired, and why."""

    workspace: Workspace
    reason: SkipReason


@dataclass(frozen=True, slots=True)
class Forecast:
    """The pairs as they were computed last, worst first; `pending` counts those whose trees have changed since."""

    pairs: Sequence[Outcome]
    pending: int
    skipped: Sequence[Skipped]
