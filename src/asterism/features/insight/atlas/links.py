"""Which concepts a decision speaks of (Fastest 11.6). Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from asterism.features.insight.atlas.models import LAYERS, Concept, Link

LEAST_CHARACTERS = 3
MAX_LINKS = 100
CERTAIN, LIKELY = 90, 70
_WORD = re.compile(r"\w+")
_PLACES = {layer: place for place, layer in enumerate(LAYERS)}


class Names:
    """The names of concepts, to be found in texts. `of` is every concept but narratives."""

    def __init__(self, of: Iterable[Concept]) -> None:
        self._by_word: dict[str, dict[str, list[Concept]]] = defaultdict(lambda: defaultdict(list))
        for concept in of:
            if concept.layer == "narrative":
                continue
            for name in {concept.name.lower(), concept.path.rpartition("/")[2].lower(), *_paths(concept)}:
                if len(name) >= LEAST_CHARACTERS and name != "root" and (word := _WORD.search(name)):
                    self._by_word[word[0]][name].append(concept)

    def links(self, decision_id: str, text: str) -> list[Link]:
        """Return the links of a decision: the most certain first, at most 100."""
        lowered = text.lower()
        found: dict[str, tuple[Concept, int]] = {}
        for word in _WORD.finditer(lowered):
            for name, concepts in self._by_word.get(word[0], {}).items():
                place = word.start() - name.index(word[0])
                if not _stands(lowered, name, place):
                    continue
                quoted = lowered[place - 1 : place] == "`" == lowered[place + len(name) : place + len(name) + 1]
                for concept in concepts:
                    sure = quoted or ("/" in name and name in _paths(concept))
                    before = found.get(concept.id)
                    found[concept.id] = (concept, max(CERTAIN if sure else LIKELY, before[1] if before else 0))
        best = sorted(found.values(), key=lambda one: (-one[1], _PLACES[one[0].layer], one[0].id))
        return [Link(decision_id, concept.id, confidence) for concept, confidence in best[:MAX_LINKS]]


def _paths(concept: Concept) -> Sequence[str]:
    """Return the full path of a file or a module."""
    if concept.layer == "code":
        return (concept.path.lower(),)
    return (concept.name.lower(),) if concept.layer == "module" else ()


def _stands(text: str, name: str, place: int) -> bool:
    """Say whether a name stands at a place as a whole word: no letter, digit or underscore touches it."""
    if place < 0 or not text.startswith(name, place):
        return False
    before, after = text[place - 1 : place] if place else "", text[place + len(name) : place + len(name) + 1]
    return not (_WORD.match(before) and _WORD.match(name[0])) and not (_WORD.match(after) and _WORD.match(name[-1]))
