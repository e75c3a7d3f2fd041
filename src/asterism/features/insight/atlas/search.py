"""Searching a map by words (Fastest 11.4). Pure; the index is made once for a map and then answers in milliseconds."""

import re
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import nlargest
from math import log

import msgspec

from asterism.features.insight.atlas.models import Concept, Found

MAX_TOKENS = 16
PREFIX = 3
IN_NAME, IN_NAME_BEGINS, IN_TEXT = 3, 2, 1
EXACT = 10.0
FUSION = 60
_TIES = {layer: place for place, layer in enumerate(("capability", "system", "module", "code", "narrative"))}
_TOKEN = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_NOBODY = array("I")


class _Symbols(msgspec.Struct):
    symbols: list[str] = []


_metadata = msgspec.json.Decoder(_Symbols)


def tokens_of(text: str) -> Iterator[str]:
    """Yield the tokens of a text in lower case: words, cut where capitals and digits begin."""
    if text.isascii():
        return (found[0].lower() for found in _TOKEN.finditer(text))
    return (part.lower() for found in _WORD.finditer(text) for part in _cut(found[0]))


def _cut(word: str) -> Iterator[str]:
    """Yield the parts of a word in any script: a capital begins one, unless capitals stand around it."""
    start = 0
    for place in range(1, len(word)):
        follows_small = word[place].isupper() and not word[place - 1].isupper()
        ends_capitals = word[place].isupper() and word[place + 1 : place + 2].islower()
        if follows_small or ends_capitals:
            yield word[start:place]
            start = place
    yield word[start:]


def query_tokens(query: str) -> list[str]:
    """Return the first 16 distinct tokens of a query."""
    return list(dict.fromkeys(tokens_of(query)))[:MAX_TOKENS]


class SearchIndex:
    """The words of concepts. Numbers of concepts are their places in the order of ties."""

    def __init__(self, concepts: Iterable[Concept]) -> None:
        self.concepts = sorted(concepts, key=_tie)
        self._names: dict[str, array[int]] = defaultdict(lambda: array("I"))
        self._texts: dict[str, array[int]] = defaultdict(lambda: array("I"))
        self._exact: dict[str, array[int]] = defaultdict(lambda: array("I"))
        for number, concept in enumerate(self.concepts):
            names = set(tokens_of(concept.name))
            text = set(tokens_of(" ".join(_texts(concept)))) - names
            for token in names:
                self._names[token].append(number)
            for token in text:
                self._texts[token].append(number)
            for exact in {concept.name.strip().lower(), concept.path.strip().lower()}:
                self._exact[exact].append(number)
        self._sorted = sorted(self._names)

    def holding(self, token: str) -> int:
        """Return how many concepts hold a token as a whole."""
        return len(self._names.get(token, ())) + len(self._texts.get(token, ()))

    def best(self, query: str, idf: Mapping[str, float], most: int) -> list[Found]:
        """Return the concepts that hold most of a query, best first; of equals those that come first by ties."""
        scores = self._scores(query, idf)
        chosen = nlargest(most, range(len(scores)), key=scores.__getitem__)  # keeps the order of equals
        return [Found(self.concepts[number], scores[number]) for number in chosen if scores[number]]

    def _scores(self, query: str, idf: Mapping[str, float]) -> list[float]:
        """Return the score of each concept; a list of all, since a common word is held by nearly each of them."""
        scores: list[float] = [0] * len(self.concepts)
        for token, weight in idf.items():
            for factor, numbers in self._holders(token):
                adds = weight * factor
                for number in numbers:
                    scores[number] += adds
        for number in self._exact.get(query.strip().lower(), ()):
            scores[number] += EXACT
        return scores

    def _holders(self, token: str) -> Iterator[tuple[int, Iterable[int]]]:
        """Yield who holds a token and how much that counts: each once, where it counts most."""
        names: Sequence[int] = self._names.get(token, _NOBODY)
        texts: Sequence[int] = self._texts.get(token, _NOBODY)
        begun = self._begun(token).difference(names)
        yield IN_NAME, names
        yield IN_NAME_BEGINS, begun
        yield IN_TEXT, (number for number in texts if number not in begun) if begun else texts

    def _begun(self, token: str) -> set[int]:
        """Return the concepts with a longer token in their name that begins with this one."""
        found: set[int] = set()
        if len(token) >= PREFIX:
            place = bisect_left(self._sorted, token)
            while place < len(self._sorted) and self._sorted[place].startswith(token):
                if self._sorted[place] != token:
                    found.update(self._names[self._sorted[place]])
                place += 1
        return found


def _texts(concept: Concept) -> Iterator[str]:
    yield concept.description or ""
    if concept.metadata is not None:
        yield from _metadata.decode(concept.metadata).symbols


def rank(indexes: Sequence[SearchIndex], query: str, most: int) -> list[Found]:
    """Return the concepts of some indexes that a query finds, best first; they count as one index."""
    total = sum(len(index.concepts) for index in indexes)
    idf = {}
    for token in query_tokens(query):
        holding = sum(index.holding(token) for index in indexes)
        idf[token] = log(1 + (total - holding + 0.5) / (holding + 0.5))
    found = [one for index in indexes for one in index.best(query, idf, most)]
    return sorted(found, key=_best)[:most]


def _tie(concept: Concept) -> tuple[int, str]:
    return (_TIES[concept.layer], concept.id)


def _best(found: Found) -> tuple[float, tuple[int, str]]:
    return (-found.score, _tie(found.concept))


def fuse(words: Sequence[Found], meaning: Sequence[Found]) -> list[Found]:
    """Return two rankings as one, by the sum of 1/(60 + rank)."""
    scores: dict[str, float] = defaultdict(float)
    concepts: dict[str, Concept] = {}
    for ranking in (words, meaning):
        for place, found in enumerate(ranking, 1):
            scores[found.concept.id] += 1 / (FUSION + place)
            concepts[found.concept.id] = found.concept
    return sorted((Found(concepts[id_], score) for id_, score in scores.items()), key=_best)
