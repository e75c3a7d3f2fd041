"""Builds the coding agents that the settings ask for."""

from dataclasses import dataclass
from pathlib import Path

from asterism.kernel.agents import Agents, BuiltinAgents, ChosenAgents, Ground, OpenCodeAgents
from asterism.kernel.agents.opencode import find_opencode, opencode_problem
from asterism.kernel.llm import Models
from asterism.kernel.sandbox import isolation_problem
from asterism.server.settings import Settings


def build_agents(settings: Settings, models: Models) -> Agents:
    """Choose and build; nothing is started or tried yet."""
    ground = Ground(settings.sandbox, hidden=(settings.data_dir.absolute(),), network=settings.agent_network)
    binary = find_opencode(settings.opencode, agents_folder(settings))
    waiting = settings.data_dir / "agents-waiting"
    spares = settings.agent_spares
    opencode = None if binary is None else OpenCodeAgents(binary, ground, folder=waiting, spares=spares)
    return ChosenAgents(settings.agent, BuiltinAgents(models, ground), opencode)


@dataclass(frozen=True, slots=True)
class AgentChosen:
    """Which agent conversations would use, in which sandbox; `problem` is why it cannot run."""

    agent: str
    sandbox: str
    opencode: Path | None
    problem: str | None


def choose_agent(settings: Settings) -> AgentChosen:
    """Try what is there, as a turn would. Blocks."""
    binary = find_opencode(settings.opencode, agents_folder(settings))
    problem = "OpenCode is not installed." if binary is None else opencode_problem(binary)
    agent = "builtin" if settings.agent == "builtin" or (problem and settings.agent == "auto") else "opencode"
    hindrance = isolation_problem(settings.sandbox) or (problem if agent == "opencode" else None)
    return AgentChosen(agent, "plain" if settings.sandbox == "plain" else "bubblewrap", binary, hindrance)


def agents_folder(settings: Settings) -> Path:
    """Return where agents are installed."""
    return settings.data_dir / "agents"
