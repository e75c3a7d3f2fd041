"""Reading the tree that a run is made on: listing, reading and searching files.

What a tool answers names its source, path, lines and tree, so that an answer can cite it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated

import msgspec
from msgspec import Meta

from asterism.base.errors import Invalid, NotFound
from asterism.features.talk.tools.models import ChatTool, RunPlace, ToolAnswer
from asterism.features.talk.tools.tree_files import File, files_below, matcher
from asterism.features.versions import storage
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Database, Tx
from asterism.vcs.text_diff import decode_text

MAX_LISTED = 200
MAX_LINES = 400
MAX_MATCHES = 50
MAX_LINE = 200  # characters of a line that are shown
MAX_FILE = 1024 * 1024
MAX_SEARCHED = 32 * 1024 * 1024  # bytes
BATCH = 100  # files that one transaction reads

Path = Annotated[str, Meta(max_length=1024)]
LineNumber = Annotated[int, Meta(ge=1)]
Pattern = Annotated[str, Meta(min_length=1, max_length=500)]


class ListFiles(msgspec.Struct):
    """Which files to list; both may be left out."""

    folder: Annotated[Path, Meta(description="A folder, to see only what lies in it; empty for all.")] = ""
    pattern: Annotated[Pattern | None, Meta(description="As in .gitignore, such as *.py or src/**/test_*.")] = None


class ReadFile(msgspec.Struct):
    """Which lines to read."""

    path: Annotated[Path, Meta(description="Path of the file, as list_files shows it.")]
    first_line: Annotated[LineNumber, Meta(description="First line, counted from 1.")] = 1
    last_line: Annotated[LineNumber | None, Meta(description=f"Last line; at most {MAX_LINES} at once.")] = None


class SearchFiles(msgspec.Struct):
    """What to search for."""

    text: Annotated[str, Meta(min_length=1, max_length=200, description="Words that stand in a line; case is ignored.")]
    pattern: Annotated[Pattern | None, Meta(description="Only in paths like this, such as *.py.")] = None


def snapshot_tools(db: Database, blobs: Blobs) -> tuple[ChatTool, ...]:
    """Return the tools that read the tree of a run. They are offered where there is one."""
    reader = Reader(db, blobs)

    def has_tree(_tx: Tx, place: RunPlace) -> bool:
        return place.manifest_hash is not None

    make = partial(ChatTool, ready=has_tree)
    return (
        make("list_files", "List the files of this project.", ListFiles, reader.list, target=lambda a: a.folder or "/"),
        make("read_file", "Read lines of a text file of this project.", ReadFile, reader.read, target=lambda a: a.path),
        make("search_files", "Find lines of this project's files that hold a text.", SearchFiles, reader.search),
    )


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads stored trees; each step is a transaction of its own."""

    db: Database
    blobs: Blobs

    async def list(self, place: RunPlace, asked: ListFiles) -> ToolAnswer:
        """List files, a line each with its size in bytes."""
        folder = asked.folder.strip("/")
        found = await self._files(place, asked.pattern, folder)
        lines = [f"{file.path} ({file.node.size} bytes)" for file in found[:MAX_LISTED]]
        more = len(found) - len(lines)
        where = f"{folder}/" if folder else "the project"
        head = f"{len(found)} files in {where}, {_tree(place)}"
        return ToolAnswer("\n".join([head, *lines, *([f"and {more} more; narrow it by folder"] if more else [])]))

    async def read(self, place: RunPlace, asked: ReadFile) -> ToolAnswer:
        """Read lines of a file, numbered. Raises NotFound, Invalid."""
        last = asked.last_line if asked.last_line is not None else asked.first_line + MAX_LINES - 1
        if last < asked.first_line:
            raise Invalid.field("last_line", "must not be before first_line")
        text = await self.db.run_read(_text_at, self.blobs, place, asked.path.strip("/"))
        lines = text.splitlines()
        if asked.first_line > max(1, len(lines)):
            raise Invalid.field("first_line", f"must be at most {max(1, len(lines))}, the last line of the file")
        shown = lines[asked.first_line - 1 : min(last, asked.first_line + MAX_LINES - 1)]
        end = asked.first_line + len(shown) - 1
        head = f"{asked.path} lines {asked.first_line}-{end} of {len(lines)}, {_tree(place)}"
        return ToolAnswer("\n".join([head, *(f"{n}: {one}" for n, one in enumerate(shown, asked.first_line))]))

    async def search(self, place: RunPlace, asked: SearchFiles) -> ToolAnswer:
        """Find lines, each told as `path:line: text`."""
        files = [file for file in await self._files(place, asked.pattern) if 0 < file.node.size <= MAX_FILE]
        found: list[str] = []
        looked_at, room, wanted = 0, MAX_SEARCHED, asked.text.casefold()
        for start in range(0, len(files), BATCH):
            batch = _fitting(files[start : start + BATCH], room)
            found += await self.db.run_read(_lines_with, self.blobs, place, batch, wanted)
            looked_at += len(batch)
            room -= sum(file.node.size for file in batch)
            if len(found) > MAX_MATCHES or looked_at < min(start + BATCH, len(files)):
                break
        head = f"{min(len(found), MAX_MATCHES)} lines in {looked_at} of {len(files)} text files, {_tree(place)}"
        more = ["there are more; ask for something rarer"] if len(found) > MAX_MATCHES else []
        return ToolAnswer("\n".join([head, *found[:MAX_MATCHES], *more]))

    async def _files(self, place: RunPlace, pattern: str | None, folder: str = "") -> Sequence[File]:
        matches: Callable[[str], bool] = matcher(pattern)
        return await self.db.run_read(_files_of, place, folder, matches)


def _files_of(tx: Tx, place: RunPlace, folder: str, matches: Callable[[str], bool]) -> list[File]:
    found = files_below(tx, place.caller.user_id, _root(tx, place), folder)
    return [file for file in found if matches(file.path)]


def _text_at(tx: Tx, blobs: Blobs, place: RunPlace, path: str) -> str:
    node = storage.find_node(tx, place.caller.user_id, _root(tx, place), path)
    if node is None or node.type != "file":
        raise NotFound(f"There is no file {path[:200]!r}.", hint="Call list_files to see what there is.")
    if node.size > MAX_FILE:
        raise Invalid(f"{path[:200]!r} is larger than {MAX_FILE} bytes.")
    text = decode_text(storage.content(tx, blobs, place.caller.user_id, node.hash))
    if text is None:
        raise Invalid(f"{path[:200]!r} is not a text file.")
    return text


def _lines_with(tx: Tx, blobs: Blobs, place: RunPlace, files: Sequence[File], wanted: str) -> list[str]:
    found: list[str] = []
    for file in files:
        try:
            text = decode_text(storage.content(tx, blobs, place.caller.user_id, file.node.hash))
        except storage.BlobsMissing:
            continue
        if text is not None and wanted in text.casefold():
            lines = enumerate(text.splitlines(), 1)
            found += [f"{file.path}:{n}: {line.strip()[:MAX_LINE]}" for n, line in lines if wanted in line.casefold()]
        if len(found) > MAX_MATCHES:
            break
    return found


def _fitting(files: Sequence[File], room: int) -> list[File]:
    fitting: list[File] = []
    for file in files:
        room -= file.node.size
        if room < 0:
            break
        fitting.append(file)
    return fitting


def _root(tx: Tx, place: RunPlace) -> str:
    return storage.manifest(tx, place.caller.user_id, place.manifest_hash or "").root


def _tree(place: RunPlace) -> str:
    return f"tree {(place.manifest_hash or '')[:12]}"
