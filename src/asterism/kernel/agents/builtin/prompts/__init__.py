"""The words that the built-in agent sends: files beside this one, for people to read.

`tools.md` has a section for each tool; `system.md` and `summary.md` are sent as they are.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def prompt(name: str) -> str:
    """Return a prompt by the name of its file, without `.md`."""
    return (files(__package__) / f"{name}.md").read_text(encoding="utf-8").strip()


@cache
def descriptions() -> Mapping[str, str]:
    """Return what the model is told of each tool, by its name."""
    found = {}
    for section in f"\n{prompt('tools')}".split("\n## ")[1:]:
        name, _, text = section.partition("\n")
        found[name.strip()] = text.strip()
    return found
