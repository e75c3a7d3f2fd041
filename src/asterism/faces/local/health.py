"""`/api/health`."""

from typing import Literal

import msgspec

from asterism.base.clock import stamp
from asterism.faces.local.call import LocalCall, get
from asterism.faces.local.wire import Stamp


class LocalHealth(msgspec.Struct):
    """The server is up."""

    status: Literal["ok"]
    timestamp: Stamp


@get("/api/health")
async def read(call: LocalCall) -> LocalHealth:
    """GET /api/health: say that the server is up, without touching the database."""
    return LocalHealth("ok", stamp(call.rt.clock.now()))
