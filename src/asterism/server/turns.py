"""What the settings say of the turns of conversations."""

from asterism.features.talk.conversations import TurnLimits
from asterism.server.settings import Settings


def turn_limits(settings: Settings) -> TurnLimits:
    """Return how long a turn may take."""
    return TurnLimits(settings.agent_turn_timeout, settings.agent_idle_timeout)
