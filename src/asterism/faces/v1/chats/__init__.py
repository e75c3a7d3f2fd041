"""`/v1/chats`: the resource itself, its messages and its runs."""

from asterism.faces.v1.chats import cancel, messages, root, run, runs

MODULES = (root, messages, run, runs, cancel)
