"""Merging three files of this machine."""

import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asterism.base.errors import Invalid, NotFound
from asterism.cli.output import count
from asterism.vcs.linediff import MAX_BYTES
from asterism.vcs.lines import merge_lines, with_markers
from asterism.vcs.merge import Combined, combine

_REASONS = {
    "binary": "it is not text; OURS was left as it is",
    "too_large": "it is too large to merge; OURS was left as it is",
}


@dataclass(frozen=True, slots=True)
class Merged:
    """The outcome. `result` is None where there is nothing to write; `reason` says why it is no clean merge."""

    combined: Combined
    result: bytes | None
    reason: str | None

    def summary(self) -> dict[str, Any]:
        """Return the object of `--json`; of lines the first is 1, and the end is the line behind the last."""
        regions = [
            {
                "base": [region.base_start + 1, region.base_end + 1],
                "ours": [region.ours_start + 1, region.ours_end + 1],
                "theirs": [region.main_start + 1, region.main_end + 1],
            }
            for region in self.combined.regions
        ]
        return {
            "clean": self.reason is None,
            "method": None if self.combined.content is None else self.combined.method,
            "proof": list(self.combined.proof),
            "kind": None if self.combined.content is not None else self.combined.kind,
            "conflicts": regions,
        }


def merge_paths(base: Path, ours: Path, theirs: Path, name: str) -> Merged:
    """Merge three files. Raises NotFound or Invalid for one that cannot be read."""
    contents = [_read(path) for path in (base, ours, theirs)]
    if any(content is None for content in contents):
        return Merged(Combined(None, kind="too_large"), None, _REASONS["too_large"])
    one, two, three = (content or b"" for content in contents)
    combined = combine(name, one, two, three)
    if combined.content is not None:
        return Merged(combined, combined.content, None)
    if combined.kind in _REASONS:
        return Merged(combined, None, _REASONS[combined.kind])
    lines = merge_lines(one, two, three)
    marked = with_markers(lines, one, two, three)
    return Merged(combined, marked, f"{count(len(lines.regions), 'conflict')} left")


def _read(path: Path) -> bytes | None:
    """Return a file's content, None when it is larger than what is ever merged."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise NotFound(f"There is no file {path}.", hint="Name three files: BASE OURS THEIRS.") from None
    except IsADirectoryError:
        raise Invalid(f"{path} is a folder.", hint="Name three files: BASE OURS THEIRS.") from None
    return content if len(content) <= MAX_BYTES else None


def write_result(content: bytes, output: Path | None) -> None:
    """Write the result to standard output or to a file, which is replaced as a whole: OUT may be one of the inputs."""
    if output is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    place = output.resolve()
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, place.stat().st_mode & 0o777 if place.exists() else 0o666 & ~_umask())
        os.replace(name, place)
    except BaseException:
        os.unlink(name)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
