"""The corpus: what two people did to each sample, and what has to come out, which no program was asked about.

Expected is the file that a careful person would commit, or None where that person has to be asked.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.merge import data_samples, odd_cases, samples
from bench.merge.samples import Sample

SAMPLES = {
    "Python": samples.PYTHON,
    "TypeScript": samples.TYPESCRIPT,
    "JavaScript": samples.JAVASCRIPT,
    "Go": samples.GO,
    "Rust": samples.RUST,
    "Java": samples.JAVA,
    "JSON": data_samples.JSON,
    "TOML": data_samples.TOML,
    "YAML": data_samples.YAML,
    "CSS": data_samples.CSS,
    "HTML": data_samples.HTML,
    "Markdown": data_samples.MARKDOWN,
}


@dataclass(frozen=True)
class Case:
    """Three contents of one file and the right answer, None for a true conflict."""

    language: str
    name: str
    path: str
    base: str
    ours: str
    main: str
    expected: str | None


def fill(sample: Sample, **places: str) -> str:
    """Return the sample's text with lines put in at places."""
    return re.sub(r"«(\w+)»", lambda found: places.get(found[1], ""), sample.text)


def replaced(text: str, *edits: tuple[str, str]) -> str:
    """Return a text with each old part, which stands in it once, replaced."""
    for old, new in edits:
        assert text.count(old) == 1, (old, text.count(old))
        text = text.replace(old, new)
    return text


def all_cases() -> list[Case]:
    """Return the whole corpus."""
    found = [
        Case(language, name, sample.path, fill(sample), ours, main, expected)
        for language, sample in SAMPLES.items()
        for name, ours, main, expected in _of(sample)
    ]
    return [*found, *(Case(*case) for case in odd_cases.CASES), *written_cases()]


WRITTEN = Path(__file__).parent / "cases"
_LANGUAGES = {
    "py": "Python",
    "ts": "TypeScript",
    "tsx": "TypeScript",
    "js": "JavaScript",
    "go": "Go",
    "rs": "Rust",
    "java": "Java",
    "json": "JSON",
    "toml": "TOML",
    "yaml": "YAML",
    "yml": "YAML",
    "css": "CSS",
    "html": "HTML",
    "md": "Markdown",
}


def written_cases() -> Iterator[Case]:
    """Yield the cases that are written out, in files of `cases`.

    Each begins with `#### NAME | PATH`; its texts stand below `==== base`, `==== ours`, `==== main`, and below
    `==== expected`, or `==== conflict`.
    """
    for file in sorted(WRITTEN.glob("*.txt")):
        for case in re.split(r"(?m)^#### ", file.read_text())[1:]:
            head, *texts = re.split(r"(?m)^==== (?:base|ours|main|expected|conflict)\n", case)
            name, _, path = head.strip().partition(" | ")
            expected = texts[3] if "\n==== expected\n" in case else None
            yield Case(_LANGUAGES[path.rpartition(".")[2]], name, path, *texts[:3], expected)


Step = tuple[str, str, str, str | None]


def _of(sample: Sample) -> Iterator[Step]:
    base = fill(sample)
    for place, (first, second) in sample.additions.items():
        both = fill(sample, **{place: first + second})
        yield f"both add to {place}", fill(sample, **{place: first}), fill(sample, **{place: second}), both
    yield from _several(sample)
    yield from _edits(sample, base)
    if sample.block:
        yield from _moves(sample, base)
    place, one, other = sample.same_name
    if place:
        yield "one name, two meanings", fill(sample, **{place: one}), fill(sample, **{place: other}), None
    place, one, other = sample.ordered
    if place:
        yield "two steps at one place", fill(sample, **{place: one}), fill(sample, **{place: other}), None


def _several(sample: Sample) -> Iterator[Step]:
    places = list(sample.additions)
    if len(places) < 2:
        return
    ours = {place: first for place, (first, _) in sample.additions.items()}
    main = {place: second for place, (_, second) in sample.additions.items()}
    both = {place: first + second for place, (first, second) in sample.additions.items()}
    yield "both add everywhere, other way round", fill(sample, **main), fill(sample, **ours), fill(sample, **both)
    last = places[-1]
    first, second = sample.additions[last]
    yield (
        "the same addition, and one more",
        fill(sample, **{last: first}),
        fill(sample, **{last: first + second}),
        fill(sample, **{last: first + second}),
    )


def _edits(sample: Sample, base: str) -> Iterator[Step]:
    one, other, left, right = sample.edits
    yield "neighbouring lines", replaced(base, one), replaced(base, other), replaced(base, one, other)
    yield "one line, two ways", replaced(base, left), replaced(base, right), None
    yield "far apart", replaced(base, one), replaced(base, left), replaced(base, one, left)
    yield "the same edit", replaced(base, one), replaced(base, one), replaced(base, one)


def _moves(sample: Sample, base: str) -> Iterator[Step]:
    gone = replaced(base, (sample.block, ""))
    edited = replaced(base, sample.inside)
    yield "edited here, gone there", edited, gone, None
    if sample.edits[2][0] in gone:
        yield "gone on both sides, and an edit", replaced(gone, sample.edits[2]), gone, replaced(gone, sample.edits[2])
    for place, (first, _) in sample.additions.items():
        added = fill(sample, **{place: first})
        yield f"gone here, {place} added there", gone, added, replaced(added, (sample.block, ""))
        break
