"""`/api/health`."""

from typing import Any

from asterism.base.clock import stamp
from asterism.faces.local.call import LocalCall, get


@get("/api/health")
async def read(call: LocalCall[None]) -> Any:
    """GET /api/health: say that the server is up, without touching the database."""
    return {"status": "ok", "timestamp": stamp(call.rt.clock.now())}
