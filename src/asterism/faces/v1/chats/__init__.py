"""`/v1/chats`: the resource itself with its messages, and its runs."""

from asterism.faces.v1.chats import root, run

MODULES = (root, run)
