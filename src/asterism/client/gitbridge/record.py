"""What the last import set, so that the next one can tell what git moved from what a person moved.

One file for all projects beside the saved sign-ins. Without it nothing is lost: a head that an import made counts as
one that git moved.
"""

import os
from contextlib import suppress
from pathlib import Path

import msgspec


class Made(msgspec.Struct):
    """What a branch or tag became: a workspace's id or a tag's name, and the snapshot it was set to."""

    name: str
    snapshot_id: str


class Imports(msgspec.Struct):
    """What branches and tags became, by their names in git."""

    branches: dict[str, Made] = {}
    tags: dict[str, Made] = {}


def load(path: Path, key: str) -> Imports:
    """Return what is recorded of a project, nothing when the file is not there or cannot be read."""
    return _all(path).get(key) or Imports()


def save(path: Path, key: str, imports: Imports) -> None:
    """Record what was made of a project. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    scratch = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.encode(_all(path) | {key: imports}))
        os.replace(scratch, path)
    except OSError:
        with suppress(OSError):
            scratch.unlink()
        raise


def _all(path: Path) -> dict[str, Imports]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Imports])
    except (OSError, msgspec.MsgspecError):
        return {}
