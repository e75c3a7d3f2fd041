"""Changes of a tree as a patch in git's extended format, which `git apply` takes, and as figures.

Text is whatever has no NUL near its beginning, in any encoding: lines hold bytes that are not UTF-8 as surrogates.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from asterism.vcs.binary_patch import binary_lines
from asterism.vcs.diff import Change
from asterism.vcs.linediff import TooManyLines, is_text, within_limits
from asterism.vcs.manifest import Entry
from asterism.vcs.merge.models import Read
from asterism.vcs.merge.similarity import pair_files
from asterism.vcs.unified import compare, quote
from asterism.vcs.unified.files import FileDiff

READ_AT_ONCE = 16 << 20
LINK_MODE = "120000"


@dataclass(frozen=True, slots=True)
class Patch:
    """What became of one file: header lines (`diff --git` first) and, for text, how its lines differ."""

    path: str
    headers: tuple[str, ...]
    lines: FileDiff | None
    old_path: str | None = None

    def head(self) -> list[str]:
        """Return the lines before the first hunk, without their ends."""
        return [*self.headers, *self._rendered()[:2]]

    def body(self) -> list[str]:
        """Return the lines of the hunks, without their ends."""
        return self._rendered()[2:]

    def _rendered(self) -> list[str]:
        return self.lines.render().removesuffix("\n").split("\n") if self.lines and self.lines.hunks else []


@dataclass(frozen=True, slots=True)
class Move:
    """A file under its old and its new name."""

    old: Entry
    new: Entry


def find_renames(changes: Sequence[Change], read: Read) -> list[Change | Move]:
    """Return the changes with each pair of a deleted and an added file that are one file put together."""
    gone = {change.path: change.old for change in changes if change.kind == "deleted" and _is_file(change.old)}
    came = {change.path: change.new for change in changes if change.kind == "added" and _is_file(change.new)}
    if not gone or not came:
        return list(changes)
    pairs = pair_files([e for e in gone.values() if e], [e for e in came.values() if e], read, edited=True)
    sources = {new: old for old, new in pairs.items()}
    found: list[Change | Move] = []
    for change in changes:
        if change.new is not None and change.path in sources:
            old = gone[sources[change.path]]
            found.append(Move(old, change.new) if old is not None else change)
        elif change.path not in pairs:
            found.append(change)
    return found


def _is_file(entry: Entry | None) -> bool:
    return entry is not None and entry.type == "file"


def patches(changes: Iterable[Change | Move], read: Read, *, binary: bool = False) -> Iterator[Patch]:
    """Yield the patches of changes in their order; contents are read in groups.

    With `binary` a patch carries what is no text; without it such a patch only says that there is a difference, with
    an `index` line of abbreviated hashes, by which git refuses it rather than to leave the change out.
    """
    group: list[Change | Move] = []
    size = 0
    for change in changes:
        group.append(change)
        size += sum(entry.size for entry in (change.old, change.new) if entry is not None and _comparable(entry))
        if size >= READ_AT_ONCE:
            yield from _group(group, read, binary)
            group, size = [], 0
    yield from _group(group, read, binary)


def _group(group: Sequence[Change | Move], read: Read, binary: bool) -> Iterator[Patch]:
    entries = [entry for change in group for entry in (change.old, change.new) if entry is not None]
    contents = dict(read(sorted({entry.hash for entry in entries if entry.type == "file" and _comparable(entry)})))
    for change in group:
        yield from _patches(change, contents, binary)


def _comparable(entry: Entry) -> bool:
    return entry.size <= READ_AT_ONCE


def _patches(change: Change | Move, contents: dict[str, bytes], binary: bool) -> Iterator[Patch]:
    old, new = change.old, change.new
    if old is not None and new is not None and old.type != new.type:  # git writes a change of type as two patches
        yield _patch(old, None, contents, binary)
        yield _patch(None, new, contents, binary)
    else:
        yield _patch(old, new, contents, binary)


def _patch(old: Entry | None, new: Entry | None, contents: dict[str, bytes], binary: bool) -> Patch:
    before = old.path if old is not None else new.path if new is not None else ""
    after = new.path if new is not None else before
    headers = [f"diff --git {quote(f'a/{before}')} {quote(f'b/{after}')}", *_modes(old, new)]
    if before != after:
        same = old is not None and new is not None and old.hash == new.hash
        headers += [f"similarity index {100 if same else 60}%"] if same else []
        headers += [f"rename from {quote(before)}", f"rename to {quote(after)}"]
    renamed = before if before != after else None
    sides = [None if entry is None else _content(entry, contents) for entry in (old, new)]
    if any(entry is not None and side is None for entry, side in zip((old, new), sides, strict=True)):
        return Patch(after, (*headers, *_differ(old, new)), None, renamed)
    lines = None
    if all(side is None or is_text(side) for side in sides):
        with suppress(TooManyLines):
            lines = compare(after, sides[0], sides[1])
    if lines is None:
        unlike = [] if sides[0] == sides[1] else binary_lines(*sides) if binary else _differ(old, new)
        return Patch(after, (*headers, *unlike), None, renamed)
    lines = FileDiff(before if old is not None else None, lines.new_path, lines.operation, lines.hunks)
    return Patch(after, tuple(headers), lines, renamed)


def _differ(old: Entry | None, new: Entry | None) -> list[str]:
    before = "/dev/null" if old is None else quote(f"a/{old.path}")
    after = "/dev/null" if new is None else quote(f"b/{new.path}")
    index = "..".join("0" * 12 if entry is None else entry.hash[:12] or "0" * 12 for entry in (old, new))
    return [f"index {index}", f"Binary files {before} and {after} differ"]


def _modes(old: Entry | None, new: Entry | None) -> list[str]:
    if old is None and new is not None:
        return [f"new file mode {_mode(new)}"]
    if new is None and old is not None:
        return [f"deleted file mode {_mode(old)}"]
    if old is not None and new is not None and _mode(old) != _mode(new) and old.mode and new.mode:
        return [f"old mode {_mode(old)}", f"new mode {_mode(new)}"]
    return []


def _mode(entry: Entry) -> str:
    return LINK_MODE if entry.type == "symlink" else "100755" if entry.executable else "100644"


def _content(entry: Entry, contents: dict[str, bytes]) -> bytes | None:
    """Return what a side holds, None when it can't be had or is too large to compare."""
    if entry.type == "symlink":
        return entry.target.encode()
    content = contents.get(entry.hash)
    return content if content is not None and within_limits(content) else None


