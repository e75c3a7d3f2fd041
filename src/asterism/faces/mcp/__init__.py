"""The Model Context Protocol: routes of `/v1` as tools of a model (docs/spec/beyond.md, ADR 0180).

`tools` says which routes, and is pure; `serving` answers the protocol, whoever asks the routes; `http` is `/mcp`.
"""

from asterism.faces.mcp.http import McpHttp

__all__ = ["McpHttp"]
