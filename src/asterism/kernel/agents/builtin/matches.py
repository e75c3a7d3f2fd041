"""Finding the lines that a model means: exactly first, then more and more tolerantly. Pure.

Every step looks for whole lines that are alike under it, and counts only when exactly one place is.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Likeness: TypeAlias = Callable[[str], str]


class EditRefused(Exception):
    """The text to replace is not there, or in several places; says so to the model."""


@dataclass(frozen=True, slots=True)
class Edited:
    """A text after an edit. `line` is where it began (from 1), `how` empty when the match was exact."""

    text: str
    line: int
    count: int
    how: str = ""


def replaced(text: str, old: str, new: str, *, everywhere: bool = False) -> Edited:
    """Replace `old` by `new` in `text`. Line ends of the text are kept. Raises EditRefused.

    With `everywhere` all exact places are replaced. What is found only tolerantly is replaced once, and its
    indentation is given to the new lines.
    """
    if not old:
        raise EditRefused("oldString is empty. Give the text to replace, or use `write` for a whole file.")
    if old == new:
        raise EditRefused("oldString and newString are the same.")
    ending = "\r\n" if "\r\n" in text and text.count("\r\n") == text.count("\n") else "\n"
    body = text.replace("\r\n", "\n") if ending == "\r\n" else text
    old, new = (part.replace("\r\n", "\n") if "\r" not in body else part for part in (old, new))
    edited = _exact(body, old, new, everywhere=everywhere) or _tolerant(body, old, new)
    return Edited(
        edited.text.replace("\n", ending) if ending != "\n" else edited.text, edited.line, edited.count, edited.how
    )


def _exact(text: str, old: str, new: str, *, everywhere: bool) -> Edited | None:
    count = text.count(old)
    if count == 0:
        return None
    first = text.index(old)
    line = text.count("\n", 0, first) + 1
    if count > 1 and not everywhere:
        where = ", ".join(str(number) for number in _lines_of(text, old))
        raise EditRefused(
            f"oldString is found {count} times (lines {where}). Give more lines around it, or set replaceAll."
        )
    return Edited(text.replace(old, new), line, count)


def _lines_of(text: str, old: str) -> Iterator[int]:
    place = text.find(old)
    for _ in range(10):
        if place < 0:
            return
        yield text.count("\n", 0, place) + 1
        place = text.find(old, place + len(old))


def _tolerant(text: str, old: str, new: str) -> Edited:
    lines, wanted = text.split("\n"), old.split("\n")
    while len(wanted) > 1 and not wanted[-1].strip():
        wanted, new = wanted[:-1], new.removesuffix("\n")
    while len(wanted) > 1 and not wanted[0].strip():
        wanted, new = wanted[1:], new.removeprefix("\n")
    for how, alike in LIKENESSES:
        places = found_at(lines, wanted, alike)
        if len(places) > 1:
            where = ", ".join(str(place + 1) for place in places[:10])
            raise EditRefused(
                f"oldString is not there exactly, and fits several places (lines {where}). Give more lines."
            )
        if places:
            start = places[0]
            put = reindented(lines[start : start + len(wanted)], wanted, new.split("\n"))
            after = [*lines[:start], *put, *lines[start + len(wanted) :]]
            return Edited("\n".join(after), start + 1, 1, how)
    raise EditRefused("oldString is not found. Read the file again: it may have changed." + _nearest(lines, wanted))


LIKENESSES: tuple[tuple[str, Likeness], ...] = (
    ("white space at line ends aside", str.rstrip),
    ("indentation aside", str.strip),
    ("white space aside", lambda line: "".join(line.split())),
)


def found_at(lines: Sequence[str], wanted: Sequence[str], alike: Likeness = str, start: int = 0) -> list[int]:
    """Return every place from `start` on where the lines are like the wanted ones."""
    have, want = [alike(line) for line in lines], [alike(line) for line in wanted]
    if not any(want):
        return []
    last = len(have) - len(want)
    return [at for at in range(start, last + 1) if have[at] == want[0] and have[at : at + len(want)] == want]


def reindented(there: Sequence[str], wanted: Sequence[str], new: Sequence[str]) -> list[str]:
    """Return the new lines with the indentation of what is there, where the wanted lines had another."""
    pairs = [(have, want) for have, want in zip(there, wanted, strict=True) if want.strip()]
    if not pairs:
        return list(new)
    have, want = (_indent(line) for line in pairs[0])
    if have == want:
        return list(new)
    return [have + line[len(want) :] if line.strip() and line.startswith(want) else line for line in new]


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _nearest(lines: Sequence[str], wanted: Sequence[str]) -> str:
    """Point at the line that the first wanted one may mean."""
    first = next((line.strip() for line in wanted if line.strip()), "")
    places = [number for number, line in enumerate(lines, 1) if first and first in line]
    return f" Its first line is like line {places[0]}." if len(places) == 1 else ""
