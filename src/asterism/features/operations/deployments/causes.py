"""Where in the tree a failed step points to: what compilers, test runners and linters say, read for places (Beyond 9).

    find_cause(lines, files)    # -> Cause(path, line, column, excerpt, tool), or None

What a compiler calls an error goes before the frames of a trace; of several errors the first one counts, of a Python
trace the last frame that is in the tree. A place that is not in the tree (an installed package) is none. Pure.
"""

import posixpath
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from asterism.base.linear import Hit, compiled
from asterism.features.operations.deployments.cause_rules import (
    ERRORS,
    ESLINT_FILE,
    ESLINT_LINE,
    FRAMES,
    HEADED,
    HEADERS,
    LAST_COUNTS,
    WARNINGS,
    Rule,
)
from asterism.features.operations.deployments.models import Cause

MOST_LINES: Final = 20_000
LONGEST_LINE: Final = 2_000  # characters that are looked at
MOST_PLACES: Final = 2_000
EXCERPT_LINES: Final = 8
EXCERPT_LENGTH: Final = 1_000
LARGEST_NUMBER: Final = 9  # digits
_ESLINT: Final = Rule("eslint", ESLINT_LINE)
_COLOURS: Final = compiled(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(frozen=True, slots=True)
class _Place:
    """A place that a line of output names; `at` is the number of the line to begin the excerpt with."""

    at: int
    rule: Rule
    path: str
    line: int
    column: int | None


def find_cause(output: Sequence[str], files: Collection[str], root: str = "", folder: str = "/tree") -> Cause | None:
    """Return what a step's output names as its cause; None when it names no place in the tree.

    `files` are the paths of the tree, `folder` is how its top is called in the output, and `root` the folder in it
    that the step ran in.
    """
    lines = [_COLOURS.sub(lambda _: "", line[:LONGEST_LINE]) for line in output[-MOST_LINES:]]
    tree = _Tree(files, root, folder)
    for found in (_errors(lines), _frames(lines)):
        named = _first(found, tree)
        if named is not None:
            place, path = named
            excerpt = _excerpt(lines[place.at :])
            return Cause(path, place.line, place.column, excerpt, place.rule.named(path))
    return None


def _first(places: Iterator[_Place], tree: "_Tree") -> tuple[_Place, str] | None:
    """Return the first place that is in the tree, or the last of its kind where the last one counts."""
    kept: tuple[_Place, str] | None = None
    for number, place in enumerate(places):
        if number >= MOST_PLACES:
            break
        path = tree.find(place.path)
        if path is None:
            continue
        if place.rule.tool not in LAST_COUNTS:
            return kept or (place, path)
        kept = (place, path)
    return kept


def _errors(lines: Sequence[str]) -> Iterator[_Place]:
    """Yield what is called an error, in the order of the output."""
    header: int | None = None
    eslint: str | None = None
    for number, text in enumerate(lines):
        if any(rule.search(text) for rule in HEADERS):
            header = number
        elif WARNINGS.search(text):
            header = None
        place = _matched(ERRORS, text, number)
        if place is None and header is not None:
            place = _matched(HEADED, text, header)
        if place is not None:
            yield place
        if ESLINT_FILE.fullmatch(text):
            eslint = text.strip()
        elif eslint is not None and (hit := ESLINT_LINE.match(text)) is not None:
            yield _place(_ESLINT, hit, number, eslint)
        elif not text.strip():
            eslint = None


def _frames(lines: Sequence[str]) -> Iterator[_Place]:
    """Yield the frames of traces, in the order of the output."""
    for number, text in enumerate(lines):
        place = _matched(FRAMES, text, number)
        if place is not None:
            yield place


def _matched(rules: Sequence[Rule], text: str, at: int) -> _Place | None:
    for rule in rules:
        hit = rule.pattern.search(text)
        if hit is not None:
            return _place(rule, hit, at, _group(rule, hit, "path") or "")
    return None


def _place(rule: Rule, hit: Hit, at: int, path: str) -> _Place:
    line, column = _group(rule, hit, "line"), _group(rule, hit, "column")
    return _Place(at, rule, path, _number(line or "1"), _number(column) if column else None)


def _group(rule: Rule, hit: Hit, name: str) -> str | None:
    group = rule.pattern.groups.get(name)
    return None if group is None or hit.start(group) < 0 else hit[group]


def _number(digits: str) -> int:
    return int(digits[:LARGEST_NUMBER])


def _excerpt(lines: Sequence[str]) -> str:
    """Return the lines that say what is wrong: up to the first blank one that has something in front of it."""
    kept: list[str] = []
    for text in lines[:EXCERPT_LINES]:
        if not text.strip() and len(kept) > 2:
            break
        kept.append(text.rstrip())
    return "\n".join(kept).strip("\n")[:EXCERPT_LENGTH]


class _Tree:
    """The files of a tree, found by the names that programs give them."""

    def __init__(self, files: Collection[str], root: str, folder: str) -> None:
        self._files = frozenset(files)
        self._root, self._prefixes = root.strip("/"), (folder.rstrip("/") + "/", "/tree/")
        self._named: dict[str, list[str]] = {}
        for path in self._files:
            self._named.setdefault(path.rpartition("/")[2], []).append(path)

    def find(self, name: str) -> str | None:
        """Return the path of a file: as it is called in full, from where the step ran, or by its one fitting end."""
        text = name.strip().removeprefix("file://").replace("\\", "/").partition("?")[0]
        for prefix in self._prefixes:
            text = text.removeprefix(prefix)
        if not text or text.startswith("/") or "\0" in text:
            return None
        for place in (self._root, ""):
            path = posixpath.normpath(posixpath.join(place, text))
            if path in self._files:
                return path
        end = "/" + posixpath.normpath(text).lstrip("./")
        fitting = [path for path in self._named.get(text.rpartition("/")[2], ()) if ("/" + path).endswith(end)]
        return fitting[0] if len(fitting) == 1 else None
