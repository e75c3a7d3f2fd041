"""Writes the table that tells random text from written text: `findings/detector/letter_pairs.py`.

It counts which character follows which in the identifiers, words, paths and numbers of Python's standard library and of
this repository. Run `python -m tools.letter_pairs` to write it anew; nothing needs that unless the sources change.
"""

import math
import re
import string
import sysconfig
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "src/asterism/features/review/findings/detector/letter_pairs.py"
_SKIPPED = {"site-packages", "test", "tests", "encodings", "idlelib", "lib2to3", "pydoc_data", ".venv", "bench"}
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./:-]*[A-Za-z0-9]")
_CLASSES = string.ascii_letters
_DIGIT, _MARK = 52, 53
_MOST_OF_A_WORD = 20
_STEPS = "0123456789abcdefghijklmnopqrstuv"
_HEAD = '''"""How many bits the next character costs, after each character, in written text; by `tools/letter_pairs.py`.

Rows and columns are a-z, A-Z, a digit, any other character (and the beginning). A cell counts half bits in base 32.
"""

_TABLE = """
'''
_TAIL = '''
"""

COSTS: tuple[tuple[float, ...], ...] = tuple(tuple(int(cell, 32) / 2 for cell in row) for row in _TABLE.split())
'''


def texts() -> Iterator[str]:
    """Read the sources."""
    for folder, suffixes in ((Path(sysconfig.get_path("stdlib")), {".py"}), (ROOT, {".md", ".py", ".ts", ".toml"})):
        for path in sorted(folder.rglob("*")):
            if path.suffix in suffixes and _SKIPPED.isdisjoint(path.parts):
                yield path.read_text("utf-8", "replace")


def table() -> list[str]:
    """Count the pairs and return the rows of the table."""
    words = Counter(word for text in texts() for word in _WORD.findall(text) if len(word) < 60)
    counts = [[0.3] * 54 for _ in range(54)]
    for word, amount in words.items():
        weight = float(min(amount, _MOST_OF_A_WORD))
        _add(counts, word, weight)
        if word.islower() and len(word) > 2:
            _add(counts, word.upper(), 0.3 * weight)
            _add(counts, word.title(), 0.1 * weight)
    return ["".join(_cell(count / sum(row)) for count in row) for row in counts]


def _cell(share: float) -> str:
    return _STEPS[min(31, round(-2 * math.log2(share)))]


def _add(counts: list[list[float]], word: str, weight: float) -> None:
    before = _MARK
    for char in word:
        now = _CLASSES.find(char) if char in _CLASSES else _DIGIT if char.isdigit() else _MARK
        counts[before][now] += weight
        before = now
    counts[before][_MARK] += weight


if __name__ == "__main__":
    TARGET.write_text(_HEAD + "\n".join(table()) + _TAIL)
