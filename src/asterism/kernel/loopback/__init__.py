"""What fakes that serve on loopback have in common: HTTP by hand, connections, a thread to run in.

class FakeThing(LoopbackServer):
    async def serve(self, request, reader, writer): writer.write(response(200, b"{}"))

async with FakeThing() as fake: ...          # or: with in_thread(FakeThing()) as fake
"""

from asterism.kernel.loopback import http
from asterism.kernel.loopback.http import HttpRequest, chunk, head, read_request, response
from asterism.kernel.loopback.server import LoopbackServer, in_thread
from asterism.kernel.loopback.service import Asked, FakeService, Fault, Given

__all__ = [
    "Asked",
    "FakeService",
    "Fault",
    "Given",
    "HttpRequest",
    "LoopbackServer",
    "chunk",
    "head",
    "http",
    "in_thread",
    "read_request",
    "response",
]
