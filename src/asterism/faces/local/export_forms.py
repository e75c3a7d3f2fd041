"""A saved review in the forms of other tools, as a file (Stargazer 7)."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import msgspec

from asterism.asgi.answers import Content, Media, Ok
from asterism.faces.local.wire import TriageAnswer
from asterism.features.review import exports, reviews
from asterism.features.review.findings import ReviewedFile


class Sarif(Media):
    """A SARIF 2.1.0 log."""

    type = "application/sarif+json"


class Markdown(Media):
    """Markdown."""

    type = "text/markdown"


Exported: TypeAlias = Ok[TriageAnswer] | Ok[exports.PrReview] | Content[Sarif] | Content[Markdown]
Files: TypeAlias = Sequence[ReviewedFile]
Write: TypeAlias = Callable[[reviews.SavedTriage, Files], Exported]


def as_json(found: reviews.SavedTriage, _: Files) -> Ok[TriageAnswer]:
    """Write a review as it is read."""
    return Ok(TriageAnswer(found), named(found, "json"))


def as_sarif(found: reviews.SavedTriage, files: Files) -> Content[Sarif]:
    """Write a review as a SARIF log."""
    document = exports.sarif_document(found.result.issues, files)
    return Content(msgspec.json.encode(document), Sarif, named(found, "sarif"))


def as_github(found: reviews.SavedTriage, files: Files) -> Ok[exports.PrReview]:
    """Write a review in GitHub's terms."""
    return Ok(exports.pr_review(found.result.summary, found.result.issues, files), named(found, "json"))


def as_markdown(found: reviews.SavedTriage, _: Files) -> Content[Markdown]:
    """Write a review as a text for people."""
    metadata, result = found.metadata, found.result
    text = exports.markdown(metadata.id, metadata.created_at, result.summary, result.issues)
    return Content(text.encode(), Markdown, named(found, "md"))


FORMS: dict[str, Write] = {"json": as_json, "sarif": as_sarif, "github": as_github, "markdown": as_markdown}


def named(found: reviews.SavedTriage, ending: str) -> dict[str, str]:
    """Return the header that gives the file its name."""
    return {"Content-Disposition": f'attachment; filename="review-{found.metadata.id}.{ending}"'}
