"""Reviews in the forms that other tools read: GitHub, SARIF, Markdown. All pure."""

from asterism.features.review.exports.escapes import github as escape_github
from asterism.features.review.exports.github import Annotation, InlineComment, PrIssue, PrReview, pr_review
from asterism.features.review.exports.markdown import document as markdown
from asterism.features.review.exports.sarif import document as sarif_document

__all__ = [
    "Annotation",
    "InlineComment",
    "PrIssue",
    "PrReview",
    "escape_github",
    "markdown",
    "pr_review",
    "sarif_document",
]
