"""What happens while a change is inspected, as it happens: told in one direction, to whoever reads it."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from asterism.features.review.findings import Issue, Lens
from asterism.features.review.inspection.chunks import Chunk


@dataclass(frozen=True, slots=True)
class LensBegan:
    """A lens begins to read so many files."""

    lens: Lens
    files: int


@dataclass(frozen=True, slots=True)
class ChunkRead:
    """A lens reads the files of a chunk; `total` is the number of reviewed files."""

    lens: Lens
    chunk: Chunk
    total: int


@dataclass(frozen=True, slots=True)
class Thought:
    """The agent of a lens says what it is about."""

    lens: Lens
    text: str


@dataclass(frozen=True, slots=True)
class CandidatePlaced:
    """A candidate has its place."""

    issue: Issue


@dataclass(frozen=True, slots=True)
class Enriching:
    """A final issue is being given its blame or its surroundings."""

    issue: Issue
    kind: Literal["blame", "context"]
    status: Literal["started", "complete", "failed"]


InspectionFact: TypeAlias = LensBegan | ChunkRead | Thought | CandidatePlaced
