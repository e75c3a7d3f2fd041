"""`/v1/health`: is this server up, and which version is it."""

import msgspec

from asterism.base.clock import stamp
from asterism.faces.v1.call import Call, get


class Health(msgspec.Struct):
    """The server is up."""

    status: str
    timestamp: str
    version: str


@get("/v1/health", auth=False)
async def read(call: Call) -> Health:
    """GET /v1/health: say that the server is up, and its version."""
    return Health("ok", stamp(call.rt.clock.now()), call.rt.version)
