"""Trees of sources, resolved."""

from collections.abc import Mapping

from asterism.vcs.facts import Facts, extract, language_of
from asterism.vcs.resolving import Edges, resolve


def facts_of(tree: Mapping[str, str]) -> dict[str, Facts]:
    return {path: extract(language_of(path) or "text", text.encode()) for path, text in tree.items()}


def edges(tree: Mapping[str, str]) -> Edges:
    facts = facts_of(tree)
    found = resolve(facts)
    assert resolve(dict(reversed(facts.items()))) == found, "the order of the paths plays a part"
    return found
