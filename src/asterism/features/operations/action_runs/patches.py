"""The patch of a run, for people to read: applying never parses it (Fastest 9.4)."""

from collections.abc import Iterator, Sequence

from asterism.vcs.diff import Change
from asterism.vcs.merge import Read
from asterism.vcs.patch import Patch, patches
from asterism.vcs.unified import encode, quote

MAX_PATCH = 4_000_000
"""Characters of a patch that are kept; what is beyond is told as a line."""


def patch_text(changes: Sequence[Change], read: Read) -> str:
    """Return changes as a unified diff in git's form, without renames; every file is named by a `+++` line."""
    lines: list[str] = []
    size = 0
    for number, patch in enumerate(patches(changes, read)):
        text = "\n".join(_lines(patch))
        size += len(text) + 1
        if size > MAX_PATCH:
            lines.append(f"… and {len(changes) - number} more")
            break
        lines.append(text)
    whole = "\n".join(lines) + "\n" if lines else ""
    return storable(encode(whole).decode("utf-8", "replace"))


def storable(text: str) -> str:
    """Return a text that every database takes: without NUL and lone surrogates."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _lines(patch: Patch) -> Iterator[str]:
    if patch.lines is not None and patch.lines.hunks:
        yield from (*patch.head(), *patch.body())
        return
    *headers, last = patch.headers  # a client finds a file by its `+++` line, which git leaves out here
    said = last.startswith("Binary files ")
    yield from headers if said else patch.headers
    gone = any(header.startswith("deleted file") for header in patch.headers)
    came = any(header.startswith("new file") for header in patch.headers)
    yield f"--- {'/dev/null' if came else quote(f'a/{patch.path}')}"
    yield f"+++ {'/dev/null' if gone else quote(f'b/{patch.path}')}"
    if said:
        yield last
