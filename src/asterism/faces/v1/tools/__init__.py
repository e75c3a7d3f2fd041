"""`/v1/tools`: Notion and GitHub, used by the user directly: a call is its own approval (Starbot 8.6)."""

from asterism.faces.v1.tools import github, notion

MODULES = (notion, github)
