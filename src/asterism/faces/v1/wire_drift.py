"""How a report of drift is written (Fastest 4.5)."""

from collections.abc import Mapping, Sequence
from typing import Literal, Self

import msgspec

from asterism.faces.shapes import copied
from asterism.features.versions import drift
from asterism.features.versions.drift import TOP_OVERLAPS


class DriftReport(msgspec.Struct, kw_only=True):
    """A report of drift, with what follows from it."""

    id: str
    workspace_id: str
    source_workspace_id: str
    workspace_snapshot_id: str | None
    source_snapshot_id: str | None
    source_only: Sequence[str]
    workspace_only: Sequence[str]
    both_same: Sequence[str]
    both_different: Sequence[str]
    files_added: int
    files_modified: int
    files_deleted: int
    bytes_changed: int
    summary: str | None
    reported_at: str
    compared_at: str
    total_drift_files: int
    has_overlaps: bool
    overlap_ratio: float
    risk_level: Literal["low", "medium", "high"]
    staleness_hours: float
    top_overlap_files: Sequence[str]
    counts_by_ext: Mapping[str, Mapping[str, int]]
    large_files_changed: bool | None
    origin: Literal["client", "compare"]

    @classmethod
    def of(cls, found: drift.Report, now: str) -> Self:
        """Write a report as it stands at `now`."""
        paths, kinds = found.paths, ("source_only", "workspace_only", "both_different")
        return copied(
            cls,
            found,
            source_only=paths.source_only,
            workspace_only=paths.workspace_only,
            both_same=paths.both_same,
            both_different=paths.both_different,
            total_drift_files=found.total,
            has_overlaps=found.files_modified > 0,
            risk_level=found.risk,
            staleness_hours=found.staleness_hours(now),
            top_overlap_files=paths.both_different[:TOP_OVERLAPS],
            counts_by_ext={kind: paths.extensions.get(kind, {}) for kind in kinds},
            large_files_changed=found.large_files,
        )
