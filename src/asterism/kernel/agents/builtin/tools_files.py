"""Reading and changing files: `read`, `write`, `edit`, `patch`."""

import asyncio
import difflib
from typing import Annotated

from msgspec import Meta, Struct

from asterism.kernel.agents.builtin.bench import Bench, Result, Spec, ToolRefused
from asterism.kernel.agents.builtin.matches import Edited, replaced
from asterism.kernel.agents.builtin.patches import parse, results
from asterism.kernel.agents.builtin.tree import PathMissing, PathRefused, Tree

LINES = 2000
LONGEST_LINE = 2000
MOST_TEXT = 50_000

FilePath = Annotated[str, Meta(description="The path of the file, absolute or from the top of the working copy.")]


class ReadArguments(Struct):
    """Arguments of `read`."""

    filePath: FilePath
    offset: Annotated[int, Meta(ge=0, description="The number of lines to skip.")] = 0
    limit: Annotated[int, Meta(ge=1, description="The number of lines to read.")] = LINES


class WriteArguments(Struct):
    """Arguments of `write`."""

    filePath: FilePath
    content: Annotated[str, Meta(description="The whole new content of the file.")]


class EditArguments(Struct):
    """Arguments of `edit`."""

    filePath: FilePath
    oldString: Annotated[str, Meta(description="The text to replace, with enough lines to be found once.")]
    newString: Annotated[str, Meta(description="The text to put in its place.")]
    replaceAll: Annotated[bool, Meta(description="Replace every place where oldString is found.")] = False


class PatchArguments(Struct):
    """Arguments of `patch`."""

    patchText: Annotated[str, Meta(description="The patch, from *** Begin Patch to *** End Patch.")]


async def _read(bench: Bench, given: ReadArguments) -> Result:
    return await asyncio.to_thread(_read_now, bench.tree, given)


def _read_now(tree: Tree, given: ReadArguments) -> Result:
    path = tree.name(given.filePath)
    if tree.is_folder(path):
        names = [f"{entry.path}/" if entry.folder else entry.path for entry in tree.names(path)]
        return Result("\n".join(names) or "(an empty folder)", path)
    try:
        data = tree.read(path)
    except PathMissing as error:
        raise ToolRefused(f"{error}{_similar(tree, path)}") from None
    text = _decoded(data)
    if text is None:
        return Result(f"{path} is a binary file of {len(data)} bytes.", path)
    lines = text.splitlines()
    shown, size = [], 0
    for number, line in enumerate(lines[given.offset : given.offset + given.limit], given.offset + 1):
        cut = line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}… ({len(line)} characters)"
        size += len(cut) + 8
        if size > MOST_TEXT:
            break
        shown.append(f"{number:05d}| {cut}")
    last = given.offset + len(shown)
    note = f"\n\n({len(lines)} lines; go on with offset {last})" if last < len(lines) else f"\n\n({len(lines)} lines)"
    return Result(f"<file>\n{chr(10).join(shown)}{note}\n</file>", path)


def _similar(tree: Tree, path: str) -> str:
    folder, _, _name = path.rpartition("/")
    try:
        names = [entry.path for entry in tree.names(folder or ".")]
    except PathRefused:
        return ""
    close = difflib.get_close_matches(path, names, 3, 0.6)
    return f" Did you mean {', '.join(close)}?" if close else ""


def _decoded(data: bytes) -> str | None:
    if b"\0" in data[:8192]:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


async def _write(bench: Bench, given: WriteArguments) -> Result:
    def work() -> str:
        path = bench.tree.name(given.filePath)
        there = bench.tree.is_file(path)
        bench.tree.write(path, _encoded(given.content))
        return f"{'Replaced' if there else 'Created'} {path} ({given.content.count(chr(10))} lines)."

    return Result(await asyncio.to_thread(work), bench.tree.name(given.filePath))


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise ToolRefused("The text holds half of a surrogate pair; write whole characters.") from None


async def _edit(bench: Bench, given: EditArguments) -> Result:
    def work() -> Edited:
        path = bench.tree.name(given.filePath)
        if not given.oldString and not bench.tree.is_file(path):
            bench.tree.write(path, _encoded(given.newString))
            return Edited(given.newString, 1, 1, "a new file")
        text = _text_of(bench.tree, path)
        edited = replaced(text, given.oldString, given.newString, everywhere=given.replaceAll)
        bench.tree.write(path, _encoded(edited.text))
        return edited

    edited = await asyncio.to_thread(work)
    path = bench.tree.name(given.filePath)
    places = "1 place" if edited.count == 1 else f"{edited.count} places"
    how = f" ({edited.how})" if edited.how else ""
    return Result(f"Edited {path} in {places}, from line {edited.line}{how}.", path)


def _text_of(tree: Tree, path: str) -> str:
    text = _decoded(tree.read(path))
    if text is None:
        raise ToolRefused(f"{path} is no text in UTF-8; it cannot be edited.")
    return text


async def _patch(bench: Bench, given: PatchArguments) -> Result:
    def work() -> list[tuple[str, str | None]]:
        tree = bench.tree

        def read(path: str) -> str | None:
            try:
                return _text_of(tree, path)
            except PathMissing:
                return None

        patches = parse(given.patchText)
        for patch in patches:
            patch.path = tree.name(patch.path)
            patch.moved_to = None if patch.moved_to is None else tree.name(patch.moved_to)
        if len({patch.path for patch in patches}) < len(patches):
            raise ToolRefused("The patch names a file twice; put all its hunks together.")
        changes = list(results(patches, read))
        for path, text in changes:
            if text is not None:
                tree.write(path, _encoded(text))
        for path, text in changes:
            if text is None:
                tree.delete(path)
        return changes

    changes = await asyncio.to_thread(work)
    said = [f"{'Deleted' if text is None else 'Wrote'} {path}." for path, text in changes]
    return Result("\n".join(said), f"{len(changes)} files", {"files": [path for path, _ in changes]})


TOOLS = (
    Spec("read", ReadArguments, _read),
    Spec("write", WriteArguments, _write, writes=True),
    Spec("edit", EditArguments, _edit, writes=True),
    Spec("patch", PatchArguments, _patch, writes=True),
)
