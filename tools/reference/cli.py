"""docs/reference/cli.md: every verb of the `asterism` command with its arguments and options."""

from collections.abc import Iterator
from typing import Any

import typer

from asterism.cli.main import app
from tools.reference.tables import table

INTRO = """# The command line

Data goes to stdout, talk to stderr. With `--json` exactly one JSON object is printed on stdout. A command that fails
exits with a status other than 0 and says what happened and what to do next; 2 means that the command line was wrong."""


def page() -> str:
    """Write the page."""
    root: Any = typer.main.get_command(app)
    return "\n\n".join([INTRO, *sections(root, typer.Context(root, info_name="asterism"))])


def sections(command: Any, context: Any) -> Iterator[str]:
    """Yield one section per command, groups before their members."""
    if not hasattr(command, "list_commands"):
        yield section(command, context)
        return
    for name in sorted(command.list_commands(context)):
        child = command.get_command(context, name)
        if child is not None and not child.hidden:
            yield from sections(child, typer.Context(child, info_name=name, parent=context))


def section(command: Any, context: Any) -> str:
    """Write one command."""
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    text = (command.help or "").replace("\b", "").strip()
    records = [p.get_help_record(context) for p in command.params]
    rows = [[f"`{names}`", meaning] for names, meaning in filter(None, records) if not names.startswith("--help")]
    parts = [f"## `{context.command_path}`", f"```\n{usage.strip()}\n```", text]
    if rows:
        parts.append(table(["", "meaning"], rows))
    return "\n\n".join(part for part in parts if part)
