"""A posted diff as a change under review: nothing but its text is known (Stargazer 10)."""

import hashlib

from asterism.features.review.findings import ReviewedFile
from asterism.features.review.inspection import skips
from asterism.features.review.inspection.collection import check_size
from asterism.features.review.inspection.errors import NoDiff
from asterism.features.review.inspection.models import Change, Skip
from asterism.vcs.unified import DiffError, FileDiff, parse


def require_diff(diff: str) -> None:
    """Raise NoDiff when a text holds no file diff, or names a file in no way that can be read."""
    _parsed(diff)


def _parsed(diff: str) -> list[FileDiff]:
    try:
        parsed = parse(diff)
    except DiffError as error:
        raise NoDiff(f"The text is no unified diff: {error}.") from error
    if not parsed:
        raise NoDiff("The text holds no unified diff of any file.")
    return parsed


def change_of(diff: str) -> Change:
    """Parse a posted diff. Raises NoDiff when it holds no file diff, ReviewFailed when it is too large."""
    parsed = _parsed(diff)
    files: dict[str, ReviewedFile] = {}
    skipped: list[Skip] = []
    size = 0
    for entry in sorted(parsed, key=lambda one: one.path.encode("utf-8", "replace")):
        file = ReviewedFile(entry, _whole(entry))
        bytes_of = sum(len(hunk.render().encode("utf-8", "replace")) for hunk in entry.hunks)
        reason = _reason(file, bytes_of)
        if reason is not None or entry.path in files:
            skipped.append(Skip(entry.path, reason or "unreadable"))
            continue
        files[entry.path] = file
        size += bytes_of
    check_size(len(files), size)
    digest = hashlib.sha256(diff.encode("utf-8", "replace")).hexdigest()
    return Change(tuple(files.values()), tuple(skipped), None, None, digest, size)


def _reason(file: ReviewedFile, size: int) -> str | None:
    diff = file.diff
    if diff.conflicted:
        return "conflicted"
    kind = {"160000": "submodule", "120000": "symlink"}.get(diff.new_mode or diff.old_mode or "", "file")
    nul = any("\0" in line.text for hunk in diff.hunks for line in hunk.lines)
    form = skips.by_form(
        kind=kind,
        binary=diff.binary or nul,
        has_hunks=bool(diff.hunks),
        moved=diff.operation in {"rename", "copy"},
        content=None,
    )
    if form is not None:
        return form
    return skips.by_name(diff.path) or ("too-large" if skips.too_large(size) else skips.by_text(file))


def _whole(diff: FileDiff) -> str | None:
    """Return the new text when the diff holds all of it: a new file's."""
    if diff.operation != "add" or len(diff.hunks) != 1 or diff.hunks[0].old_count:
        return None
    return diff.apply("")
