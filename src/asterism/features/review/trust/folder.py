"""The folder `.stargazer` that a trusted project gets (Stargazer [3.10]). It is written and never read."""

import contextlib
import os
import secrets
from pathlib import Path

import msgspec
import structlog

from asterism.features.review.trust.models import LocalProject

NAME = ".stargazer"

log = structlog.get_logger("asterism.trust")


def mark_project(project: LocalProject) -> None:
    """Write `project.json` and an all-ignoring `.gitignore`, modes 0600 in 0700. A failure is logged, not raised."""
    facts = {"projectId": project.id, "repoRoot": str(project.root), "createdAt": project.created_at}
    try:
        folder = _open_folder(project.root)
        try:
            _write(folder, "project.json", msgspec.json.encode(facts) + b"\n")
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
