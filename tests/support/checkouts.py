"""Real git checkouts for tests, made with the plain git program and none of our code."""

import os
import subprocess
from pathlib import Path

IDENTITY = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_AUTHOR_DATE": "2026-02-04T12:00:00Z",
    "GIT_COMMITTER_DATE": "2026-02-04T12:00:00Z",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_ALLOW_PROTOCOL": "file",
    "LC_ALL": "C",
}


def git(folder: Path, *arguments: str, check: bool = True, stdin: str = "", **extra: str) -> str:
    """Run plain git in `folder` with a fixed identity; return its standard output as text."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)} | IDENTITY | extra
    given = os.fsencode(stdin)
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=environment, input=given, capture_output=True, check=False
    )
    if check and done.returncode:
        raise RuntimeError(f"git {arguments}: {done.stderr.decode(errors='replace')}")
    return os.fsdecode(done.stdout)


def make_repository(folder: Path, files: dict[str, str] | None = None) -> Path:
    """Make a repository on branch main; with `files`, commit them. Returns the canonical folder."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q", "-b", "main")
    if files is not None:
        write(folder, files)
        git(folder, "add", "-A")
        git(folder, "commit", "-q", "--allow-empty", "-m", "first")
    return folder.resolve()


def write(folder: Path, files: dict[str, str]) -> None:
    """Write text files, making their folders; line ends stay as they are."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.fsencode(text))