def stat_lines(found: Sequence[Patch], width: int = 80) -> list[str]:
    """Return a table of how many lines each patch adds and deletes, and a line that sums it up."""
    names = [
        f"{quote(patch.old_path)} => {quote(patch.path)}" if patch.old_path else quote(patch.path) for patch in found
    ]
    counts = [(patch.lines.additions, patch.lines.deletions) if patch.lines else None for patch in found]
    widest = max(map(len, names), default=0)
    most = max((sum(count) for count in counts if count), default=0)
    room = max(10, width - widest - len(str(most)) - 6)
    lines = []
    for name, count in zip(names, counts, strict=True):
        if count is None:
            lines.append(f" {name:{widest}} | binary")
            continue
        scale = min(1.0, room / most) if most else 1.0
        plus, minus = (max(number and 1, round(number * scale)) for number in count)
        lines.append(f" {name:{widest}} | {sum(count):>{len(str(most))}} {'+' * plus}{'-' * minus}".rstrip())
    added, deleted = (sum(count[side] for count in counts if count) for side in (0, 1))
    files = f"{len(found)} file{'s' if len(found) != 1 else ''} changed"
    more = [f"{added} insertion{'s' if added != 1 else ''}(+)"] if added else []
    more += [f"{deleted} deletion{'s' if deleted != 1 else ''}(-)"] if deleted else []
    return [*lines, " " + ", ".join([files, *more])] if found else []
