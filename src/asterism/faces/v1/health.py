"""`/v1/health`: is this server up, and which version is it."""

from typing import Any

from asterism.asgi.endpoint import Call, get
from asterism.base.clock import stamp


@get("/v1/health", auth=False)
async def read(call: Call[None]) -> Any:
    """GET /v1/health: say that the server is up, and its version."""
    return {"status": "ok", "timestamp": stamp(call.rt.clock.now()), "version": call.rt.version}
