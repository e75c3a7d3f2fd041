"""`/api/settings/trust`: which projects may be read (Stargazer 3.3)."""

from typing import Any, Literal

import msgspec

from asterism.base.errors import Invalid
from asterism.faces.local import wire
from asterism.faces.local.call import LocalCall, delete, get, post
from asterism.faces.local.times import read_time
from asterism.features.review import trust

BODY = 10 << 10


class Capabilities(msgspec.Struct, rename="camel"):
    """What is allowed."""

    read_files: bool
    run_commands: bool


class TrustConfig(msgspec.Struct, rename="camel"):
    """A whole trust entry."""

    project_id: str
    repo_root: str
    trusted_at: str
    capabilities: Capabilities
    trust_mode: Literal["persistent", "session"]


@get("/api/settings/trust")
def read(call: LocalCall[None]) -> Any:
    """GET /api/settings/trust: the trust in one project."""
    found = trust.read_trust(call.tx, call.rt.local.session_trust, project_id(call))
    return {"trust": wire.trust_config(found)}


@get("/api/settings/trust/list")
def listing(call: LocalCall[None]) -> Any:
    """GET /api/settings/trust/list: every trusted project."""
    found = trust.list_trust(call.tx, call.rt.local.session_trust)
    return {"projects": [wire.trust_config(one) for one in found]}


@post("/api/settings/trust", body=TrustConfig, max_body=BODY, invalid="INVALID_BODY")
def save(call: LocalCall[TrustConfig]) -> Any:
    """POST /api/settings/trust: save the trust in a project."""
    body, local = call.body, call.rt.local
    trusted_at = read_time(body.trusted_at, code="INVALID_BODY")
    found = trust.save_trust(
        call.tx,
        local.session_trust,
        project_id=body.project_id.lower(),
        root=local.roots.accept([body.repo_root]),
        trusted_at=trusted_at,
        read_files=body.capabilities.read_files,
        run_commands=body.capabilities.run_commands,
        mode=body.trust_mode,
    )
    return {"trust": wire.trust_config(found)}


@delete("/api/settings/trust")
async def remove(call: LocalCall[None]) -> Any:
    """DELETE /api/settings/trust: stop trusting a project, and stop the reviews that run in it."""
    removed = await call.rt.db.run(trust.remove_trust, call.rt.local.session_trust, project_id(call))
    if removed is not None:
        await call.rt.reviews.cancel_project(removed.root)
    return {"removed": removed is not None}


def project_id(call: LocalCall[Any]) -> str:
    """Return the query's `projectId`. Raises Invalid when it is missing or blank."""
    value = (call.query.text("projectId") or "").strip().lower()
    if not value:
        raise Invalid.field("query.projectId", "is required")
    return value
