"""`/api/settings/trust`: which projects may be read (Stargazer 3.3)."""

from collections.abc import Sequence

import msgspec

from asterism.base.errors import Invalid
from asterism.faces.local.call import LocalCall, delete, get, post
from asterism.faces.local.times import read_time
from asterism.faces.local.wire import TrustConfig
from asterism.features.review import trust

BODY = 10 << 10


class OfProjectId(msgspec.Struct, rename="camel"):
    """Which project, by the id that the server gave to it."""

    project_id: str

    def read(self) -> str:
        """Return the id in lower case. Raises Invalid when it is blank."""
        if value := self.project_id.strip().lower():
            return value
        raise Invalid.field("query.projectId", "is required")


class TrustAnswer(msgspec.Struct):
    """A trust entry."""

    trust: TrustConfig


class TrustList(msgspec.Struct):
    """Every trusted project, the newest first."""

    projects: Sequence[TrustConfig]


class TrustRemoved(msgspec.Struct):
    """Whether there was any."""

    removed: bool


@get("/api/settings/trust", errors=(trust.UnknownTrust,))
def read(call: LocalCall, query: OfProjectId) -> TrustAnswer:
    """GET /api/settings/trust: the trust in one project."""
    return TrustAnswer(TrustConfig.of(trust.read_trust(call.tx, call.rt.local.session_trust, query.read())))


@get("/api/settings/trust/list")
def listing(call: LocalCall) -> TrustList:
    """GET /api/settings/trust/list: every trusted project."""
    found = trust.list_trust(call.tx, call.rt.local.session_trust)
    return TrustList([TrustConfig.of(one) for one in found])


@post("/api/settings/trust", max_body=BODY, invalid="INVALID_BODY", errors=(trust.InvalidPath,))
def save(call: LocalCall, body: TrustConfig) -> TrustAnswer:
    """POST /api/settings/trust: save the trust in a project."""
    trusted_at = read_time(body.trusted_at, code="INVALID_BODY")
    found = trust.save_trust(
        call.tx,
        call.rt.local.session_trust,
        project_id=body.project_id.lower(),
        root=call.rt.local.roots.accept([body.repo_root]),
        trusted_at=trusted_at,
        read_files=body.capabilities.read_files,
        run_commands=body.capabilities.run_commands,
        mode=body.trust_mode,
    )
    return TrustAnswer(TrustConfig.of(found))


@delete("/api/settings/trust")
async def remove(call: LocalCall, query: OfProjectId) -> TrustRemoved:
    """DELETE /api/settings/trust: stop trusting a project, and stop the reviews that run in it."""
    removed = await call.rt.db.run(trust.remove_trust, call.rt.local.session_trust, query.read())
    if removed is not None:
        await call.rt.reviews.cancel_project(removed.root)
    return TrustRemoved(removed is not None)
