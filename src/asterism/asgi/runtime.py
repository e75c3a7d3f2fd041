"""What a running server consists of, as handlers see it: the ports and the long-lived services, built once.

`server/container.py` builds it from the settings; tests build it with memory fakes or test databases.
"""

from dataclasses import dataclass

from asterism.asgi.local_services import LocalServices
from asterism.asgi.signin import SignIn
from asterism.base.clock import Clock
from asterism.features.review.reviews import ReviewManager
from asterism.features.talk.catalogue import ModelDirectory
from asterism.features.talk.runs import ChatRuns
from asterism.features.versions.storage import Limits
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Database
from asterism.kernel.jobs import JobQueue
from asterism.kernel.llm import Models
from asterism.kernel.runs import RunHost
from asterism.kernel.secrets import EnvelopeSecrets
from asterism.kernel.streams import Streams


@dataclass(slots=True)
class Runtime:
    """The ports and services of one server process."""

    db: Database
    blobs: Blobs
    storage_limits: Limits
    clock: Clock
    jobs: JobQueue
    models: Models
    directory: ModelDirectory
    secrets: EnvelopeSecrets
    streams: Streams
    sign_in: SignIn
    local: LocalServices
    reviews: ReviewManager
    host: RunHost
    runs: ChatRuns
    sse_heartbeat: float
    run_event_days: int
    version: str
    public_url: str | None
