"""Names that a file may give once, wherever they stand in it: anchors, ids, the targets of links."""

import re
from collections import Counter

_GIVEN = {
    "yaml": re.compile(rb"(?:^|[\s\[{,:-])&([^\s\[\]{},]+)", re.MULTILINE),
    "html": re.compile(rb"""\sid\s*=\s*["']?([^\s"'>]+)"""),
    "markdown": re.compile(rb"^ {0,3}\[([^\]\n]+)\]:", re.MULTILINE),
}


def given_twice(language: str, source: bytes) -> Counter[bytes]:
    """Return the names that a text gives more than once."""
    pattern = _GIVEN.get(language)
    names = Counter(pattern.findall(source)) if pattern is not None else Counter[bytes]()
    return Counter({name: count for name, count in names.items() if count > 1})
