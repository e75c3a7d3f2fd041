"""Builds what reviews need."""

import asyncio
from collections.abc import Mapping

from asterism.base.clock import Clock
from asterism.features.review import analyzers, reviews, tree_reviews
from asterism.features.review.tracked_findings import Introduced, Lines
from asterism.features.talk import catalogue, provenance
from asterism.features.talk.catalogue import ModelDirectory, ModelNotConfigured
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Database, Tx
from asterism.kernel.git import Git
from asterism.kernel.llm import Models, Target
from asterism.kernel.runs import RunHost
from asterism.kernel.secrets import Secrets
from asterism.kernel.streams import Streams
from asterism.server.settings import Settings

MODEL_CALLS = 8
SCRATCH = "reviews"


def build_reviews(
    settings: Settings,
    host: RunHost,
    *,
    db: Database,
    streams: Streams,
    models: Models,
    git: Git,
    secrets: Secrets,
    clock: Clock,
) -> reviews.ReviewRuns:
    """Build what begins all reviews, and sweep the copies that dead ones left behind.

    Raises Invalid for an unknown analyzer or a bad file of commands.
    """
    scratch = analyzers.Scratch(settings.data_dir / SCRATCH)
    scratch.open()
    services = reviews.Services(
        db=db,
        streams=streams,
        models=models,
        git=git,
        secrets=secrets,
        clock=clock,
        checks=analyzers.chosen(settings.review_analyzers, settings.review_commands),
        tools=analyzers.ToolRunner(scratch),
        server_gate=asyncio.Semaphore(MODEL_CALLS),
        verify_model=settings.review_verify_model,
        require_model=settings.review_require_model,
    )
    return reviews.ReviewRuns(services, host)


def build_tree_reviews(
    services: reviews.Services, host: RunHost, *, blobs: Blobs, secrets: Secrets, directory: ModelDirectory
) -> tree_reviews.TreeReviews:
    """Build what reviews stored trees, with the user's balanced model, or a near one."""

    def choose(tx: Tx, user_id: str) -> Target | None:
        try:
            return catalogue.choose(tx, secrets, directory, user_id, tier="balanced").target
        except ModelNotConfigured:
            return None

    def origins(tx: Tx, lines: Lines) -> Mapping[int, Introduced]:
        shown = provenance.ShownFile(lines.project_id, lines.workspace_id, lines.tree, lines.path)
        brought = provenance.origins_of(tx, blobs, shown, lines.numbers)
        return {line: Introduced(one.snapshot_id, one.conversation_id, one.message_id) for line, one in brought.items()}

    return tree_reviews.TreeReviews(services, tree_reviews.Ports(blobs, choose, origins), host)
