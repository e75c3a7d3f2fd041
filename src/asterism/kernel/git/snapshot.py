"""One review's view of a work tree, read once: the diff, the content behind it, HEAD and branch.

The new side of a file that is not in the object store is made by applying the diff to its old blob, not by reading the
file again, so diff and content agree whatever is edited meanwhile. Source: Stargazer 5.3 [5.4]-[5.6].
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from asterism.kernel.git.checkout import Checkout
from asterism.kernel.git.diff import (
    MOST_UNTRACKED,
    Mode,
    addition,
    is_reviewable_name,
    run_diff,
)
from asterism.kernel.git.errors import CommandFailed, OverLimit
from asterism.kernel.git.files import read_regular
from asterism.kernel.git.history import BLOB_LIMIT, Attributes, attributes_of, merge_base, read_blobs
from asterism.kernel.git.status import read_status
from asterism.vcs.unified import DiffError, FileDiff, decode, encode, parse

SNAPSHOT_OUTPUT = 64 << 20
UNTRACKED_BYTES = 16 << 20
CONTENT_DIFF_LIMIT = 256 << 10
"""A file with more diff than this is skipped by every review, so its content is not fetched."""

NO_ATTRIBUTES = Attributes()

_RAW = re.compile(r":(\d{6}) (\d{6}) ([0-9a-f]+) ([0-9a-f]+) ([A-Z])\d*\Z")


@dataclass(frozen=True, slots=True)
class SnapshotFile:
    """One changed file.

    `patch` is its part of the diff as bytes. `content` is the new side (after clean filters), None when the file is
    deleted, binary, a submodule, too large or could not be read. `kind` tells entries apart that hold no text.
    """

    diff: FileDiff
    patch: bytes
    content: bytes | None
    kind: str = "file"
    untracked: bool = False
    attributes: Attributes = NO_ATTRIBUTES

    @property
    def path(self) -> str:
        """The path people know the file by, surrogate-escaped where it is not UTF-8."""
        return self.diff.path


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is reviewed. `diff` holds the patches of all `files` in order; `conflicted` paths are in neither.

    `unread` are untracked paths that the caller did not want to be opened. `head` is None before the first commit,
    `branch` when HEAD is detached; `base` is the merge base that was compared with, if one was asked for.
    """

    mode: Mode
    diff: bytes
    files: tuple[SnapshotFile, ...]
    head: str | None
    branch: str | None
    conflicted: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    base: str | None = None


@dataclass(frozen=True, slots=True)
class _Raw:
    """One record of `git diff --raw -z`."""

    old_mode: str
    new_mode: str
    old_id: str
    new_id: str
    status: str
    path: str


def take_snapshot(
    checkout: Checkout,
    mode: Mode,
    *,
    base: str | None = None,
    examine: Callable[[str], bool] | None = None,
    named: Callable[[list[str]], None] = lambda _: None,
) -> Snapshot:
    """Read everything a review of `mode` needs; `base` is a reference whose merge base with HEAD is the old side.

    Untracked files count as additions, except in mode `staged`; those that `examine` refuses by name are not opened
    but listed in `unread`. `named` is told the names of changed files before their content is read, maybe of more than
    are part of the snapshot. Raises NotGitRepo, GitNotFound, CommandFailed, OverLimit for more than 2,000 untracked
    files, and UnknownRevision for `base`.
    """
    status = read_status(checkout, each_file=mode != "staged")
    named([entry.path for entry in status.entries])
    old_side = merge_base(checkout, base) if base is not None else status.head
    sides = {"base": old_side} if mode != "unstaged" else {}
    raw = run_diff(checkout, mode, "--raw", "--patch", "--abbrev=64", "-z", max_output=SNAPSHOT_OUTPUT, **sides)
    if base is not None:
        named([record.path for record in split_raw(raw)[0]])
    conflicted = tuple(status.conflicted)
    files = list(_tracked(checkout, raw, set(conflicted)))
    unread: list[str] = []
    if mode != "staged":
        names = [entry.path for entry in status.untracked if is_reviewable_name(entry.path)]
        chosen = [name for name in names if examine is None or examine(name)]
        unread = sorted(set(names) - set(chosen))
        files += _untracked(checkout, chosen)
    return Snapshot(
        mode=mode,
        diff=b"".join(file.patch for file in files),
        files=tuple(_with_attributes(checkout, files)),
        head=status.head,
        branch=status.branch,
        conflicted=conflicted,
        unread=tuple(unread),
        base=old_side if base is not None else None,
    )


def split_raw(raw: bytes) -> tuple[list[_Raw], bytes]:
    """Split the output of `git diff --raw --patch -z` into its records and the patch behind them."""
    records: list[_Raw] = []
    position = 0
    while raw.startswith(b":", position):
        end = raw.index(b"\0", position)
        if raw.startswith(b"::", position):  # the combined record of an unmerged path: several sides, one name
            position = raw.index(b"\0", end + 1) + 1
            continue
        match = _RAW.match(raw[position:end].decode("ascii", "replace"))
        if match is None:
            raise CommandFailed("git diff wrote a raw record that cannot be read.")
        names = 2 if match[5] in "RC" else 1
        paths = []
        for _ in range(names):
            start, end = end + 1, raw.index(b"\0", end + 1)
            paths.append(decode(raw[start:end]))
        records.append(_Raw(match[1], match[2], match[3], match[4], match[5], paths[-1]))
        position = end + 1
    if raw.startswith(b"\0", position):
        position += 1
    return records, raw[position:]


