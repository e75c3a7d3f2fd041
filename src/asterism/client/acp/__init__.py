"""The Agent Client Protocol: conversations with a workspace's agent, for editors that speak it.

`updates` and `content` are pure: what an agent tells in the editor's words, and what an editor sends in ours. `turn`
plays one prompt, `carrying` keeps the folder up to date around it; `agent` is what the official SDK asks
(docs/spec/beyond.md 14).
"""

from asterism.client.acp.agent import EditorAgent, Folder, serve
from asterism.client.acp.carrying import Carrier

__all__ = ["Carrier", "EditorAgent", "Folder", "serve"]
