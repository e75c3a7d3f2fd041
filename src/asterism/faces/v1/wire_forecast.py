"""How a forecast is written (Beyond 4)."""

from collections.abc import Sequence
from typing import Literal, Self

import msgspec

from asterism.faces.shapes import copied
from asterism.faces.v1.wire_merge import ConflictRegion
from asterism.features.versions import forecast
from asterism.vcs.merge import DecisionKind


class ForecastConflict(msgspec.Struct):
    """A path that a merge of two workspaces would leave to a person; in a region, `workspace` is `a` and `main` `b`."""

    path: str
    kind: DecisionKind
    regions: list[ConflictRegion]

    @classmethod
    def of(cls, found: forecast.Conflict) -> Self:
        """Write a conflict."""
        return cls(found.path, found.kind, [ConflictRegion.of(region) for region in found.regions])


class ForecastPair(msgspec.Struct, kw_only=True):
    """What merging `b` into `a` would come to, on the trees named; both lists are cut at 100, the counts are not."""

    a: str
    b: str
    a_tree: str
    b_tree: str
    base_kind: Literal["empty", "snapshot", "virtual"]
    overlapping: Sequence[str]
    overlap_count: int
    conflicts: list[ForecastConflict]
    conflict_count: int
    clean: bool
    computed_at: str

    @classmethod
    def of(cls, found: forecast.Outcome) -> Self:
        """Write a pair."""
        return copied(
            cls,
            found,
            overlapping=found.details.overlapping,
            conflicts=[ForecastConflict.of(one) for one in found.details.conflicts],
        )


class SkippedWorkspace(msgspec.Struct):
    """A workspace that is not paired: not seen for 14 days, one of more than 30, or without a tree."""

    id: str
    name: str
    reason: Literal["not_seen", "too_many", "no_tree"]


class Forecast(msgspec.Struct):
    """The pairs as they were computed last, the worst first; `pending` of all pairs wait to be computed anew."""

    pairs: list[ForecastPair]
    pending: int
    skipped: list[SkippedWorkspace]

    @classmethod
    def of(cls, found: forecast.Forecast) -> Self:
        """Write a forecast."""
        return cls(
            [ForecastPair.of(pair) for pair in found.pairs],
            found.pending,
            [SkippedWorkspace(one.workspace.id, one.workspace.name, one.reason) for one in found.skipped],
        )
