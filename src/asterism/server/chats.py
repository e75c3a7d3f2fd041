"""Builds what chats need: the model directory and their runs."""

from asterism.faces.runtime import IntegrationServices
from asterism.features.talk.catalogue import ModelDirectory
from asterism.features.talk.integrations import searching_tools
from asterism.features.talk.proposals import Proposals, writers
from asterism.features.talk.runs import ChatRuns, Starter
from asterism.features.talk.tools import Toolbox, snapshot_tools
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Database
from asterism.kernel.llm import Models
from asterism.kernel.runs import RunHost
from asterism.kernel.secrets import Secrets
from asterism.kernel.streams import Streams


def build_runs(
    db: Database,
    blobs: Blobs,
    streams: Streams,
    models: Models,
    secrets: Secrets,
    directory: ModelDirectory,
    host: RunHost,
    services: IntegrationServices,
) -> tuple[ChatRuns, Proposals]:
    """Return the runs of chats, performed by `host`, and what they propose."""
    proposals = Proposals(db, host, writers(services.notion, services.github))
    toolbox = Toolbox(
        db, [*snapshot_tools(db, blobs), *searching_tools(services.notion, services.github), *proposals.tools()]
    )
    return ChatRuns(db, streams, models, Starter(secrets, directory, blobs, toolbox), host), proposals
