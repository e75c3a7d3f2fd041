"""`asterism dev …`: tools for trying and developing without accounts."""

import asyncio
import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from asterism.kernel.loopback import FakeService, LoopbackServer

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback(no_args_is_help=True)
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


@app.command("fake-notion")
def fake_notion(
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65535)] = 11436,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object with the addresses.")] = False,
) -> None:
    """Serve a Notion with a few pages, which takes any token, until Ctrl-C.

    Exits 1 when the port is taken.
    """
    from asterism.kernel.upstreams.fakes import FakeNotion

    notion = FakeNotion(port=port)
    notion.add_page("59833787-2cf9-4fdf-8782-e53db20768a5", "Export format", markdown="Dates are ISO 8601 in UTC.\n")
    notion.add_page("0b3a1f60-8d0e-4c1e-9a55-3f1c7c1f2a10", "Release checklist", markdown="- [ ] Changelog\n")
    settings = {"ASTERISM_NOTION_BASE_URL": "url"}
    asyncio.run(_serve_service(notion, settings, "integrations connect notion", as_json=as_json))


@app.command("fake-github")
def fake_github(
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65535)] = 11437,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object with the addresses.")] = False,
) -> None:
    """Serve a GitHub with a repository octo/demo, which takes any token, until Ctrl-C.

    Exits 1 when the port is taken.
    """
    from asterism.kernel.upstreams.fakes import FakeGitHub, File, Issue

    github = FakeGitHub(port=port)
    files = {"README.md": File(b"# Demo\n"), "run.sh": File(b"#!/bin/sh\necho hello\n", "100755")}
    github.add_repository("octo/demo", files).issues.append(Issue(1, "Say hello in more languages"))
    settings = {"ASTERISM_GITHUB_BASE_URL": "url", "ASTERISM_GITHUB_LOGIN_URL": "login_url"}
    asyncio.run(_serve_service(github, settings, "integrations connect github", as_json=as_json))


async def _serve_service(service: "FakeService", settings: dict[str, str], then: str, *, as_json: bool) -> None:
    await _entered(service)
    addresses = {variable: str(getattr(service, name)) for variable, name in settings.items()}
    if as_json:
        print(json.dumps({name: addresses[variable] for variable, name in settings.items()}), flush=True)
    else:
        variables = " ".join(f"{variable}={address}" for variable, address in addresses.items())
        told = f"Point the server at it, and connect with any token:\n  {variables} asterism serve\n"
        sys.stderr.write(f"{told}  echo any-token | asterism {then}\n")
        print(f"listening on {service.url}", flush=True)
    await _until_stopped(service)


async def _entered(server: "LoopbackServer") -> None:
    from asterism.cli.output import fail

    try:
        await server.__aenter__()
    except OSError:
        fail(f"port {server.port} is taken", "Choose another one with --port.")


async def _until_stopped(server: "LoopbackServer") -> None:
    try:
        await asyncio.Event().wait()
    finally:
        await server.__aexit__()


async def _serve(port: int, delay: float, key: str | None, as_json: bool) -> None:
    from asterism.kernel.llm.fake_server import Call, FakeModelServer, Script, echo

    def answer(call: Call) -> Script:
        script = echo(call)
        script.delay = delay
        return script

    server = FakeModelServer(port=port, key=key, answer=answer)
    await _entered(server)
    if as_json:
        print(json.dumps({"url": server.url, "google_url": server.google_url}), flush=True)
    else:
        sys.stderr.write(_tour(server.url))
        print(f"listening on {server.url}", flush=True)
    await _until_stopped(server)


def _tour(url: str) -> str:
    return (
        "Point the server at it:\n"
        f"  ASTERISM_LOCAL_BASE_URL={url} ASTERISM_LOCAL_MODEL=demo asterism serve\n"
        "It answers any model name and echoes what you write. `call NAME {...}` makes it call a tool it is offered.\n"
    )
