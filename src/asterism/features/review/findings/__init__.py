"""Findings: what a review says about a change, where it stands, and how findings compare. All pure.

`ReviewedFile` is the text under review; `anchor` and `anchor_tool` place a claim on it; `finalise` turns candidates
into the one ordered list; `redact` and `mask` keep secrets in; `to_legacy` and `from_legacy` speak the older form.
"""

from asterism.features.review.findings import detector, identity, patches
from asterism.features.review.findings.anchors import (
    Anchor,
    Claim,
    Unanchored,
    anchor,
    anchor_tool,
    anchored_lines,
    code_evidence,
)
from asterism.features.review.findings.clean_text import harmless, one_line, scalar, visible
from asterism.features.review.findings.detector import Match as SecretMatch
from asterism.features.review.findings.detector import mask, redact
from asterism.features.review.findings.final_list import Final, finalise, merge, sorted_lenses, source_kind
from asterism.features.review.findings.legacy import LegacyIssue, LegacyResult, from_legacy, to_legacy
from asterism.features.review.findings.models import (
    AGENTS,
    DEFAULT_CATEGORY,
    LENS_ORDER,
    LENSES,
    RANK,
    SEVERITIES,
    Agent,
    Blame,
    Category,
    Context,
    Enrichment,
    Evidence,
    FixStep,
    Issue,
    Lens,
    Range,
    Result,
    Severity,
    Trace,
    at_least,
    lower,
)
from asterism.features.review.findings.paths import is_source, is_test
from asterism.features.review.findings.reviewed import ReviewedFile, split_lines
from asterism.features.review.findings.score import count, headline, score

__all__ = [
    "AGENTS",
    "DEFAULT_CATEGORY",
    "LENSES",
    "LENS_ORDER",
    "RANK",
    "SEVERITIES",
    "Agent",
    "Anchor",
    "Blame",
    "Category",
    "Claim",
    "Context",
    "Enrichment",
    "Evidence",
    "Final",
    "FixStep",
    "Issue",
    "LegacyIssue",
    "LegacyResult",
    "Lens",
    "Range",
    "Result",
    "ReviewedFile",
    "SecretMatch",
    "Severity",
    "Trace",
    "Unanchored",
    "anchor",
    "anchor_tool",
    "anchored_lines",
    "at_least",
    "code_evidence",
    "count",
    "detector",
    "finalise",
    "from_legacy",
    "harmless",
    "headline",
    "identity",
    "is_source",
    "is_test",
    "lower",
    "mask",
    "merge",
    "one_line",
    "patches",
    "redact",
    "scalar",
    "score",
    "sorted_lenses",
    "source_kind",
    "split_lines",
    "to_legacy",
    "visible",
]
