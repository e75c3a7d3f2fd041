"""`/v1/findings`: saying what becomes of a finding (ours)."""

from asterism.faces.v1.call import Call, post
from asterism.faces.v1.wire_findings import Finding, FindingAnswer
from asterism.features.review import tracked_findings
from asterism.features.review.tracked_findings import UnknownFinding


@post("/v1/findings/{finding_id:str}/dismiss", errors=(UnknownFinding,))
def dismiss(call: Call, finding_id: str) -> FindingAnswer:
    """POST /v1/findings/:findingId/dismiss: say that a finding is not wanted; later reviews leave it out."""
    return FindingAnswer(Finding.of(tracked_findings.dismiss(call.tx, call.caller, finding_id)))


@post("/v1/findings/{finding_id:str}/reopen", errors=(UnknownFinding,))
def reopen(call: Call, finding_id: str) -> FindingAnswer:
    """POST /v1/findings/:findingId/reopen: take a dismissed finding up again."""
    return FindingAnswer(Finding.of(tracked_findings.reopen(call.tx, call.caller, finding_id)))
