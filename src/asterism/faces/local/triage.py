"""`/api/triage`: run reviews, and read, delete, export and look closer at them (Stargazer 6-8)."""

from pathlib import Path
from typing import Any

import msgspec
from litestar import Response

from asterism.asgi.sse import sse_response, with_heartbeat
from asterism.base.errors import Invalid
from asterism.faces.local import review_options as shared
from asterism.faces.local.call import LocalCall, delete, get, post
from asterism.features.review import exports, reviews, trust
from asterism.features.review.findings import Issue
from asterism.kernel import git
from asterism.kernel.db import Tx

DRILLDOWN_BODY = 16 << 10
FORMATS = ("json", "sarif", "github", "markdown")
LONGEST_PATH = 4096


class IssueId(msgspec.Struct, rename="camel"):
    """The issue to look at."""

    issue_id: str


@get("/api/triage/stream", guarded=True, statuses=shared.NO_MODEL)
async def stream(call: LocalCall[None]) -> Any:
    """GET /api/triage/stream: review changes and stream what is found."""
    options = await call.rt.db.run_read(lambda tx: shared.from_query(call, tx))
    checkout = git.Checkout(call.rt.local.git, call.root)
    await checkout.git.work(checkout.require_work_tree)
    target = await shared.model_or_none(call)
    request = reviews.Request(call.root, options, run_commands=call.trust.run_commands, target=target)
    return sse_response(with_heartbeat(await shared.opened(call, request), beat=shared.BEAT))


@get("/api/triage/reviews")
def listing(call: LocalCall[None]) -> Any:
    """GET /api/triage/reviews: saved reviews, the newest first."""
    limit, offset = call.query.window()
    path = project_path(call.query.text("projectPath"))
    found, warnings = reviews.list_triage(call.tx, project_path=path, limit=limit, offset=offset)
    return {"reviews": found, "warnings": warnings}


@get("/api/triage/reviews/{id:str}", uuids=("id",))
def read(call: LocalCall[None]) -> Any:
    """GET /api/triage/reviews/:id: a saved review."""
    return {"review": reviews.read_triage(call.tx, call.path["id"])}


@delete("/api/triage/reviews/{id:str}", uuids=("id",))
async def remove(call: LocalCall[None]) -> Any:
    """DELETE /api/triage/reviews/:id: delete a review; one that runs is cancelled first."""
    return {"existed": await removed(call)}


@get("/api/triage/reviews/{id:str}/export", uuids=("id",))
def export(call: LocalCall[None]) -> Any:
    """GET /api/triage/reviews/:id/export: a saved review in another tool's form."""
    kind = call.query.text("format") or "json"
    if kind not in FORMATS:
        raise Invalid.field("query.format", f"must be one of {', '.join(FORMATS)}")
    found = reviews.read_triage(call.tx, call.path["id"])
    files = reviews.reviewed_files(call.tx, call.rt.reviews.services.secrets, call.path["id"])
    return exported(kind, found, files)


@post(
    "/api/triage/reviews/{id:str}/drilldown",
    uuids=("id",),
    body=IssueId,
    max_body=DRILLDOWN_BODY,
    statuses=shared.NO_MODEL,
)
async def drilldown(call: LocalCall[IssueId]) -> Any:
    """POST /api/triage/reviews/:id/drilldown: explain one issue in depth."""
    if not 1 <= len(call.body.issue_id) <= 200:
        raise Invalid.field("issueId", "must have 1 to 200 characters")
    row, issue = await call.rt.db.run_read(trusted_issue, call, call.body.issue_id)
    target = await shared.required_model(call)
    manager = call.rt.reviews
    return {"drilldown": await manager.outliving(reviews.drill(manager.services, row, issue, target))}


@post("/api/triage/reviews/{id:str}/issues/{issue:str}/dismiss", uuids=("id",))
def dismiss(call: LocalCall[None]) -> Any:
    """POST /api/triage/reviews/:id/issues/:issue/dismiss: keep a finding out of later reviews of the project."""
    fingerprint = reviews.dismiss(call.tx, call.path["id"], call.path["issue"])
    return {"dismissed": True, "issueId": call.path["issue"], "fingerprint": fingerprint}


@delete("/api/triage/reviews/{id:str}/issues/{issue:str}/dismiss", uuids=("id",))
def restore(call: LocalCall[None]) -> Any:
    """DELETE /api/triage/reviews/:id/issues/:issue/dismiss: let a dismissed finding be reported again."""
    return {"restored": reviews.restore(call.tx, call.path["id"], call.path["issue"])}


def project_path(text: str | None) -> str | None:
    """Check the filter of a list; it need not exist. Raises Invalid."""
    if text is not None and ("\0" in text or len(text) > LONGEST_PATH or ".." in text.split("/")):
        raise Invalid.field("query.projectPath", "is not an acceptable path")
    return text


async def removed(call: LocalCall[Any]) -> bool:
    """Cancel a review that runs, then delete it; shared by both delete routes."""
    rt, review_id = call.rt, call.path["id"]
    await rt.reviews.cancel(review_id)
    await rt.reviews.settled(review_id)
    return await rt.db.run(reviews.delete_review, rt.streams, review_id)


def trusted_issue(tx: Tx, call: LocalCall[Any], issue_id: str) -> tuple[reviews.Row, Issue]:
    """Return a review and its issue, its project trusted. Raises ReviewNotFound, NotTrusted, IssueNotFound."""
    found = reviews.completed_review(tx, call.path["id"])
    try:
        trust.require_trust(tx, call.rt.local.session_trust, Path(found.project_path))
    except OSError as error:
        raise trust.NotTrusted from error
    return reviews.find_issue(tx, call.path["id"], issue_id)


def exported(kind: str, found: reviews.SavedTriage, files: Any) -> Response[bytes]:
    """Write a review in one of the export forms, as a file to be saved."""
    review_id, issues = found.metadata.id, found.result.issues
    if kind == "sarif":
        body, media, ending = (
            msgspec.json.encode(exports.sarif_document(issues, files)),
            "application/sarif+json",
            "sarif",
        )
    elif kind == "github":
        answer = exports.pr_review(found.result.summary, issues, files)
        body, media, ending = msgspec.json.encode(answer), "application/json", "json"
    elif kind == "markdown":
        text = exports.markdown(review_id, found.metadata.created_at, found.result.summary, issues)
        body, media, ending = text.encode(), "text/markdown", "md"
    else:
        body, media, ending = msgspec.json.encode({"review": found}), "application/json", "json"
    disposition = f'attachment; filename="review-{review_id}.{ending}"'
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return Response(body, media_type=media, headers=headers)
