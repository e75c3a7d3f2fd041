"""Finding files and lines: `list`, `glob`, `grep`. What ignore rules leave out is not met, as with ripgrep."""

import asyncio
import re
import time
from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta, Struct

from asterism.base.linear import Pattern, PatternError, checked
from asterism.kernel.agents.builtin.bench import Bench, Result, Spec, ToolRefused
from asterism.kernel.agents.builtin.tree import PathRefused, Tree
from asterism.vcs.glob import NeverMatches, translate_name, translate_path

SHOWN = 100
LONGEST_LINE = 500
LARGEST_SEARCHED = 4 << 20
SECONDS = 30.0

Folder = Annotated[str, Meta(description="The folder to look in (default: the whole working copy).")]


class ListArguments(Struct):
    """Arguments of `list`."""

    path: Folder = "."
    ignore: Annotated[list[str], Meta(description="Glob patterns of what to leave out.")] = []


class GlobArguments(Struct):
    """Arguments of `glob`."""

    pattern: Annotated[str, Meta(min_length=1, description="A glob pattern: `**/*.py`, `src/{a,b}/*.ts`, `Makefile`.")]
    path: Folder = "."


class GrepArguments(Struct):
    """Arguments of `grep`."""

    pattern: Annotated[str, Meta(min_length=1, description="A regular expression (RE2), matched line by line.")]
    path: Annotated[str, Meta(description="The folder or file to search (default: the whole working copy).")] = "."
    include: Annotated[str, Meta(description="A glob pattern that files must match: `*.{ts,tsx}`.")] = ""


class Globs:
    """Glob patterns with braces; one without a slash matches names at any depth."""

    def __init__(self, *patterns: str) -> None:
        self._names, self._paths = [], []
        for one in (expanded for pattern in patterns for expanded in _braces(pattern)):
            raw = one.removeprefix("./").encode("utf-8", "surrogateescape")
            try:
                if b"/" in raw:
                    self._paths.append(re.compile(translate_path(raw.removeprefix(b"/")), re.DOTALL))
                else:
                    self._names.append(re.compile(translate_name(raw), re.DOTALL))
            except NeverMatches:
                continue

    def match(self, path: str) -> bool:
        """Whether a path, relative to where the patterns begin, is meant."""
        raw = path.encode("utf-8", "surrogateescape")
        name = raw.rpartition(b"/")[2]
        return any(one.match(name) for one in self._names) or any(one.match(raw) for one in self._paths)


def _braces(pattern: str, most: int = 64) -> list[str]:
    """Expand `{a,b}`; braces that are not closed stand for themselves. Raises ToolRefused beyond `most` patterns."""
    found = [""]
    rest = pattern
    while match := re.search(r"\{([^{}]*)\}", rest):
        before, rest = rest[: match.start()], rest[match.end() :]
        found = [head + before + choice for head in found for choice in match[1].split(",")]
        if len(found) > most:
            raise ToolRefused("The pattern has too many alternatives in braces.")
    return [head + rest for head in found]


async def _list(bench: Bench, given: ListArguments) -> Result:
    def work() -> Result:
        base, ignored = bench.tree.name(given.path), Globs(*given.ignore)
        lines, count = [f"{bench.tree.alias}/{'' if base == '.' else base}"], 0
        for entry in bench.tree.walk(base):
            below = _below(entry.path, base)
            if ignored.match(below):
                continue
            count += 1
            if count > SHOWN:
                lines.append(f"(more than {SHOWN} entries; list a folder below, or use glob)")
                break
            lines.append("  " * (below.count("/") + 1) + below.rpartition("/")[2] + ("/" if entry.folder else ""))
        return Result("\n".join(lines), base, {"count": min(count, SHOWN)})

    return await asyncio.to_thread(work)


async def _glob(bench: Bench, given: GlobArguments) -> Result:
    def work() -> Result:
        base, globs = bench.tree.name(given.path), Globs(given.pattern)
        found = [
            entry.path for entry in bench.tree.walk(base) if not entry.folder and globs.match(_below(entry.path, base))
        ]
        more = f"\n({len(found)} files, {SHOWN} of them shown; narrow the pattern)" if len(found) > SHOWN else ""
        return Result("\n".join(found[:SHOWN]) + more or "No files found.", given.pattern, {"count": len(found)})

    return await asyncio.to_thread(work)


async def _grep(bench: Bench, given: GrepArguments) -> Result:
    try:
        pattern = checked(given.pattern)
    except PatternError as error:
        raise ToolRefused(f"The pattern cannot be read: {error}. Escape ( ) [ ] {{ }} that mean themselves.") from None
    return await asyncio.to_thread(_grep_now, bench.tree, pattern, given)


def _grep_now(tree: Tree, pattern: Pattern, given: GrepArguments) -> Result:
    base, deadline = tree.name(given.path), time.monotonic() + SECONDS
    only = Globs(given.include) if given.include else None
    lines: list[str] = []
    count, cut = 0, ""
    for path in _searched(tree, base):
        if only is not None and not only.match(_below(path, base)):
            continue
        hits = list(_hits(tree, path, pattern, SHOWN - count))
        if hits:
            lines += [f"{path}:", *hits]
            count += len(hits)
        if count >= SHOWN:
            cut = f"\n(stopped at {SHOWN} matches; narrow the search)"
            break
        if time.monotonic() > deadline:
            cut = f"\n(stopped after {SECONDS:g} s; narrow the search)"
            break
    text = f"Found {count} matches\n" + "\n".join(lines) + cut if count else f"No matches found.{cut}"
    return Result(text, given.pattern, {"matches": count})


def _searched(tree: Tree, base: str) -> Iterator[str]:
    if tree.is_folder(base):
        yield from (entry.path for entry in tree.walk(base) if not entry.folder)
    else:
        yield base


def _hits(tree: Tree, path: str, pattern: Pattern, most: int) -> Iterator[str]:
    try:
        data = tree.read(path, LARGEST_SEARCHED)
    except PathRefused:
        return
    if b"\0" in data[:8192]:
        return
    text = data.decode(errors="replace")
    if "^" not in pattern.text and "$" not in pattern.text and pattern.search(text) is None:
        return  # one look at the whole text spares most files the split into lines
    for number, line in enumerate(text.splitlines(), 1):
        if most <= 0:
            return
        if pattern.search(line) is not None:
            most -= 1
            yield f"  Line {number}: {line if len(line) <= LONGEST_LINE else line[:LONGEST_LINE] + '…'}"


def _below(path: str, base: str) -> str:
    return path if base == "." else path.removeprefix(base + "/")


TOOLS = (
    Spec("list", ListArguments, _list),
    Spec("glob", GlobArguments, _glob),
    Spec("grep", GrepArguments, _grep),
)
