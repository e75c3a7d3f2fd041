"""One look at one change: collected, chunked, shown to analyzers and lenses, judged, made one list.

Knows no database: `reviews` keeps what comes out and tells of it, the command line prints it. `Pipeline` runs the
stages and yields the `facts` of what happens; `inspect_checkout` and `inspect_diff` are the whole without a store.
"""

from asterism.features.review.inspection import collection, enrichment, facts, prompts, skips, summary, view
from asterism.features.review.inspection.asker import ANSWER_CHARACTERS, CALLS_PER_SERVER, RETRIES, Answer, Asker
from asterism.features.review.inspection.chunks import Chunk, Piece
from asterism.features.review.inspection.direct import Inspected, inspect_checkout, inspect_diff
from asterism.features.review.inspection.errors import NoDiff, ReviewFailed, TooMuchDiff
from asterism.features.review.inspection.models import (
    CALL_SECONDS,
    MODES,
    PROFILES,
    Change,
    Coverage,
    Defaults,
    Dropped,
    LensStatus,
    Mode,
    ModelUse,
    Options,
    Skip,
)
from asterism.features.review.inspection.options import file_names, legacy_staged, mode, resolve, severity, words
from asterism.features.review.inspection.pipeline import Outcome, Pipeline, Sources, counts
from asterism.features.review.inspection.posted import change_of, require_diff

__all__ = [
    "ANSWER_CHARACTERS",
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
    "Defaults",
    "Dropped",
    "Inspected",
    "LensStatus",
    "Mode",
    "ModelUse",
    "NoDiff",
    "Options",
    "Outcome",
    "Piece",
    "Pipeline",
    "ReviewFailed",
    "Skip",
    "Sources",
    "TooMuchDiff",
    "change_of",
    "collection",
    "counts",
    "enrichment",
    "facts",
    "file_names",
    "inspect_checkout",
    "inspect_diff",
    "legacy_staged",
    "mode",
    "prompts",
    "require_diff",
    "resolve",
    "severity",
    "skips",
    "summary",
    "view",
    "words",
]
