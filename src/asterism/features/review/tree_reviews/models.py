"""A review of stored trees, and what it works with."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from asterism.features.review.findings import Lens
from asterism.features.review.inspection import Coverage, Options
from asterism.features.review.tracked_findings import Origins
from asterism.features.versions.projects import Project
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Tx
from asterism.kernel.llm import Target

Status = Literal["running", "completed", "failed", "cancelled"]

STREAM = "tree-review:"
KEPT_DAYS = 30
"""As long the trees of a review are kept from being collected."""
RUNNING = 4
CANDIDATES = 2000
READ_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class TreeReview:
    """A review. `base_tree` is None where there was nothing before; `snapshot_id` names the reviewed tree, if one does.

    What came of it, `coverage`, `summary` and `finding_ids`, is there once it is completed.
    """

    id: str
    project_id: str
    workspace_id: str
    status: Status
    against: str
    base_tree: str | None
    tree: str
    snapshot_id: str | None
    lenses: tuple[Lens, ...]
    profile: str | None
    created_at: str
    error_code: str | None = None
    error_message: str | None = None
    summary: str | None = None
    coverage: Coverage | None = None
    finding_ids: tuple[str, ...] = ()
    new_count: int = 0
    ended_at: str | None = None

    @property
    def stream(self) -> str:
        """The name of its stream."""
        return STREAM + self.id


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be reviewed, resolved: whose trees, with which options, by which model (None: by analyzers alone)."""

    project: Project
    workspace_id: str
    against: str
    base_tree: str | None
    tree: str
    snapshot_id: str | None
    options: Options
    target: Target | None
    actor: str


@dataclass(frozen=True, slots=True)
class Ports:
    """What reviews of trees reach beyond those of checkouts.

    `choose` returns a user's model, None where none is configured; `origins` says what brought a line.
    """

    blobs: Blobs
    choose: Callable[[Tx, str], Target | None]
    origins: Origins
