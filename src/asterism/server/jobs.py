"""Which jobs a server does: each feature's, handed the ports they need, and the chores of the periodic clean-up."""

from collections.abc import Mapping
from datetime import timedelta

from asterism.base.clock import stamp
from asterism.faces.runtime import Runtime
from asterism.features.accounts import audit, device_grants, identity
from asterism.features.insight import atlas, decisions, extraction
from asterism.features.operations import action_items, action_runs, deployments, infrastructure, maintenance
from asterism.features.operations.maintenance import Chore
from asterism.features.review import local_chats, reviews, tracked_findings, tree_reviews
from asterism.features.talk import checkpoints, conversations, integrations, proposals, runs
from asterism.features.versions import drift, forecast, project_log, projects, sync, workspaces
from asterism.kernel import rates
from asterism.kernel.db import Tx

JOB_RECORD_DAYS = 30
LOCAL_LOG_DAYS = 1
FOLLOWED_ONCE = (
    local_chats.STREAM,
    proposals.STREAM,
    reviews.LEGACY_STREAM,
    conversations.TURN_STREAM,
    action_runs.STREAM,
)
"""Streams that nobody can come back to: what they told is stored elsewhere, or was meant for one answer."""
OWNERS = {conversations.STREAM: "conversations", runs.STREAM: "runs", tree_reviews.STREAM: "tree_reviews"}
"""Streams that last as long as a row: a project that is purged takes the rows along, not the streams."""


def register_jobs(rt: Runtime) -> None:
    """Register every job of the server; called once, before the queue starts."""
    drift.register(rt.jobs, rt.db)
    forecast.register(rt.jobs, rt.db, rt.blobs)
    tracked_findings.register(rt.jobs, rt.db, rt.blobs)
    decisions.register(rt.jobs, rt.db, rt.blobs)
    extraction.register(rt.jobs, rt.insight.extractor)
    conversations.register(rt.jobs, rt.db)
    action_items.register(rt.jobs, rt.actions.analyst)
    deployments.register(rt.jobs, rt.db, rt.deployments)
    maintenance.register(rt.jobs, rt.db, expiry=expiry_chores(), retention=retention_chores(rt))


def expiry_chores() -> Mapping[str, Chore]:
    """Return what is done every ten minutes: codes, grants, tickets, tokens, deleted projects."""
    return {
        "tokens": identity.purge,
        "device grants": device_grants.purge,
        "deleted projects": lambda tx: projects.purge_deleted(tx, infrastructure.discard_all),
        "deleted workspaces": workspaces.purge_deleted,
        "sync previews": sync.purge_previews,
        "rates": rates.purge,
        "sign-ins at other services": integrations.purge,
    }


def retention_chores(rt: Runtime) -> Mapping[str, Chore]:
    """Return what is done once a day: events, logs of ended runs, records of ended jobs."""

    def job_records(_tx: Tx) -> None:
        rt.jobs.forget(rt.clock.now() - timedelta(days=JOB_RECORD_DAYS))

    def run_events(tx: Tx) -> None:
        before = stamp(rt.clock.now() - timedelta(days=rt.run_event_days))
        for prefix in (runs.STREAM, tree_reviews.STREAM):
            rt.streams.purge(tx, before, prefix=prefix)

    def local_logs(tx: Tx) -> None:
        before = stamp(rt.clock.now() - timedelta(days=LOCAL_LOG_DAYS))
        for prefix in FOLLOWED_ONCE:
            rt.streams.purge(tx, before, prefix=prefix, heads=True)

    def conversation_logs(tx: Tx) -> None:
        conversations.prune_logs(tx, rt.streams)

    def orphaned_logs(tx: Tx) -> int:
        return sum(rt.streams.purge_orphans(tx, prefix, table) for prefix, table in OWNERS.items())

    return {
        "project logs and activity events": project_log.prune,
        "audit entries": audit.purge,
        "checkpoints": checkpoints.purge,
        "deployment logs": deployments.prune_logs,
        "diagrams": atlas.prune_diagrams,
        "drift reports": drift.prune_reports,
        "job records": job_records,
        "logs of conversations": conversation_logs,
        "logs of runs and reviews": run_events,
        "logs of answers, turns and older reviews": local_logs,
        "logs of what is gone": orphaned_logs,
    }
