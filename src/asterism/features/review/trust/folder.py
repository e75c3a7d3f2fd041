"""The folder `.stargazer` that a trusted project gets (Stargazer [3.10]).

Other tools keep files of the same names there. Theirs is kept: `project.json` is only completed or brought up to date,
and only where it is ours or says nothing about who wrote it. Nothing in it is ever believed.
"""

import contextlib
import os
import secrets
import stat
from pathlib import Path
from typing import Any

import msgspec
import structlog

from asterism.features.review.trust.models import LocalProject

NAME = ".stargazer"
LARGEST = 1 << 20

log = structlog.get_logger("asterism.trust")


def mark_project(project: LocalProject) -> None:
    """Write `project.json` and an all-ignoring `.gitignore`, modes 0600 in 0700. A failure is logged, not raised."""
    facts = {"projectId": project.id, "repoRoot": str(project.root), "createdAt": project.created_at}
    try:
        folder = _open_folder(project.root)
        try:
            if (merged := _merged(folder, facts)) is not None:
                _write(folder, "project.json", msgspec.json.encode(merged) + b"\n")
            if not _exists(folder, ".gitignore"):
                _write(folder, ".gitignore", b"*\n")
        finally:
            os.close(folder)
    except OSError as error:
        log.warning("project folder not written", project_id=project.id, problem=error.strerror)


def _open_folder(root: Path) -> int:
    """Make the folder if it is missing and open it; a symlink or a file in its place is an OSError."""
    path = root / NAME
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)


def _merged(folder: int, facts: dict[str, str]) -> dict[str, Any] | None:
    """Return what `project.json` is to hold; None when it is another's, or holds it already."""
    if not _exists(folder, "project.json"):
        return dict(facts)
    there = _read(folder, "project.json")
    if there is None or there.get("projectId", facts["projectId"]) != facts["projectId"]:
        return None
    merged = {**there, **facts}
    return None if merged == there else merged


def _exists(folder: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _read(folder: int, name: str) -> dict[str, Any] | None:
    """Read an object of JSON; None for anything else. Raises OSError."""
    handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return None
        data = file.read(LARGEST + 1)
    try:
        return msgspec.json.decode(data, type=dict[str, Any]) if len(data) <= LARGEST else None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _write(folder: int, name: str, data: bytes) -> None:
    draft = f".{name}.{secrets.token_hex(6)}"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.rename(draft, name, src_dir_fd=folder, dst_dir_fd=folder)
    except OSError:
        os.unlink(draft, dir_fd=folder)
        raise
