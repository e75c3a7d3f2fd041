"""`asterism dev …`: tools for trying and developing without accounts."""

import asyncio
import json
import sys
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def dev() -> None:
    """Tools for trying and developing without accounts."""


@app.command("fake-model")
def fake_model(
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65535)] = 11435,
    delay: Annotated[float, typer.Option(help="Seconds between two pieces of an answer.", min=0)] = 0.02,
    key: Annotated[str | None, typer.Option(help="The only API key to accept (default: any, or none).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object with the addresses.")] = False,
) -> None:
    """Serve a model that echoes, in the wire formats of OpenAI, Anthropic and Google, until Ctrl-C.

    Exits 1 when the port is taken.
    """
    asyncio.run(_serve(port, delay, key, as_json))


async def _serve(port: int, delay: float, key: str | None, as_json: bool) -> None:
    from asterism.cli.output import fail
    from asterism.kernel.llm.fake_server import Call, FakeModelServer, Script, echo

    def answer(call: Call) -> Script:
        script = echo(call)
        script.delay = delay
        return script

    server = FakeModelServer(port=port, key=key, answer=answer)
    try:
        await server.__aenter__()
    except OSError:
        fail(f"port {port} is taken", "Choose another one with --port.")
    if as_json:
        print(json.dumps({"url": server.url, "google_url": server.google_url}), flush=True)
    else:
        sys.stderr.write(_tour(server.url))
        print(f"listening on {server.url}", flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await server.__aexit__()


def _tour(url: str) -> str:
    return (
        "Point the server at it:\n"
        f"  ASTERISM_LOCAL_BASE_URL={url} ASTERISM_LOCAL_MODEL=demo asterism serve\n"
        "It answers any model name and echoes what you write.\n"
    )
