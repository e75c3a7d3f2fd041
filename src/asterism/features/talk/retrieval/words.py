"""Words of texts and queries. Pure: no user text reaches a query language except through `words_of`."""

import re
import unicodedata

MAX_WORDS = 32
_CJK = re.compile(
    "[\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]+"
)
_WORD = re.compile(r"\w+")


def pairs_of(text: str) -> list[str]:
    """Return the overlapping character pairs of Han, Kana and Hangul runs, and the last character of each run."""
    found: list[str] = []
    for run in _CJK.findall(unicodedata.normalize("NFKC", text)):
        found.extend(run[place : place + 2] for place in range(len(run) - 1))
        found.append(run[-1])
    return found


def folded_of(text: str) -> list[str]:
    """Return in lower case the words that a database in the C locale does not fold: with capitals beyond ASCII."""
    words = _WORD.findall(text)
    return [word.lower() for word in words if not word.isascii() and word.lower() != word]


def words_of(query: str) -> tuple[list[str], list[str]]:
    """Return the distinct lower-cased words of a query and its pairs (one character for a run of one); 32 in all."""
    query = unicodedata.normalize("NFKC", query)
    pairs: list[str] = []
    for run in _CJK.findall(query):
        pairs.extend([run] if len(run) == 1 else [run[place : place + 2] for place in range(len(run) - 1)])
    words = _WORD.findall(_CJK.sub(" ", query).lower())
    words = list(dict.fromkeys(word for word in words if word.strip("_")))[:MAX_WORDS]
    return words, list(dict.fromkeys(pairs))[: MAX_WORDS - len(words)]
