"""`/api/triage`: run reviews, and read, delete, export and look closer at them (Stargazer 6-8)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from asterism.asgi.answers import Events
from asterism.asgi.sse import with_heartbeat
from asterism.base.errors import Invalid, RateLimited
from asterism.faces.local import review_options as shared
from asterism.faces.local.call import LocalCall, Uuid, delete, get, post
from asterism.faces.local.export_forms import FORMS, Exported
from asterism.faces.local.query import ProjectPage
from asterism.faces.local.wire import TriageAnswer
from asterism.features.review import reviews, trust
from asterism.features.review.findings import Issue
from asterism.kernel import git
from asterism.kernel.db import Tx

DRILLDOWN_BODY = 16 << 10
LONGEST_PATH = 4096
DRILLDOWN_ERRORS = (
    reviews.ReviewNotFound,
    reviews.IssueNotFound,
    trust.NotTrusted,
    *shared.MODEL_ERRORS,
    reviews.KeyRejected,
    RateLimited,
    reviews.DrilldownFailed,
    (reviews.DrilldownFailed, "NETWORK_ERROR"),
    (reviews.DrilldownFailed, "MODEL_TIMEOUT"),
)


class ExportQuery(msgspec.Struct):
    """The form to write; `json` without one."""

    format: Annotated[str, Meta(extra_json_schema={"enum": [*FORMS, ""]})] = "json"


class IssueId(msgspec.Struct, rename="camel"):
    """The issue to look at."""

    issue_id: str


class TriageList(msgspec.Struct):
    """Saved reviews; `warnings` names those that cannot be read."""

    reviews: Sequence[reviews.Metadata]
    warnings: Sequence[str]


class TriageDeleted(msgspec.Struct):
    """Whether it was there."""

    existed: bool


class DrilldownAnswer(msgspec.Struct):
    """A closer look at an issue."""

    drilldown: reviews.Drilldown


class Dismissed(msgspec.Struct, rename="camel"):
    """The finding will not be reported again; `fingerprint` is what it is known by."""

    dismissed: bool
    issue_id: str
    fingerprint: str


class DismissalUndone(msgspec.Struct):
    """Whether it had been dismissed."""

    restored: bool


@get("/api/triage/stream", guarded=True, statuses=shared.NO_MODEL, errors=shared.STREAM_ERRORS)
async def stream(call: LocalCall, query: shared.TriageQuery) -> Events[reviews.events.ReviewEvent]:
    """GET /api/triage/stream: review changes and stream what is found."""
    options = await call.rt.db.run_read(query.options)
    checkout = git.Checkout(call.rt.local.git, call.root)
    await checkout.git.work(checkout.require_work_tree)
    target = await shared.model_or_none(call)
    request = reviews.Request(call.root, options, run_commands=call.trust.run_commands, target=target)
    return Events(with_heartbeat(await shared.opened(call, request), beat=shared.BEAT))


@get("/api/triage/reviews")
def listing(call: LocalCall, query: ProjectPage) -> TriageList:
    """GET /api/triage/reviews: saved reviews, the newest first."""
    path = project_path(query.project_path)
    return TriageList(*reviews.list_triage(call.tx, project_path=path, limit=query.limit, offset=query.offset))


@get("/api/triage/reviews/{id:str}", errors=(reviews.ReviewNotFound,))
def read(call: LocalCall, id: Uuid) -> TriageAnswer:
    """GET /api/triage/reviews/:id: a saved review."""
    return TriageAnswer(reviews.read_triage(call.tx, id))


@delete("/api/triage/reviews/{id:str}")
async def remove(call: LocalCall, id: Uuid) -> TriageDeleted:
    """DELETE /api/triage/reviews/:id: delete a review; one that runs is cancelled first."""
    return TriageDeleted(await removed(call, id))


@get("/api/triage/reviews/{id:str}/export", errors=(reviews.ReviewNotFound,))
def export(call: LocalCall, id: Uuid, query: ExportQuery) -> Exported:
    """GET /api/triage/reviews/:id/export: a saved review in another tool's form."""
    write = FORMS.get(query.format or "json")
    if write is None:
        raise Invalid.field("query.format", f"must be one of {', '.join(FORMS)}")
    found = reviews.read_triage(call.tx, id)
    return write(found, reviews.reviewed_files(call.tx, call.rt.reviews.services.secrets, id))


@post(
    "/api/triage/reviews/{id:str}/drilldown",
    max_body=DRILLDOWN_BODY,
    statuses=shared.NO_MODEL,
    errors=DRILLDOWN_ERRORS,
)
async def drilldown(call: LocalCall, id: Uuid, body: IssueId) -> DrilldownAnswer:
    """POST /api/triage/reviews/:id/drilldown: explain one issue in depth."""
    if not 1 <= len(body.issue_id) <= 200:
        raise Invalid.field("issueId", "must have 1 to 200 characters")
    row, issue = await call.rt.db.run_read(trusted_issue, call.rt.local.session_trust, id, body.issue_id)
    target = await shared.required_model(call)
    manager = call.rt.reviews
    return DrilldownAnswer(await manager.outliving(reviews.drill(manager.services, row, issue, target)))


@post("/api/triage/reviews/{id:str}/issues/{issue:str}/dismiss", errors=(reviews.ReviewNotFound, reviews.IssueNotFound))
def dismiss(call: LocalCall, id: Uuid, issue: str) -> Dismissed:
    """POST /api/triage/reviews/:id/issues/:issue/dismiss: keep a finding out of later reviews of the project."""
    return Dismissed(dismissed=True, issue_id=issue, fingerprint=reviews.dismiss(call.tx, id, issue))


@delete(
    "/api/triage/reviews/{id:str}/issues/{issue:str}/dismiss", errors=(reviews.ReviewNotFound, reviews.IssueNotFound)
)
def restore(call: LocalCall, id: Uuid, issue: str) -> DismissalUndone:
    """DELETE /api/triage/reviews/:id/issues/:issue/dismiss: let a dismissed finding be reported again."""
    return DismissalUndone(reviews.restore(call.tx, id, issue))


def project_path(text: str | None) -> str | None:
    """Check the filter of a list; it need not exist. Raises Invalid."""
    if text is not None and ("\0" in text or len(text) > LONGEST_PATH or ".." in text.split("/")):
        raise Invalid.field("query.projectPath", "is not an acceptable path")
    return text


async def removed(call: LocalCall, review_id: str) -> bool:
    """Cancel a review that runs, then delete it; shared by both delete routes."""
    await call.rt.reviews.cancel(review_id)
    await call.rt.reviews.settled(review_id)
    return await call.rt.db.run(reviews.delete_review, call.rt.streams, review_id)


def trusted_issue(tx: Tx, live: trust.SessionTrust, review_id: str, issue_id: str) -> tuple[reviews.Row, Issue]:
    """Return a review and its issue, its project trusted. Raises ReviewNotFound, NotTrusted, IssueNotFound."""
    found = reviews.completed_review(tx, review_id)
    try:
        trust.require_trust(tx, live, Path(found.project_path))
    except OSError as error:
        raise trust.NotTrusted from error
    return reviews.find_issue(tx, review_id, issue_id)
