"""Merging the content of one file that both sides changed: by lines, then by structure, else it is to be decided."""

from collections.abc import Callable
from dataclasses import dataclass

from asterism.vcs.lines import Region, merge_lines, mergeable
from asterism.vcs.merge.models import DecisionKind, Method
from asterism.vcs.structure import merge_structure


@dataclass(frozen=True, slots=True)
class Combined:
    """A merged content with how it was made and what was proven of it; or, without content, what is to be decided."""

    content: bytes | None
    method: Method = "lines"
    proof: tuple[str, ...] = ()
    kind: DecisionKind = "content"
    regions: tuple[Region, ...] = ()


Combine = Callable[[str, bytes, bytes, bytes], Combined]
"""Takes path, base, ours and main."""


def combine(path: str, base: bytes, ours: bytes, main: bytes) -> Combined:
    """Merge three contents of the file at `path`, whose name tells its language. Fastest 5.5."""
    state = mergeable(base, ours, main)
    if state != "text":
        return Combined(None, kind=state)
    merged = merge_lines(base, ours, main)
    if merged.content is not None:
        return Combined(merged.content)
    if is_lock_file(path):
        return Combined(None, kind="lockfile", regions=merged.regions)
    structured = merge_structure(path, base, ours, main)
    if structured is not None:
        return Combined(structured.content, "structure", structured.proof)
    return Combined(None, regions=merged.regions)


_LOCK_FILES = frozenset(
    {"package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "uv.lock", "poetry.lock", "Cargo.lock"}
)


def is_lock_file(path: str) -> bool:
    """Say whether a file is written by a package manager, which alone can join two versions of it."""
    return path.rpartition("/")[2] in _LOCK_FILES
