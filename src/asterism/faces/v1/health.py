"""`/v1/health`: is this server up, and which version is it."""

from typing import Any

from asterism.base.clock import stamp
from asterism.faces.v1.call import Call, get


@get("/v1/health", auth=False)
async def read(call: Call[None]) -> Any:
    """GET /v1/health: say that the server is up, and its version."""
    return {"status": "ok", "timestamp": stamp(call.rt.clock.now()), "version": call.rt.version}
