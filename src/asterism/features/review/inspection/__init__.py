"""One look at one change: collected, chunked, shown to analyzers and lenses, judged, made one list.

Knows no database: `reviews` keeps what comes out and tells of it, the command line prints it. `Pipeline` runs the
stages and tells a `Listener` what happens; `inspect_checkout` and `inspect_diff` are the whole without a store.
"""

from asterism.features.review.inspection import collection, enrichment, prompts, read_events, summary, view
from asterism.features.review.inspection.asker import CALLS_PER_SERVER, RETRIES, Answer, Asker
from asterism.features.review.inspection.chunks import Chunk, Piece
from asterism.features.review.inspection.direct import Inspected, Silence, inspect_checkout, inspect_diff
from asterism.features.review.inspection.errors import NoDiff, ReviewFailed, TooMuchDiff
from asterism.features.review.inspection.models import (
    CALL_SECONDS,
    MODES,
    PROFILES,
    Change,
    Coverage,
    Data,
    Defaults,
    Dropped,
    LensStatus,
    Mode,
    ModelUse,
    Options,
    Skip,
)
from asterism.features.review.inspection.options import file_names, mode, resolve, severity, words
from asterism.features.review.inspection.pipeline import Listener, Outcome, Pipeline, Sources, counts
from asterism.features.review.inspection.posted import change_of, require_diff

__all__ = [
    "CALLS_PER_SERVER",
    "CALL_SECONDS",
    "MODES",
    "PROFILES",
    "RETRIES",
    "Answer",
    "Asker",
    "Change",
    "Chunk",
    "Coverage",
    "Data",
    "Defaults",
    "Dropped",
    "Inspected",
    "LensStatus",
    "Listener",
    "Mode",
    "ModelUse",
    "NoDiff",
    "Options",
    "Outcome",
    "Piece",
    "Pipeline",
    "ReviewFailed",
    "Silence",
    "Skip",
    "Sources",
    "TooMuchDiff",
    "change_of",
    "collection",
    "counts",
    "enrichment",
    "file_names",
    "inspect_checkout",
    "inspect_diff",
    "mode",
    "prompts",
    "read_events",
    "require_diff",
    "resolve",
    "severity",
    "summary",
    "view",
    "words",
]
