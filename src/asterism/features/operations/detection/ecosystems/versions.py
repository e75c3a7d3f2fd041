"""Versions of runtimes, from the files that tools agree on."""

from asterism.base.linear import compiled
from asterism.features.operations.detection.source import Source, text_member

_TOOL_NAMES = {
    "node": ("nodejs", "node"),
    "python": ("python",),
    "go": ("golang", "go"),
    "ruby": ("ruby",),
    "java": ("java",),
    "php": ("php",),
    "rust": ("rust",),
    "elixir": ("elixir",),
    "bun": ("bun",),
    "deno": ("deno",),
    "dotnet": ("dotnet", "dotnet-core"),
}
_NUMBER = compiled(r"\d[\w.+-]*")


def pinned(source: Source, tool: str, *files: str) -> str | None:
    """Return the version in the first of `files` (a version and nothing else), `.tool-versions` or `mise.toml`."""
    for path in files:
        lines = source.lines(path)
        if lines:
            return lines[0].removeprefix("v")
    for line in source.lines(".tool-versions"):
        name, *versions = line.split()
        if name in _TOOL_NAMES[tool] and versions:
            return versions[0]
    for path in ("mise.toml", ".mise.toml"):
        for name in _TOOL_NAMES[tool]:
            said = text_member(source.toml(path), "tools", name)
            if said:
                return said
    return None


def number_in(text: str | None) -> str | None:
    """Return the first version in a text such as `ruby-3.2.1` or `python-3.12`."""
    hit = _NUMBER.search(text) if text else None
    return hit[0] if hit else None
