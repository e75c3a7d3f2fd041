"""Tools of chat runs: what they are, who may use which, and how a call is performed (Starbot 8.6).

Every tool that a model may call while it answers a chat stands in one `Toolbox`, which `server/chats.py` fills. To add
one, make a `ChatTool` and put it there; its name is then known to `POST /v1/chats/:id/run`, offered where it is
`ready`, and its calls are validated, audited and turned into results. A tool that writes makes a proposal and never
the write. `snapshot_tools` are those that read the tree a run is made on.
"""

from asterism.features.talk.tools.audited import Attempt, audited
from asterism.features.talk.tools.errors import IntegrationNotConnected
from asterism.features.talk.tools.models import ChatTool, Proposed, RunPlace, ToolAnswer
from asterism.features.talk.tools.schema import input_schema, read_arguments
from asterism.features.talk.tools.snapshot import snapshot_tools
from asterism.features.talk.tools.toolbox import Toolbox

__all__ = [
    "Attempt",
    "ChatTool",
    "IntegrationNotConnected",
    "Proposed",
    "RunPlace",
    "ToolAnswer",
    "Toolbox",
    "audited",
    "input_schema",
    "read_arguments",
    "snapshot_tools",
]
