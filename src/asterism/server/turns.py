"""Builds the turns of conversations."""

from asterism.features.talk.catalogue import ModelDirectory
from asterism.features.talk.conversations import TurnLimits, TurnPorts, Turns, Writer
from asterism.features.versions.workcopies import WorkingCopies
from asterism.kernel.agents import Agents
from asterism.kernel.db import Database
from asterism.kernel.llm import Models
from asterism.kernel.runs import RunHost
from asterism.kernel.secrets import Secrets
from asterism.kernel.streams import Streams
from asterism.server.serve import reachable_address
from asterism.server.settings import Settings


def build_turns(
    settings: Settings,
    host: RunHost,
    *,
    db: Database,
    streams: Streams,
    agents: Agents,
    copies: WorkingCopies,
    models: Models,
    secrets: Secrets,
    directory: ModelDirectory,
) -> Turns:
    """Return the turns of conversations, performed by `host`."""
    limits = TurnLimits(settings.agent_turn_timeout, settings.agent_idle_timeout)
    ports = TurnPorts(db, streams, agents, copies, limits, reachable_address(settings))
    return Turns(ports, Writer(models, secrets, directory), host, concurrency=settings.agent_concurrency)
