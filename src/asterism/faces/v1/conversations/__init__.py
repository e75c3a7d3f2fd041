"""`/v1/conversations`: the resource itself, its messages, what the agent told, its questions, and its stream."""

from asterism.faces.v1.conversations import checkpoints, deploy, fork, messages, opencode, rewind, root, stream

MODULES = (deploy, root, messages, opencode, stream, checkpoints, rewind, fork)
