"""What the turns of conversations need of the server."""

from asterism.faces.runtime import InsightServices
from asterism.features.insight.lookups import Library
from asterism.features.talk.conversations import TurnLimits, TurnPorts
from asterism.features.versions.workcopies import WorkingCopies
from asterism.kernel.agents import Agents
from asterism.kernel.db import Database
from asterism.kernel.secrets import Secrets
from asterism.kernel.streams import Streams
from asterism.server.serve import reachable_address
from asterism.server.settings import Settings


def turn_ports(
    settings: Settings,
    db: Database,
    streams: Streams,
    agents: Agents,
    copies: WorkingCopies,
    secrets: Secrets,
    insight: InsightServices,
) -> TurnPorts:
    """Return it, with the limits that the settings name, and what agents may look up."""
    limits = TurnLimits(settings.agent_turn_timeout, settings.agent_idle_timeout)
    look_up = Library(insight.maps, insight.embedder).of
    return TurnPorts(db, streams, agents, copies, secrets, limits, reachable_address(settings), look_up)
