"""What one look at a change is about: its options, the change, and what was looked at (Stargazer 5, 11.3)."""

from dataclasses import dataclass, field
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from asterism.features.review.analyzers import AnalyzerStatus
from asterism.features.review.findings import Lens, ReviewedFile, Severity

Mode = Literal["staged", "unstaged", "files"]
MODES: tuple[Mode, ...] = ("staged", "unstaged", "files")

FILES = 300
FILE_DIFF_BYTES = 256 << 10
TOTAL_DIFF_BYTES = 2 << 20
CHUNK_BYTES = 48 << 10
CHUNKS = 64
LENS_SECONDS = 420.0
CALL_SECONDS = 120.0
VERIFY_SECONDS = 60.0


class Profile(msgspec.Struct, frozen=True):
    """A named choice of lenses, with a minimum severity of its own where it has one."""

    id: str
    lenses: tuple[Lens, ...]
    minimum: Severity | None = None


PROFILES: dict[str, Profile] = {
    profile.id: profile
    for profile in (
        Profile("quick", (Lens.CORRECTNESS,), Severity.HIGH),
        Profile("strict", (Lens.CORRECTNESS, Lens.SECURITY, Lens.TESTS)),
        Profile("perf", (Lens.CORRECTNESS, Lens.PERFORMANCE), Severity.MEDIUM),
        Profile("security", (Lens.CORRECTNESS, Lens.SECURITY)),
    )
}


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the settings say when a request says nothing (Stargazer 3.2)."""

    lenses: tuple[Lens, ...] = tuple(Lens)
    profile: str | None = None
    minimum: Severity = Severity.LOW


@dataclass(frozen=True, slots=True)
class Options:
    """The effective choices of one review. `files` are the requested paths as given, empty for all."""

    mode: Mode
    lenses: tuple[Lens, ...]
    profile: str | None
    minimum: Severity
    files: tuple[str, ...] = ()
    base: str | None = None


class Skip(msgspec.Struct, frozen=True):
    """A changed file that is not reviewed, and why (Stargazer 5.4)."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class Change:
    """The snapshot under review; every stage reads this and nothing else.

    `digest` is the SHA-256 of the collected and filtered diff. `raw_paths` maps a shown path to its exact one where
    they differ (names that are not UTF-8).
    """

    files: tuple[ReviewedFile, ...]
    skipped: tuple[Skip, ...]
    head: str | None
    branch: str | None
    digest: str
    diff_bytes: int
    raw_paths: dict[str, str] = field(default_factory=dict)

    @property
    def additions(self) -> int:
        """Added lines of the reviewed files."""
        return sum(file.diff.additions for file in self.files)

    @property
    def deletions(self) -> int:
        """Deleted lines of the reviewed files."""
        return sum(file.diff.deletions for file in self.files)

    def file(self, path: str) -> ReviewedFile | None:
        """Return the reviewed file of that path."""
        return next((file for file in self.files if file.path == path), None)


class LensStatus(msgspec.Struct, frozen=True, rename="camel"):
    """How a lens fared."""

    lens_id: Lens
    status: Literal["success", "failed"]
    coverage: Literal["full", "partial", "none"]
    error: str | UnsetType = UNSET


class Dropped(msgspec.Struct, rename="camel"):
    """How many findings were left out, by reason; `dismissed` is ours and only there when it counts something."""

    malformed: int = 0
    unsupported: int = 0
    pre_existing: int = 0
    refuted: int = 0
    duplicate: int = 0
    below_threshold: int = 0
    over_cap: int = 0
    dismissed: int | UnsetType = UNSET

    def add(self, reason: str, amount: int = 1) -> None:
        """Count under the documented name of a reason."""
        name = {"preExisting": "pre_existing", "belowThreshold": "below_threshold", "overCap": "over_cap"}.get(
            reason, reason
        )
        before = getattr(self, name)
        if before is not UNSET or amount:
            setattr(self, name, amount if before is UNSET else before + amount)


class ModelUse(msgspec.Struct, rename="camel"):
    """What the model was asked and what it cost."""

    provider: str
    model: str
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0


class Coverage(msgspec.Struct, frozen=True, rename="camel"):
    """What the review looked at and what it did not."""

    files_total: int
    files_reviewed: int
    skipped: tuple[Skip, ...]
    lenses: tuple[LensStatus, ...]
    analyzers: tuple[AnalyzerStatus, ...]
    dropped: Dropped
    model: ModelUse | UnsetType = UNSET
