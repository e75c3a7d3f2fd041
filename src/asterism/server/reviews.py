"""Builds what reviews need."""

import asyncio

from asterism.base.clock import Clock
from asterism.features.review import analyzers, reviews
from asterism.kernel.db import Database
from asterism.kernel.git import Git
from asterism.kernel.llm import Models
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
