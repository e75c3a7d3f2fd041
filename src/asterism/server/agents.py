"""Builds the coding agents that the settings ask for."""

from pathlib import Path

from asterism.kernel.agents import Agents, BuiltinAgents, ChosenAgents, Ground, OpenCodeAgents
from asterism.kernel.agents.opencode import find_opencode
from asterism.kernel.llm import Models
from asterism.server.settings import Settings


def build_agents(settings: Settings, models: Models) -> Agents:
    """Choose and build; nothing is started or tried yet."""
    ground = Ground(settings.sandbox, hidden=(settings.data_dir.absolute(),), network=settings.agent_network)
    binary = find_opencode(settings.opencode, agents_folder(settings))
    opencode = None if binary is None else OpenCodeAgents(binary, ground)
    return ChosenAgents(settings.agent, BuiltinAgents(models, ground), opencode)


def agents_folder(settings: Settings) -> Path:
    """Return where agents are installed."""
    return settings.data_dir / "agents"
