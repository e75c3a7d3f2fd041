"""Making a program git's merge driver in one repository, and undoing it.

The repository's own configuration names the driver, `info/attributes` the files it is for; neither is committed.
"""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from asterism.kernel.git.errors import CommandFailed
from asterism.kernel.git.place import find_place
from asterism.kernel.git.program import Git

DRIVER = "asterism"
_BEGIN, _END = "# asterism merge driver: begin", "# asterism merge driver: end"
_SECONDS = 30.0
_OUTPUT = 1 << 20


def install_merge_driver(git: Git, folder: Path, command: str, patterns: Sequence[str]) -> Path:
    """Make `command` (with git's %O %A %B %P) the driver for files of these patterns; return the attributes file.

    Installing again replaces what was installed. Raises NotGitRepo, GitNotFound or CommandFailed.
    """
    common = find_place(folder.resolve()).common_dir
    _configure(git, common, f"merge.{DRIVER}.name", "merge by structure")
    _configure(git, common, f"merge.{DRIVER}.driver", command)
    lines = [_BEGIN, *(f"{pattern} merge={DRIVER}" for pattern in patterns), _END]
    return _replace_block(common, lines)


def remove_merge_driver(git: Git, folder: Path) -> Path:
    """Undo `install_merge_driver`; fine where nothing is installed."""
    common = find_place(folder.resolve()).common_dir
    place = _replace_block(common, [])
    _git_config(git, common, "--remove-section", f"merge.{DRIVER}", accept=(0, 128))
    return place


def _configure(git: Git, common: Path, name: str, value: str) -> None:
    _git_config(git, common, "--replace-all", name, value)


def _git_config(git: Git, common: Path, *arguments: str, accept: Sequence[int] = (0,)) -> None:
    outcome = git.run(
        ["config", "--file", str(common / "config"), *arguments],
        cwd=common,
        environment=git.environment,
        timeout=_SECONDS,
        max_output=_OUTPUT,
    )
    if outcome.returncode not in accept:
        said = outcome.stderr.decode("utf-8", "replace").strip()
        raise CommandFailed(
            f"git config failed: {said or outcome.returncode}", hint="Is the repository yours to change?"
        )


def _replace_block(common: Path, lines: Sequence[str]) -> Path:
    """Write our lines into `info/attributes` in place of those of before; the rest of the file stays."""
    place = common / "info" / "attributes"
    old = place.read_bytes() if place.exists() else b""
    begin, end = f"{_BEGIN}\n".encode(), f"{_END}\n".encode()
    before, found, rest = old.partition(begin)
    kept = before + rest.partition(end)[2] if found else old
    block = "".join(f"{line}\n" for line in lines).encode()
    if block and kept and not kept.endswith(b"\n"):
        kept += b"\n"
    if kept + block != old:
        place.parent.mkdir(exist_ok=True)
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=".attributes.")
        with os.fdopen(handle, "wb") as file:
            file.write(kept + block)
        os.chmod(name, 0o644)
        os.replace(name, place)
    return place
