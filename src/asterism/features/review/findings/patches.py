"""Suggested patches: kept only when they apply exactly (Stargazer [5.39]), and made from a tool's edits."""

from dataclasses import dataclass

from asterism.features.review.findings.reviewed import ReviewedFile
from asterism.vcs import unified
from asterism.vcs.linediff import TooManyLines

PATCH_LIMIT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Replacement:
    """Lines `start..end` of the new side become `lines`; all within one hunk of the patch."""

    start: int
    end: int
    lines: tuple[str, ...]


def checked(patch: object, file: ReviewedFile) -> str | None:
    """Return `patch` when it is a unified diff of this one file that applies to its new text exactly, else None."""
    parsed = parse_for(patch, file)
    if parsed is None or not isinstance(patch, str):
        return None
    return patch if patch.endswith("\n") else patch + "\n"


def parse_for(patch: object, file: ReviewedFile) -> unified.FileDiff | None:
    """Parse a patch and try it on the file; None when it is no diff, of another file, or does not apply."""
    if not isinstance(patch, str) or not patch.strip() or len(patch) > PATCH_LIMIT or file.deleted:
        return None
    try:
        files = unified.parse(patch if patch.endswith("\n") else patch + "\n", strict=True)
        if len(files) != 1 or not files[0].hunks or files[0].new_path != file.path:
            return None
        if files[0].operation != "modify":
            return None
        if file.new_text is not None:
            if files[0].apply(file.new_text) == file.new_text:
                return None
        elif not _fits_hunks(files[0], file):
            return None
    except unified.DiffError:
        return None
    return files[0]


def _fits_hunks(patch: unified.FileDiff, file: ReviewedFile) -> bool:
    """Whether every old line of the patch is a new-side line that the diff shows with the same text."""
    return all(
        line.old is None or ((shown := file.diff.new_lines.get(line.old)) is not None and shown.text == line.text)
        for hunk in patch.hunks
        for line in hunk.lines
    )


def between(path: str, old: str, new: str) -> str | None:
    """Write the unified diff from `old` to `new` of the file `path`, None when they are equal.

    None too for texts that a patch could not speak of without doubt: a line end other than LF, or none at the end.
    """
    if old == new or not all(_plain(text) for text in (old, new)):
        return None
    try:
        return unified.compare(path, unified.encode(old), unified.encode(new)).render()
    except TooManyLines:
        return None


def _plain(text: str) -> bool:
    return text.endswith("\n") and len(text.splitlines()) == text.count("\n")


def replacement(patch: object, file: ReviewedFile) -> Replacement | None:
    """Return the one block of new-side lines that the patch replaces, None unless it is a single block.

    A pure insertion is widened by the line before it (or behind it, at the top), because a suggestion replaces lines.
    """
    parsed = parse_for(patch, file)
    if parsed is None or len(parsed.hunks) != 1:
        return None
    lines = parsed.hunks[0].lines
    changed = [index for index, line in enumerate(lines) if line.kind != "context"]
    if not changed:
        return None
    first, last = changed[0], changed[-1]
    if all(line.kind == "added" for line in lines[first : last + 1]):
        if first > 0:
            first -= 1
        elif last + 1 < len(lines):
            last += 1
        else:
            return None
    block = lines[first : last + 1]
    numbers = [line.old for line in block if line.old is not None]
    return Replacement(min(numbers), max(numbers), tuple(line.text for line in block if line.kind != "deleted"))
