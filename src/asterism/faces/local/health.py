"""`/api/health`."""

from typing import Any

from asterism.asgi.local import LocalCall, get
from asterism.base.clock import stamp


@get("/api/health")
async def read(call: LocalCall[None]) -> Any:
    """GET /api/health: say that the server is up, without touching the database."""
    return {"status": "ok", "timestamp": stamp(call.rt.clock.now())}
