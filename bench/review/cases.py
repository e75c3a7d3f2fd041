"""Small changes with known defects, read from `cases/*.txt`.

A case is `### name | path` and the body of a diff: lines begin with a space, + or -. ` @@bug` at the end of an added
line marks a known defect and is taken off. Names that begin with `clean` have none.
"""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from asterism.features.review.findings import ReviewedFile
from asterism.vcs.unified import parse

FOLDER = Path(__file__).parent / "cases"
MARK = " @@bug"


@dataclass(frozen=True)
class Case:
    """One change; `defects` are new-side line numbers."""

    language: str
    name: str
    file: ReviewedFile
    defects: frozenset[int]

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self.defects


def load() -> list[Case]:
    """Read every case."""
    return [case for path in sorted(FOLDER.glob("*.txt")) for case in _read(path)]


def _read(path: Path) -> Iterator[Case]:
    for block in path.read_text().split("### ")[1:]:
        head, _, body = block.partition("\n")
        name, _, place = head.partition(" | ")
        yield _case(path.stem, name, place.strip(), body.rstrip("\n").split("\n"))


def _case(language: str, name: str, place: str, lines: list[str]) -> Case:
    old: list[str] = []
    new: list[str] = []
    defects = set()
    for line in lines:
        sign, text = line[:1] or " ", line[1:]
        if sign != "+":
            old.append(text + "\n")
        if sign != "-":
            if text.endswith(MARK):
                text = text.removesuffix(MARK)
                defects.add(len(new) + 1)
            new.append(text + "\n")
    assert bool(defects) != name.startswith("clean"), f"{language}/{name}: marks and name disagree"
    diff = "".join(difflib.unified_diff(old, new, f"a/{place}", f"b/{place}"))
    (parsed,) = parse(diff, strict=True)
    return Case(language, name, ReviewedFile(parsed, "".join(new)), frozenset(defects))
