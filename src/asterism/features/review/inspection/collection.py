"""From git's snapshot to the change under review: decoded, filtered, skips named (Stargazer 5.3, 5.4)."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from asterism.features.review.findings import ReviewedFile
from asterism.features.review.inspection import skips
from asterism.features.review.inspection.errors import ReviewFailed
from asterism.features.review.inspection.models import FILES, TOTAL_DIFF_BYTES, Change, Mode, Options, Skip
from asterism.kernel import git
from asterism.vcs.unified import FileDiff, Hunk, encode

_SHOWN = 10
_NOTHING = {
    "staged": "No staged changes to review.",
    "unstaged": "No unstaged changes to review.",
    "files": "No changes to review.",
}


def collect(
    program: git.Git,
    root: Path,
    options: Options,
    *,
    run_commands: bool,
    expect: Callable[[Sequence[str]], None] | None = None,
) -> Change:
    """Read the snapshot of `root` once; blocks. Raises ReviewFailed when there is nothing to review or too much.

    `expect` is told early which paths the change may hold.
    """
    checkout = git.Checkout(program, root, allow_filters=run_commands)

    def examine(path: str) -> bool:
        named = skips.named_exactly(options.files, path)
        return skips.selects(options.files, path, None) and (named or skips.by_name(path) is None)

    def named(paths: Sequence[str]) -> None:
        if expect is not None:
            expect([path for path in paths if skips.selects(options.files, path, None)])

    try:
        snapshot = git.take_snapshot(checkout, options.mode, base=options.base, examine=examine, named=named)
    except git.OverLimit as error:
        raise ReviewFailed("GENERATION_FAILED", error.message) from error
    except git.CommandFailed as error:
        raise ReviewFailed("GENERATION_FAILED", f"The diff could not be collected. {error.message}") from error
    return from_snapshot(snapshot, options)


def from_snapshot(snapshot: git.Snapshot, options: Options, beside: Sequence[Skip] = ()) -> Change:
    """Decode and filter a snapshot; `beside` are files that changed too and that its taker has left out.

    Raises ReviewFailed `NO_DIFF` or `GENERATION_FAILED`.
    """
    skipped = [Skip(git.printable(path), "conflicted") for path in snapshot.conflicted if _chosen(options, path)]
    skipped += beside
    for path in snapshot.unread:
        reason = skips.by_name(path)
        if reason is not None and _chosen(options, path):
            skipped.append(Skip(git.printable(path), reason))
    files: list[ReviewedFile] = []
    raw_paths: dict[str, str] = {}
    digest = hashlib.sha256()
    size = 0
    for entry in sorted(snapshot.files, key=lambda one: encode(one.path)):
        if not skips.selects(options.files, entry.path, entry.diff.old_path):
            continue
        digest.update(entry.patch)
        reason, file = judge(entry, options.files)
        if file is None:
            skipped.append(Skip(git.printable(entry.path), reason))
            continue
        files.append(file)
        size += len(entry.patch)
        if file.path != entry.path:
            raw_paths[file.path] = entry.path
    skipped.sort(key=lambda skip: skip.file.encode())
    _check(files, skipped, size, options.mode, filtered=bool(options.files))
    return Change(tuple(files), tuple(skipped), snapshot.head, snapshot.branch, digest.hexdigest(), size, raw_paths)


def _chosen(options: Options, path: str) -> bool:
    return skips.selects(options.files, path, None)


def judge(entry: git.SnapshotFile, named: tuple[str, ...]) -> tuple[str, ReviewedFile | None]:
    """Return the reason to skip an entry, or the file to review (with an empty reason)."""
    diff = entry.diff
    moved = diff.operation in {"rename", "copy"}
    form = skips.by_form(
        kind=entry.kind, binary=diff.binary, has_hunks=bool(diff.hunks), moved=moved, content=entry.content
    )
    if form is not None:
        return form, None
    marks = entry.attributes
    exact = skips.named_exactly(named, entry.path)
    name = None if exact else skips.by_name(entry.path, generated=marks.generated, vendored=marks.vendored)
    if name is not None:
        return name, None
    if skips.too_large(len(entry.patch)):
        return "too-large", None
    if entry.content is None and diff.operation != "delete":
        return "unreadable", None
    file = decoded(diff, entry.content)
    text = None if exact else skips.by_text(file, generated=marks.generated)
    return (text, None) if text is not None else ("", file)


def decoded(diff: FileDiff, content: bytes | None) -> ReviewedFile:
    """Read a file as UTF-8, else as Latin-1; diff and text agree on which."""
    shown = replace(diff, old_path=_shown(diff.old_path), new_path=_shown(diff.new_path))
    lines = (line.text for hunk in diff.hunks for line in hunk.lines)
    try:
        text = None if content is None else content.decode("utf-8")
        if all(_is_scalar(line) for line in lines):
            return ReviewedFile(shown, text)
    except UnicodeDecodeError:
        pass
    text = None if content is None else content.decode("latin-1")
    return ReviewedFile(replace(shown, hunks=tuple(_latin(hunk) for hunk in diff.hunks)), text)


def _shown(path: str | None) -> str | None:
    return None if path is None else git.printable(path)


def _is_scalar(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text)


def _latin(hunk: Hunk) -> Hunk:
    lines = tuple(line._replace(text=encode(line.text).decode("latin-1")) for line in hunk.lines)
    return replace(hunk, lines=lines, section=encode(hunk.section).decode("latin-1"))


def _check(files: list[ReviewedFile], skipped: list[Skip], size: int, mode: Mode, *, filtered: bool) -> None:
    if not files and skipped:
        names = ", ".join(f"{skip.file} ({skip.reason})" for skip in skipped[:_SHOWN])
        more = f" and {len(skipped) - _SHOWN} more" if len(skipped) > _SHOWN else ""
        raise ReviewFailed("NO_DIFF", f"Nothing to review: every changed file is skipped: {names}{more}.")
    if not files:
        raise ReviewFailed("NO_DIFF", "None of the chosen files has changes." if filtered else _NOTHING[mode])
    check_size(len(files), size)


def check_size(files: int, size: int) -> None:
    """Raise ReviewFailed when a change is larger than a review takes."""
    if files > FILES:
        raise ReviewFailed("GENERATION_FAILED", f"{files} changed files are more than the limit of {FILES}.")
    if size > TOTAL_DIFF_BYTES:
        raise ReviewFailed(
            "GENERATION_FAILED", f"The diff of {size} bytes is larger than the limit of {TOTAL_DIFF_BYTES} bytes."
        )
