"""Other people's services over HTTP: one port, whoever is asked.

    reply = await upstreams.send(Call("GET", base, "/search/code", headers, query={"q": "x"}))

A call names the base address, which comes from the settings alone, and a path below it, percent-encoded by
`path_of("repos", owner, name)`. The port follows at most three redirects, and only to the same scheme, host and port;
it reads at most 10 MiB; it gives up connecting after 5 s and waiting after 30 s; and it asks once more for reads that
met a passing trouble. Whatever status comes back is a `Reply`; what is no reply at all is an `UpstreamFailure`.
Cancelling who waits closes the connection.

`HttpUpstreams` asks for real, `MemoryUpstreams` is the memory fake.
"""

from asterism.kernel.upstreams.app_tokens import BadPrivateKey, app_token
from asterism.kernel.upstreams.http import HttpUpstreams
from asterism.kernel.upstreams.memory import MemoryUpstreams
from asterism.kernel.upstreams.models import Call, FailureReason, Reply, UpstreamFailure, Upstreams, path_of

__all__ = [
    "BadPrivateKey",
    "Call",
    "FailureReason",
    "HttpUpstreams",
    "MemoryUpstreams",
    "Reply",
    "UpstreamFailure",
    "Upstreams",
    "app_token",
    "path_of",
]
