"""Drift: how far a workspace and a source are apart, as a client said or as a comparison found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from asterism.base.clock import parse
from asterism.features.versions.projects import Project
from asterism.features.versions.workspaces import Workspace

Origin = Literal["client", "compare"]
Risk = Literal["low", "medium", "high"]

MAX_PATHS = 10_000
MAX_SUMMARY = 2_000
TOP_OVERLAPS = 20
LARGE_BYTES = 200_000
MANY_OVERLAPS = 10
WIDE_OVERLAP = 0.6
KEPT_REPORTS = 100
KEPT_DAYS = 180

Extensions = Mapping[str, Mapping[str, int]]
"""How many paths of `source_only`, `workspace_only` and `both_different` have which extension."""


@dataclass(frozen=True, slots=True)
class Paths:
    """What a comparison found, by path in byte order, each list cut at 10,000; `extensions` counts all."""

    source_only: Sequence[str] = ()
    workspace_only: Sequence[str] = ()
    both_same: Sequence[str] = ()
    both_different: Sequence[str] = ()
    extensions: Extensions = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: a workspace, and the tree that stands for it.

    `snapshot_id` is None when the tree is that of unsaved work.
    """

    workspace: Workspace
    manifest_hash: str
    snapshot_id: str | None


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides of a comparison."""

    project: Project
    ours: Side
    theirs: Side


@dataclass(frozen=True, slots=True)
class Report:
    """One report (Fastest 4.5). `large_files` is None where nobody looked; `compared_at` is when it was last true."""

    id: str
    workspace_id: str
    source_workspace_id: str
    workspace_snapshot_id: str | None
    source_snapshot_id: str | None
    files_added: int
    files_modified: int
    files_deleted: int
    bytes_changed: int
    summary: str | None
    reported_at: str
    compared_at: str
    origin: Origin
    large_files: bool | None = None
    paths: Paths = field(default_factory=Paths)

    @property
    def total(self) -> int:
        """How many files a sync would bring."""
        return self.files_added + self.files_modified

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many files were added, modified and deleted."""
        return self.files_added, self.files_modified, self.files_deleted

    @property
    def overlap_ratio(self) -> float:
        """Which share of them this workspace holds in another form."""
        return round(self.files_modified / self.total, 4) if self.total else 0

    @property
    def risk(self) -> Risk:
        """How likely a sync needs a person."""
        if self.files_modified == 0:
            return "low"
        wide = self.files_modified >= MANY_OVERLAPS or self.files_modified >= WIDE_OVERLAP * self.total
        return "high" if wide else "medium"

    def staleness_hours(self, now: str) -> float:
        """Return the hours since it was last true, one decimal, never negative."""
        return max(0.0, round((parse(now) - parse(self.compared_at)).total_seconds() / 3600, 1))


@dataclass(frozen=True, slots=True)
class MainDrift:
    """How far a workspace and its project's main are apart, by the newest report; `fingerprint` is what it is about."""

    workspace_id: str
    origin: Origin
    files_added: int
    files_modified: int
    files_deleted: int
    reported_at: str
    fingerprint: str

    @property
    def total(self) -> int:
        """How many files a sync would bring."""
        return self.files_added + self.files_modified


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a client reports: counts of files and bytes, each at least 0."""

    files_added: int
    files_modified: int
    files_deleted: int
    bytes_changed: int
    summary: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What comparing a workspace with a source came to.

    `report` is None where there is nothing to compare; `message` then says why. `fresh` reports are not stored yet;
    `trees` are the two manifests they stand for, the workspace's first.
    """

    is_main: bool
    source: Workspace | None = None
    report: Report | None = None
    message: str | None = None
    fresh: bool = False
    trees: tuple[str, str] | None = None
