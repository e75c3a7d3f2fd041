"""Which changed files are not worth a review, and why (Stargazer 5.4). Pure."""

import posixpath
from collections.abc import Collection, Sequence
from fnmatch import fnmatch

from asterism.features.review.findings import ReviewedFile
from asterism.features.review.inspection.models import FILE_DIFF_BYTES

LOCKFILES = frozenset(
    """package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lock bun.lockb deno.lock Cargo.lock
    poetry.lock uv.lock pdm.lock Pipfile.lock composer.lock Gemfile.lock go.sum mix.lock pubspec.lock Podfile.lock
    packages.lock.json gradle.lockfile flake.lock .terraform.lock.hcl""".split()  # noqa: SIM905 - reads as the rule does
)
_GENERATED = (
    "*.min.js", "*.min.css", "*.map", "*_pb2.py", "*_pb2_grpc.py", "*.pb.go", "*.g.dart", "*.generated.*", "*.snap",
)  # fmt: skip
_VENDORED = frozenset({"node_modules", "vendor", "third_party"})
_MARKS = ("@generated", "DO NOT EDIT")
_HEAD_LINES = 5
_LONG_LINE = 500
_NUL_WINDOW = 8192


def by_name(path: str, *, generated: bool | None = None, vendored: bool | None = None) -> str | None:
    """Return the reason that the path alone gives; attributes that are set or unset override the names."""
    name = posixpath.basename(path)
    if name in LOCKFILES:
        return "lockfile"
    if generated or (generated is None and any(fnmatch(name, glob) for glob in _GENERATED)):
        return "generated"
    if vendored or (vendored is None and not _VENDORED.isdisjoint(path.split("/")[:-1])):
        return "vendored"
    return None


def by_text(file: ReviewedFile, *, generated: bool | None = None) -> str | None:
    """Return `generated` when the head of the text says so, or its added lines are absurdly long on average."""
    if generated is False:
        return None
    head = (file.lines or ())[:_HEAD_LINES]
    if any(mark in line for line in head for mark in _MARKS):
        return "generated"
    added = [len(line.text) for line in file.diff.new_lines.values() if line.kind == "added"]
    return "generated" if added and sum(added) / len(added) > _LONG_LINE else None


def by_form(*, kind: str, binary: bool, has_hunks: bool, moved: bool, content: bytes | None) -> str | None:
    """Return the reason that the kind of entry gives: no text there, or no change in it."""
    if kind in {"submodule", "symlink"}:
        return kind
    if binary or (content is not None and b"\0" in content[:_NUL_WINDOW]):
        return "binary"
    if not has_hunks:
        return "rename-only" if moved else "mode-only"
    return None


def too_large(patch_bytes: int) -> bool:
    """Whether one file has more diff than a review takes."""
    return patch_bytes > FILE_DIFF_BYTES


def selects(files: Sequence[str], path: str, old_path: str | None) -> bool:
    """Whether the `files` filter takes this file: exactly, by its rename source, or below a folder ([5.7])."""
    if not files:
        return True
    return any(
        candidate == wanted or (wanted.endswith("/") and candidate.startswith(wanted))
        for wanted in files
        for candidate in (path, old_path)
        if candidate is not None
    )


def named_exactly(files: Collection[str], path: str) -> bool:
    """Whether the caller named this very file, which lifts the name rules ([5.10])."""
    return path in files
