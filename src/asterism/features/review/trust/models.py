"""Projects of the local app, and what the owner allows in them (Stargazer 0.7, 3.3)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

TrustMode = Literal["persistent", "session"]


@dataclass(frozen=True, slots=True)
class LocalProject:
    """A folder that was once used as a project root; `id` is a UUIDv4, `root` its canonical path."""

    id: str
    root: Path
    created_at: str


@dataclass(frozen=True, slots=True)
class Trust:
    """What the owner allows in one project. `trusted_at` is a stamp; `mode` says whether it survives a restart."""

    project_id: str
    root: Path
    trusted_at: str
    read_files: bool
    run_commands: bool
    mode: TrustMode
