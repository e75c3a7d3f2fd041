"""docs/reference/decisions.md: the architecture decision records in one list."""

from pathlib import Path

from tools.reference.tables import table

FOLDER = Path(__file__).parents[2] / "docs" / "adr"
INTRO = """# Decisions

One page each: context, decision, consequences, and what keeps it from being broken by accident."""


def page() -> str:
    """Write the page."""
    rows = [[path.name[:4], f"[{title(path)}](../adr/{path.name})"] for path in sorted(FOLDER.glob("[0-9]*.md"))]
    return f"{INTRO}\n\n{table(['no', 'decision'], rows)}"


def title(path: Path) -> str:
    """Return the heading of a record without its number."""
    heading = path.read_text(encoding="utf-8").splitlines()[0].lstrip("# ")
    return heading.removeprefix(path.name[:4]).lstrip(" .:-") or path.stem
