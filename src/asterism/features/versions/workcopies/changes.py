"""What a turn changed, for people: counts of lines, one sentence, and whether a snapshot is due. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from asterism.base.clock import shift
from asterism.features.versions.workcopies.models import FileChange, FileChangeKind
from asterism.vcs.diff import Change
from asterism.vcs.linediff import changed_spans, is_text, split_lines, within_limits
from asterism.vcs.manifest import Entry

SENTENCE_CHARACTERS = 200
QUIET_SECONDS = 600
FEW_FILES, FEW_BYTES = 2, 5 * 1024
MANY_FILES, MANY_BYTES = 10, 50 * 1024


@dataclass(frozen=True, slots=True)
class Counted:
    """A change with its lines counted, and how many bytes differ."""

    change: FileChange
    size: int


def count(old: Entry | None, new: Entry | None, contents: Mapping[str, bytes]) -> Counted:
    """Describe how one path changed; contents that are not given are not compared by lines.

    At least one side is there. A link counts as one line.
    """
    entry = new or old
    if entry is None:
        raise ValueError("neither side is there")
    kind: FileChangeKind = "added" if old is None else "deleted" if new is None else "modified"
    sides = [_content(side, contents) for side in (old, new)]
    whole = max(side.size for side in (old, new) if side is not None)
    before, after = sides
    if before is None or after is None or not all(is_text(side) and within_limits(side) for side in (before, after)):
        return Counted(FileChange(entry.path, kind), whole)
    spans = changed_spans(before, after)
    lines = (split_lines(before), split_lines(after))
    size = sum(
        max(_bytes(lines[0][span.old_start : span.old_end]), _bytes(lines[1][span.new_start : span.new_end]))
        for span in spans
    )
    additions = sum(span.new_end - span.new_start for span in spans)
    deletions = sum(span.old_end - span.old_start for span in spans)
    return Counted(FileChange(entry.path, kind, additions, deletions), size)


def _content(entry: Entry | None, contents: Mapping[str, bytes]) -> bytes | None:
    if entry is None:
        return b""
    return entry.target.encode() if entry.type == "symlink" else contents.get(entry.hash)


def _bytes(lines: Iterable[bytes]) -> int:
    return sum(map(len, lines))


def described(changes: Iterable[Change]) -> list[FileChange]:
    """Say of each change what became of its file, without counting lines; another mode or type is a modification."""
    kinds: Mapping[str, FileChangeKind] = {"added": "added", "deleted": "deleted"}
    return [FileChange(one.path, kinds.get(one.kind, "modified")) for one in changes]


def sentence(changes: Sequence[FileChange]) -> str:
    """Say in one sentence what changed (Fastest 8.6): `Added 2, changed 1 and deleted 1 file: a.py, b.py, …`."""
    words = {"added": "added", "modified": "changed", "deleted": "deleted"}
    counts = [(word, sum(one.change == kind for one in changes)) for kind, word in words.items()]
    parts = [f"{word} {number}" for word, number in counts if number]
    if not parts:
        return "Changed nothing."
    last = next(number for _, number in reversed(counts) if number)
    joined = " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
    text = f"{joined[0].upper()}{joined[1:]} {'file' if last == 1 else 'files'}: "
    names = [one.path for one in changes]
    shown: list[str] = []
    while names and len(text) + len(", ".join([*shown, names[0]])) <= SENTENCE_CHARACTERS - 3:
        shown.append(names.pop(0))
    if not shown:  # one path fills the sentence
        return f"{text}{names[0][: SENTENCE_CHARACTERS - len(text) - 1]}…"
    return text + ", ".join(shown) + (", …" if names else "")


def snapshot_is_due(
    changes: Sequence[FileChange], changed_bytes: int, *, last_snapshot_at: str | None, now: str
) -> bool:
    """Say whether a turn is followed by an automatic snapshot (Fastest 8.6). Times are RFC 3339 in UTC."""
    if not changes:
        return False
    if last_snapshot_at is None:
        return True
    if last_snapshot_at > shift(now, seconds=-QUIET_SECONDS):
        return len(changes) >= MANY_FILES or changed_bytes >= MANY_BYTES
    structural = any(one.change != "modified" for one in changes)
    return structural or len(changes) >= FEW_FILES or changed_bytes >= FEW_BYTES
