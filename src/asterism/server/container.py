"""Builds what a server consists of. The only place where adapters are chosen."""

import asyncio
from contextlib import AsyncExitStack
from functools import partial

from asterism import __version__
from asterism.asgi.websocket import Sockets
from asterism.base.clock import Clock, SystemClock
from asterism.faces.runtime import Runtime
from asterism.features.operations import infrastructure
from asterism.features.review import tracked_findings
from asterism.features.talk.conversations import Turns, Writer
from asterism.features.versions.storage import Limits
from asterism.features.versions.workcopies import WorkingCopies
from asterism.features.versions.workspaces import MOVED
from asterism.kernel.blobs import Spare
from asterism.kernel.jobs import DurableJobs
from asterism.kernel.llm import PydanticModels
from asterism.kernel.runs import RunHost
from asterism.kernel.secrets import EnvelopeSecrets
from asterism.kernel.streams import DatabaseStreams
from asterism.server.actions import build_actions
from asterism.server.advisor import build_advisor
from asterism.server.agents import build_agents
from asterism.server.chats import build_runs
from asterism.server.departures import Departures
from asterism.server.deployment_hosts import build_clouds, build_deployments, build_provisioners
from asterism.server.insight import build_insight
from asterism.server.integrations import build_integrations
from asterism.server.jobs import register_jobs
from asterism.server.local import build_local
from asterism.server.lock_tools import build_lock_tools
from asterism.server.model_access import build_directory
from asterism.server.moves import FOLLOWERS, MoveRelay
from asterism.server.rates import RateSharer
from asterism.server.reviews import build_reviews, build_tree_reviews
from asterism.server.roots import ROOTS
from asterism.server.settings import Settings
from asterism.server.signin import ActivityWriter, build_sign_in
from asterism.server.stores import open_settings_blobs, open_settings_database, settings_key_store
from asterism.server.turns import turn_ports


def build_runtime(settings: Settings, *, clock: Clock | None = None) -> Runtime:
    """Open the database and build ports and services. Nothing runs yet; `running` starts and stops them."""
    clock = clock or SystemClock()
    db = open_settings_database(settings, clock)
    blobs = open_settings_blobs(settings)
    secrets = EnvelopeSecrets(settings_key_store(settings))
    directory = build_directory(settings)
    models = PydanticModels(directory.expected_wires())
    streams = DatabaseStreams(db)
    host = RunHost(db, streams)
    provisioners = build_provisioners(settings)
    copies = WorkingCopies(db, blobs, settings.data_dir / "workcopies", storage_limits(settings), clock)
    advisor = build_advisor(models, secrets, directory)
    insight = build_insight(db, blobs, advisor, secrets, directory)
    ports = turn_ports(settings, db, streams, build_agents(settings, models), copies, secrets, insight)
    writer = Writer(models, secrets, directory)
    turns = Turns(ports, writer, host, concurrency=settings.agent_concurrency)
    deployments = build_deployments(settings, host, provisioners, turns, blobs=blobs, secrets=secrets, clock=clock)
    local = build_local(settings, host, db=db, streams=streams, secrets=secrets, models=models)
    integrations = build_integrations(settings, db, secrets, clock)
    reviews = build_reviews(
        settings, host, db=db, streams=streams, models=models, git=local.git, secrets=secrets, clock=clock
    )
    runs, proposals = build_runs(db, blobs, streams, models, secrets, directory, host, integrations)
    return Runtime(
        db=db,
        blobs=blobs,
        storage_limits=storage_limits(settings),
        workcopies=copies,
        sync_preview_seconds=settings.sync_preview_ttl,
        roots=ROOTS,
        spare=Spare(settings.data_dir / "spare"),
        clock=clock,
        jobs=DurableJobs(db),
        models=models,
        directory=directory,
        secrets=secrets,
        local=local,
        reviews=reviews,
        tree_reviews=build_tree_reviews(reviews.services, host, blobs=blobs, secrets=secrets, directory=directory),
        streams=streams,
        sockets=Sockets(),
        host=host,
        integrations=integrations,
        runs=runs,
        proposals=proposals,
        advisor=advisor,
        lock_tools=build_lock_tools(settings),
        insight=insight,
        turns=turns,
        clouds=build_clouds(settings),
        provisioners=provisioners,
        deployments=deployments,
        actions=build_actions(settings, host, ports, writer, advisor, deployments, blobs=blobs),
        sse_heartbeat=settings.sse_heartbeat,
        run_event_days=settings.run_event_retention_days,
        sign_in=build_sign_in(settings, clock),
        version=__version__,
        public_url=settings.public_url,
    )


def storage_limits(settings: Settings) -> Limits:
    """Return the limits of stored content that the settings name."""
    return Limits(settings.blob_max_bytes, settings.manifest_max_bytes, settings.quota_bytes)


async def start_services(rt: Runtime, stack: AsyncExitStack) -> None:
    """Start what runs in the background; `stack` stops it again, last started first, when the server stops.

    Register a service as: start it here, then `stack.push_async_callback(service.stop)`.
    """
    stack.callback(rt.db.close)
    await asyncio.to_thread(rt.spare.fill)
    await rt.streams.start()
    stack.push_async_callback(rt.streams.stop)
    stack.push_async_callback(rt.sockets.stop)
    seen = ActivityWriter(rt.db, rt.sign_in.activity)
    seen.start()
    stack.push_async_callback(seen.stop)
    shared = RateSharer(rt.db, rt.sign_in.limits)
    shared.start()
    stack.push_async_callback(shared.stop)
    stack.callback(rt.actions.analyst.close)
    register_jobs(rt)
    more = (rt.actions.analyst.enqueue, partial(tracked_findings.enqueue_where_any, rt.db))
    moves = MoveRelay(rt.db, rt.jobs, {**FOLLOWERS, MOVED: (*FOLLOWERS[MOVED], *more)})
    moves.start()
    stack.push_async_callback(moves.stop)
    stack.push_async_callback(asyncio.to_thread, rt.jobs.close)
    stack.push_async_callback(rt.models.stop)
    stack.push_async_callback(rt.integrations.upstreams.stop)
    stack.push_async_callback(rt.insight.embedder.embeddings.stop)
    await rt.reviews.start()
    stack.push_async_callback(rt.reviews.stop)
    await rt.deployments.start()
    stack.push_async_callback(rt.deployments.stop)
    stack.push_async_callback(rt.turns.stop)
    stack.push_async_callback(rt.actions.runs.stop)
    await rt.host.start()
    stack.push_async_callback(rt.host.stop)
    await rt.deployments.take_up()
    await rt.turns.start()
    await rt.actions.runs.start()
    runners = (rt.runs, rt.turns, rt.deployments, rt.actions.runs, rt.tree_reviews)
    destroy = partial(infrastructure.destroy_discarded, rt.db, rt.secrets, rt.provisioners)
    for enders in ([runner.end_orphans for runner in runners], [destroy]):  # a provider that is slow holds up no other
        departures = Departures(rt.db, enders)
        departures.start()
        stack.push_async_callback(departures.stop)
    stack.push_async_callback(asyncio.to_thread, rt.local.git.close)  # first of all: others wait for what it runs
