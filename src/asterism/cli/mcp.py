"""`asterism mcp`: what is stored, as tools of a model, over standard input and output."""

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from asterism.cli.options import Token, Url, verb_app

if TYPE_CHECKING:
    from asterism.client.http import Http
    from asterism.faces.mcp.tools import Request

ANSWER_SECONDS = 20.0
CHANGE_SECONDS = 120.0  # a sync of large trees

app = verb_app("Serve what is stored to models, by the Model Context Protocol.")


@app.command()
def mcp(url: Url = None, token: Token = None) -> None:
    """Speak the Model Context Protocol on standard input and output, until the input ends.

    A client is told to run `asterism mcp`; what it asks is asked of the server with your token. Tools that change
    something are marked so; a token of `asterism token create --scope read` has none. Clients that speak HTTP may go
    to `/mcp` of the server instead, with the token as bearer.
    """
    from asterism.cli.output import command
    from asterism.cli.session import open_api

    with command(as_json=False), open_api(url, token) as api:
        asyncio.run(_serve(api.http))


async def _serve(http: "Http") -> None:
    from mcp.server.stdio import stdio_server

    from asterism.faces.mcp.server import build_server

    async def ask(_asked_by: Any, request: "Request") -> bytes:
        body = None if request.body is None else msgspec.json.encode(request.body)
        kind = "application/octet-stream" if body is None else "application/json"
        safe = request.repeatable
        call = partial(http.raw, request.method, request.path, body, query=request.query, kind=kind, safe=safe)
        return await asyncio.to_thread(call, seconds=ANSWER_SECONDS if safe else CHANGE_SECONDS)

    server = build_server(ask)
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())
