"""The built-in agent: a coding agent in this process, whose shell runs in a sandbox.

It asks any provider of `kernel/llm` and offers OpenCode's tools under OpenCode's names. `loop.py` is the work of a
turn, `tree.py` keeps file tools within the working copy, `prompts` holds what the model is told.
"""

from asterism.kernel.agents.builtin.agent import BuiltinAgents

__all__ = ["BuiltinAgents"]
