"""OpenCode as an agent: its server runs in the sandbox, and is told and heard over HTTP (docs/spec/agents.md).

`configuration.py` is what it is given at its start, `translation.py` what its events mean, `session.py` one turn.
"""

from asterism.kernel.agents.opencode.agent import OpenCodeAgents
from asterism.kernel.agents.opencode.installation import (
    PINNED,
    find_opencode,
    install_opencode,
    npm_command,
    opencode_problem,
)

__all__ = ["PINNED", "OpenCodeAgents", "find_opencode", "install_opencode", "npm_command", "opencode_problem"]
