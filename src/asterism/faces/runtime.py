"""What a running server consists of, as handlers see it: the ports and the long-lived services, built once.

`server/container.py` builds it from the settings; tests build it with memory fakes or test databases. It stands beside
the faces, since the edge below them needs no more of it than the database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from asterism.asgi.addresses import Addresses
from asterism.asgi.crowd import Crowd
from asterism.asgi.limits import Limits as RateLimits
from asterism.asgi.websocket import Sockets
from asterism.base.clock import Clock
from asterism.features.accounts.identity import Activity, Lifetimes, SignUp
from asterism.features.insight.atlas import Embedder, Indexer, Maps
from asterism.features.insight.extraction import Extractor
from asterism.features.operations.action_items import Analyst
from asterism.features.operations.action_runs import ActionRuns
from asterism.features.operations.deployments import Deployments
from asterism.features.operations.infrastructure import Provisioners
from asterism.features.review.local_chats import SessionRuns
from asterism.features.review.local_providers import KeyPlaces
from asterism.features.review.reviews import ReviewRuns
from asterism.features.review.tree_reviews import TreeReviews
from asterism.features.review.trust import RootRules, SessionTrust
from asterism.features.talk.catalogue import ModelDirectory
from asterism.features.talk.conversations import Turns
from asterism.features.talk.integrations import Connector, GitHub, Notion
from asterism.features.talk.proposals import Proposals
from asterism.features.talk.runs import ChatRuns
from asterism.features.versions.storage import Limits, Roots
from asterism.features.versions.sync import Advisor, LockTools
from asterism.features.versions.workcopies import WorkingCopies
from asterism.kernel.blobs import Blobs, Spare
from asterism.kernel.clouds import Clouds
from asterism.kernel.db import Database
from asterism.kernel.git import Git
from asterism.kernel.jobs import JobQueue
from asterism.kernel.llm import Models
from asterism.kernel.oidc import IdTokens, Provider
from asterism.kernel.runs import RunHost
from asterism.kernel.secrets import EnvelopeSecrets
from asterism.kernel.streams import Streams
from asterism.kernel.upstreams import Upstreams

MOST_KNOWN = 10_000
MOST_STREAMS, STREAMS_OF_ONE = 4096, 128


class KnownTokens:
    """Hashes of tokens that opened something in this process; says who is new, never who is right."""

    def __init__(self) -> None:
        self._hashes: dict[str, None] = {}

    def __contains__(self, token_hash: str) -> bool:
        return token_hash in self._hashes

    def add(self, token_hash: str) -> None:
        """Remember a token; the one that was added first goes when there are too many."""
        self._hashes[token_hash] = None
        if len(self._hashes) > MOST_KNOWN:
            self._hashes.pop(next(iter(self._hashes)), None)

    def forget(self, token_hash: str) -> None:
        """Take a token for new from now on."""
        self._hashes.pop(token_hash, None)


@dataclass(slots=True)
class SignIn:
    """One server's sign-in services. `providers` are by name (`google`, `oidc`), each with whom it may bring in."""

    addresses: Addresses
    limits: RateLimits
    id_tokens: IdTokens
    lifetimes: Lifetimes
    providers: Mapping[str, tuple[Provider, SignUp]] = field(default_factory=dict)
    device_seconds: int = 900
    poll_seconds: int = 5
    origins: frozenset[str] = frozenset()
    activity: Activity = field(default_factory=Activity)
    known: KnownTokens = field(default_factory=KnownTokens)
    streams: Crowd = field(default_factory=lambda: Crowd(total=MOST_STREAMS, each=STREAMS_OF_ONE))


@dataclass(slots=True)
class LocalServices:
    """Ports and services of `/api` alone."""

    git: Git
    roots: RootRules
    keys: KeyPlaces
    answers: SessionRuns
    session_trust: SessionTrust = field(default_factory=SessionTrust)


@dataclass(slots=True)
class IntegrationServices:
    """What speaks with Notion and GitHub."""

    upstreams: Upstreams
    connector: Connector
    notion: Notion
    github: GitHub


@dataclass(slots=True)
class InsightServices:
    """What understands projects."""

    maps: Maps
    embedder: Embedder
    indexer: Indexer
    extractor: Extractor


@dataclass(slots=True)
class ActionServices:
    """What finds action items, and what works on them."""

    analyst: Analyst
    runs: ActionRuns


@dataclass(slots=True)
class Runtime:
    """The ports and services of one server process."""

    db: Database
    blobs: Blobs
    storage_limits: Limits
    workcopies: WorkingCopies
    sync_preview_seconds: int
    roots: Sequence[Roots]
    spare: Spare
    clock: Clock
    jobs: JobQueue
    models: Models
    directory: ModelDirectory
    secrets: EnvelopeSecrets
    streams: Streams
    sign_in: SignIn
    local: LocalServices
    reviews: ReviewRuns
    tree_reviews: TreeReviews
    sockets: Sockets
    turns: Turns
    host: RunHost
    runs: ChatRuns
    proposals: Proposals
    integrations: IntegrationServices
    advisor: Advisor
    lock_tools: LockTools
    insight: InsightServices
    clouds: Clouds
    deployments: Deployments
    actions: ActionServices
    provisioners: Provisioners
    sse_heartbeat: float
    run_event_days: int
    version: str
    public_url: str | None
