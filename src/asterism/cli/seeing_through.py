"""Following a deployment until it has ended."""

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from asterism.client.api import Api

LOOKS_EVERY = 0.3  # seconds
Wait = Annotated[bool, typer.Option("--wait", help="Return when it has ended; exit 1 when it failed.")]


def pause() -> None:
    """Wait between two looks."""
    time.sleep(LOOKS_EVERY)


def see_through(api: "Api", deployment_id: str, *, logs: bool, as_json: bool) -> None:
    """Wait until a deployment has ended and tell how; exit 1 when it failed."""
    from asterism.cli.output import EXIT_FAILED, emit, fail, say
    from asterism.client import deployments as calls

    for entry in calls.follow(api, deployment_id, forever=False):
        if logs:
            show_line(entry)
    ended = calls.deployment(api, deployment_id)
    if as_json:
        emit(ended)
    if ended["status"] == "failed":
        if as_json:
            raise typer.Exit(EXIT_FAILED)
        fail(ended["error"] or "The deployment failed.", "`asterism logs` shows what it said.", EXIT_FAILED)
    if not as_json:
        say(f"Running at {ended['url']}")


def show_line(entry: dict[str, Any]) -> None:
    """Print a line of a log."""
    from asterism.cli.output import printable, show

    show(f"{entry['step']:<7} {printable(entry['content'])}")
