"""The difference of two stored trees as a change under review: read from blobs, within limits (Beyond 5)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from asterism.features.review.inspection import Change, Options, ReviewFailed, Skip, collection, skips
from asterism.features.review.tree_reviews.models import CANDIDATES, READ_BYTES
from asterism.features.versions import storage, sync
from asterism.kernel import git
from asterism.vcs import diff as trees
from asterism.vcs.linediff import MAX_BYTES, TooManyLines, is_text
from asterism.vcs.manifest import Entry
from asterism.vcs.merge.similarity import pair_files
from asterism.vcs.unified import FileDiff, encode
from asterism.vcs.unified.writer import compare

GONE = "A tree of this review is not stored any more."


@dataclass(frozen=True, slots=True)
class Pair:
    """One file on both sides; None where it is not there. A renamed one has two paths."""

    old: Entry | None
    new: Entry | None

    @property
    def path(self) -> str:
        """The path people know it by."""
        return self.new.path if self.new is not None else self.old.path if self.old is not None else ""

    @property
    def sides(self) -> tuple[Entry, ...]:
        """What there is."""
        return tuple(side for side in (self.old, self.new) if side is not None)


def change_of(contents: sync.Contents, base: str | None, tree: str, options: Options) -> Change:
    """Read what leads from one stored tree to another, None being the empty one; for a worker thread.

    What a review of a checkout skips is skipped, and what is not stored, or too large to be compared, as well. Raises
    ReviewFailed when there is nothing to review, or too much of it.
    """
    try:
        with contents.db.read() as tx:
            changes = storage.changes(tx, contents.user_id, base, tree)
    except storage.UnknownManifest as error:
        raise ReviewFailed("GENERATION_FAILED", GONE) from error
    skipped: list[Skip] = []
    pairs = _pairs(changes, contents, skipped)
    files = list(_files(pairs, contents, skipped))
    snapshot = git.Snapshot("files", b"", tuple(files), head=None, branch=None)
    return collection.from_snapshot(snapshot, options, skipped)


def _pairs(changes: Sequence[trees.Change], contents: sync.Contents, skipped: list[Skip]) -> list[Pair]:
    """Put both names of renamed files together; what its name alone leaves out, and what is no file, is skipped."""
    chosen = []
    for change in changes:
        entry = change.new or change.old
        reason = "symlink" if entry is not None and entry.type == "symlink" else skips.by_name(change.path)
        if reason is None:
            chosen.append(change)
        else:
            skipped.append(Skip(git.printable(change.path), reason))
    if len(chosen) > CANDIDATES:
        text = f"{len(chosen)} changed files are more than the limit of {CANDIDATES}."
        raise ReviewFailed("GENERATION_FAILED", text)
    vanished = [one.old for one in chosen if one.kind == "deleted" and one.old is not None]
    appeared = [one.new for one in chosen if one.kind == "added" and one.new is not None]
    renames = pair_files(vanished, appeared, contents.read, edited=True)
    old_entries = {one.path: one for one in vanished}
    sources = {new: old_entries[old] for old, new in renames.items()}
    return [
        Pair(sources.get(one.path) if one.kind == "added" else _file(one.old), one.new)
        for one in chosen
        if one.path not in renames
    ]


def _file(entry: Entry | None) -> Entry | None:
    return entry if entry is not None and entry.type == "file" else None


def _files(pairs: Sequence[Pair], contents: sync.Contents, skipped: list[Skip]) -> Iterator[git.SnapshotFile]:
    """Read and compare the files; those that cannot be are skipped."""
    small = []
    for pair in pairs:
        if any(side.size > MAX_BYTES for side in pair.sides):
            skipped.append(Skip(git.printable(pair.path), "too-large"))
        else:
            small.append(pair)
    if sum(side.size for pair in small for side in pair.sides) > READ_BYTES:
        text = f"The changed files are larger together than the limit of {READ_BYTES} bytes."
        raise ReviewFailed("GENERATION_FAILED", text)
    blobs = contents.read(sorted({side.hash for pair in small for side in pair.sides}))
    for pair in small:
        if any(side.hash not in blobs for side in pair.sides):
            skipped.append(Skip(git.printable(pair.path), "unreadable"))
            continue
        try:
            yield _compared(pair, blobs)
        except TooManyLines:
            skipped.append(Skip(git.printable(pair.path), "too-large"))


def _compared(pair: Pair, blobs: Mapping[str, bytes]) -> git.SnapshotFile:
    """Compare both sides of a file. Raises TooManyLines."""
    old, new = (None if side is None else blobs[side.hash] for side in (pair.old, pair.new))
    if not all(is_text(side) for side in (old, new) if side is not None):
        blank = compare(pair.path, b"" if old is not None else None, b"" if new is not None else None)
        return git.SnapshotFile(_named(replace(blank, binary=True), pair), b"", None)
    diff = _named(compare(pair.path, old, new), pair)
    return git.SnapshotFile(diff, encode(diff.render()), new)


def _named(diff: FileDiff, pair: Pair) -> FileDiff:
    if pair.old is None or pair.new is None or pair.old.path == pair.new.path:
        return diff
    return replace(diff, old_path=pair.old.path, operation="rename")
