"""Patches as models write them (`*** Begin Patch` … `*** End Patch`): reading and applying them. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from asterism.kernel.agents.builtin.matches import LIKENESSES, EditRefused, found_at, reindented

BEGIN, END = "*** Begin Patch", "*** End Patch"
_HEADS = {"*** Add File: ": "add", "*** Update File: ": "update", "*** Delete File: ": "delete"}


@dataclass(slots=True)
class Hunk:
    """Lines to find and what to put there; `context` are lines that stand somewhere above, `last` ends the file."""

    context: list[str] = field(default_factory=list)
    old: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    last: bool = False


@dataclass(slots=True)
class FilePatch:
    """What a patch does to one file."""

    kind: Literal["add", "update", "delete"]
    path: str
    moved_to: str | None = None
    lines: list[str] = field(default_factory=list)
    hunks: list[Hunk] = field(default_factory=list)


def parse(text: str) -> list[FilePatch]:
    """Read a patch. Raises EditRefused with the number of the line that cannot be read."""
    lines = text.replace("\r\n", "\n").strip("\n").split("\n")
    while lines and lines[0].strip() != BEGIN:
        lines.pop(0)
    if not lines:
        raise EditRefused(f"The patch has to begin with a line `{BEGIN}`.")
    found: list[FilePatch] = []
    for number, line in enumerate(lines[1:], 2):
        if line.strip() == END:
            break
        _take(line, number, found)
    else:
        raise EditRefused(f"The patch has no line `{END}`: it was cut off.")
    if not found:
        raise EditRefused("The patch names no file.")
    return found


def _take(line: str, number: int, found: list[FilePatch]) -> None:
    head = next((head for head in _HEADS if line.startswith(head)), None)
    if head is not None:
        kind: Literal["add", "update", "delete"] = _HEADS[head]  # type: ignore[assignment]
        found.append(FilePatch(kind, line[len(head) :].strip()))
        return
    if not found:
        raise EditRefused(f"Line {number} of the patch belongs to no file.")
    patch = found[-1]
    if line.startswith("*** Move to: ") and patch.kind == "update":
        patch.moved_to = line.removeprefix("*** Move to: ").strip()
    elif patch.kind == "add" and line.startswith("+"):
        patch.lines.append(line[1:])
    elif patch.kind == "update":
        _take_hunk(line, number, patch)
    elif line.strip():
        raise EditRefused(f"Line {number} of the patch cannot be read: {line[:80]!r}.")


def _take_hunk(line: str, number: int, patch: FilePatch) -> None:
    if line.startswith("@@"):
        context = line[2:].removesuffix("@@").strip()
        if patch.hunks and not patch.hunks[-1].old and not patch.hunks[-1].new:
            patch.hunks[-1].context.append(context)
        else:
            patch.hunks.append(Hunk([context] if context else []))
        return
    if not patch.hunks:
        patch.hunks.append(Hunk())
    hunk = patch.hunks[-1]
    if line.strip() == "*** End of File":
        hunk.last = True
    elif line.startswith("+"):
        hunk.new.append(line[1:])
    elif line.startswith("-"):
        hunk.old.append(line[1:])
    elif line.startswith(" ") or not line:
        hunk.old.append(line[1:])
        hunk.new.append(line[1:])
    else:
        raise EditRefused(f"Line {number} of the patch begins with neither of ` `, `+`, `-`, `@@`: {line[:80]!r}.")


def results(patches: list[FilePatch], read: Callable[[str], str | None]) -> Iterator[tuple[str, str | None]]:
    """Yield each path that changes with its new text, None for one that goes. `read` returns a file, None without one.

    Raises EditRefused when a file is not as the patch has it; nothing may be written before all have been read.
    """
    for patch in patches:
        text = read(patch.path)
        if patch.kind == "add":
            if text is not None:
                raise EditRefused(f"{patch.path} is there already. Use `*** Update File`.")
            yield patch.path, "\n".join(patch.lines) + "\n" if patch.lines else ""
            continue
        if text is None:
            raise EditRefused(f"{patch.path} does not exist.")
        if patch.kind == "delete":
            yield patch.path, None
            continue
        changed = updated(text, patch)
        if patch.moved_to and patch.moved_to != patch.path:
            if read(patch.moved_to) is not None:
                raise EditRefused(f"{patch.moved_to} is there already.")
            yield patch.path, None
            yield patch.moved_to, changed
        else:
            yield patch.path, changed


def updated(text: str, patch: FilePatch) -> str:
    """Return a text with the hunks of a patch applied, in order. Raises EditRefused."""
    ending = "\r\n" if "\r\n" in text else "\n"
    lines = text.replace("\r\n", "\n").split("\n")
    closed = lines[-1] == ""
    lines = lines[:-1] if closed else lines
    position = 0
    for hunk in patch.hunks:
        for context in hunk.context:
            position = _after(lines, context, position)
        start = _start(lines, hunk, position, patch.path)
        there = lines[start : start + len(hunk.old)]
        put = reindented(there, hunk.old, hunk.new) if hunk.old else hunk.new
        lines[start : start + len(hunk.old)] = put
        position = start + len(put)
    return ending.join(lines) + (ending if closed and lines else "")


def _after(lines: list[str], context: str, position: int) -> int:
    for alike in (str, str.strip):
        places = found_at(lines, [context], alike, position)
        if places:
            return places[0] + 1
    return position  # models invent headings of hunks; the lines below decide


def _exactly(line: str) -> str:
    return line


def _start(lines: list[str], hunk: Hunk, position: int, path: str) -> int:
    if not hunk.old:
        return position if hunk.context else len(lines)
    for _, alike in (("", _exactly), *LIKENESSES):
        places = found_at(lines, hunk.old, alike, position) or found_at(lines, hunk.old, alike)
        if hunk.last:
            places = [place for place in places if place + len(hunk.old) == len(lines)] or places
        if len(places) > 1 and not hunk.context and not hunk.last:
            where = ", ".join(str(place + 1) for place in places[:10])
            raise EditRefused(
                f"A hunk of {path} fits several places (lines {where}). Add lines, or an `@@` line above."
            )
        if places:
            return places[0]
    raise EditRefused(f"{path} has no such lines: {hunk.old[0][:80]!r} … Read it again: it may have changed.")