def split_patch(patch: bytes) -> Iterator[tuple[FileDiff, bytes]]:
    """Yield each file of a patch with its own bytes. Lines inside hunks never count as headers."""
    start: int | None = None
    position = 0
    left = 0
    for line in patch.splitlines(keepends=True) if b"\r" not in patch else _lines(patch):
        if left > 0:
            left -= _weight(line)
        elif line.startswith((b"diff --git ", b"diff --cc ", b"diff --combined ", b"* Unmerged path ")):
            if start is not None:
                yield from _one(patch[start:position])
            start = position
        elif line.startswith(b"@@ -"):
            left = _counted(line)
        position += len(line)
    if start is not None:
        yield from _one(patch[start:])


def _lines(patch: bytes) -> list[bytes]:
    """Split at LF alone; `splitlines` would also split at a CR."""
    parts = patch.split(b"\n")
    return [part + b"\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


_COUNTS = re.compile(rb"@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@")


def _counted(line: bytes) -> int:
    """Return how many old plus new lines a hunk header announces."""
    match = _COUNTS.match(line)
    return int(match[1] or 1) + int(match[2] or 1) if match else 0


def _weight(line: bytes) -> int:
    return {b" ": 2, b"+": 1, b"-": 1, b"\n": 2}.get(line[:1], 0)


def _one(part: bytes) -> Iterator[tuple[FileDiff, bytes]]:
    for found in parse(decode(part)):
        yield found, part


def _tracked(checkout: Checkout, raw: bytes, conflicted: set[str]) -> Iterator[SnapshotFile]:
    records, patch = split_raw(raw)
    pairs = list(_matched(records, split_patch(patch), conflicted))
    readable = [(record, diff) for record, diff, part in pairs if _has_text(record, diff, part)]
    blobs = read_blobs(checkout, [record.new_id for record, _ in readable if _stored(record.new_id)])
    # to find renames, git names the blobs of unsaved files too, which are not stored
    behind = [record.old_id for record, diff in readable if record.new_id not in blobs and diff.operation != "add"]
    blobs |= read_blobs(checkout, [one for one in behind if _stored(one)])
    for record, diff, part in pairs:
        yield SnapshotFile(diff, part, _content(record, diff, part, blobs), _kind(record, diff))


def _matched(
    records: Iterable[_Raw], parts: Iterator[tuple[FileDiff, bytes]], conflicted: set[str]
) -> Iterator[tuple[_Raw, FileDiff, bytes]]:
    """Pair raw records with the parts of the patch: a changed type is two parts, an unmerged path drops out."""
    by_path: dict[str, list[_Raw]] = {}
    for record in records:
        by_path.setdefault(record.path, []).append(record)
    for diff, part in parts:
        candidates = by_path.get(diff.path, [])
        if diff.conflicted or diff.path in conflicted or not candidates:
            continue
        yield candidates[0], diff, part


def _has_text(record: _Raw, diff: FileDiff, part: bytes) -> bool:
    plain = not diff.binary and diff.operation != "delete" and _kind(record, diff) == "file"
    return plain and len(part) <= CONTENT_DIFF_LIMIT


def _content(record: _Raw, diff: FileDiff, part: bytes, blobs: dict[str, bytes]) -> bytes | None:
    if not _has_text(record, diff, part):
        return None
    if record.new_id in blobs:
        return blobs[record.new_id]
    fresh = diff.operation == "add"  # also one of the two parts of a changed type
    old = b"" if fresh else blobs.get(record.old_id)
    if old is None or (record.status == "T" and not fresh):
        return None
    try:
        content = encode(diff.apply(decode(old)))
    except DiffError:
        return None
    return content if len(content) <= BLOB_LIMIT else None


def _stored(object_id: str) -> bool:
    """Whether an id names an object; git writes zeros for what exists only in the work tree."""
    return object_id.strip("0") != ""


def _kind(record: _Raw, diff: FileDiff) -> str:
    mode = diff.new_mode or diff.old_mode or (record.new_mode if diff.operation != "delete" else record.old_mode)
    return {"160000": "submodule", "120000": "symlink"}.get(mode, "file")


def _untracked(checkout: Checkout, paths: list[str]) -> list[SnapshotFile]:
    if len(paths) > MOST_UNTRACKED:
        raise OverLimit(f"There are more than {MOST_UNTRACKED} untracked files.")
    files = []
    budget = UNTRACKED_BYTES
    for path in paths:
        read = read_regular(checkout.root / path, min(BLOB_LIMIT, budget))
        if read is None:
            continue
        data, bits = read
        budget = max(0, budget - len(data))
        part = addition(path, data, bits)
        diff = parse(decode(part))[0]
        fits = not diff.binary and len(part) <= CONTENT_DIFF_LIMIT
        files.append(SnapshotFile(diff, part, data if fits else None, untracked=True))
    return files


def _with_attributes(checkout: Checkout, files: list[SnapshotFile]) -> Iterator[SnapshotFile]:
    known = attributes_of(checkout, [file.path for file in files])
    for file in files:
        yield SnapshotFile(
            file.diff,
            file.patch,
            file.content,
            file.kind,
            file.untracked,
            known.get(file.path, NO_ATTRIBUTES),
        )
