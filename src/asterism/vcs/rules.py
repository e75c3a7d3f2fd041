"""What makes a manifest valid (Fastest 7.3), with every reason when it is not.

There are two ways through the rules, and a property test holds them equal: `suspicious` looks at all entries at once
with a few passes in C (a manifest may hold 200,000), and only when it finds something does `check` go entry by entry
and name the reasons.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Protocol, TypeAlias

from asterism.base.errors import Invalid, TooLarge
from asterism.vcs.protected_names import is_disguised, may_be_disguised

MAX_ENTRIES = 200_000
MAX_PATH_BYTES = 1024
MAX_SEGMENT_BYTES = 255
MAX_SEGMENTS = 64
MAX_TARGET_BYTES = 4096
MAX_MODE = 0o7777
MAX_SIZE = 2**63 - 1
REPORTED = 20

Problem: TypeAlias = dict[str, Any]


class ManifestInvalid(Invalid):
    """The manifest breaks a rule; `details.problems` is `[{index, path?, reason}]`, at most 20."""

    code = "MANIFEST_INVALID"

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = problems[0]
        where = "The manifest" if first.get("index") is None else f"Entry {first['index']} of the manifest"
        super().__init__(f"{where} is not valid: {first['reason']}.", details={"problems": list(problems[:REPORTED])})


class TooManyEntries(TooLarge):
    """More entries than a manifest may hold."""

    def __init__(self) -> None:
        super().__init__(f"The manifest has more than {MAX_ENTRIES} entries.", details={"limit_entries": MAX_ENTRIES})


class EntryLike(Protocol):
    """The members of a `manifest.Entry` that rules look at."""

    @property
    def type(self) -> str: ...  # noqa: D102
    @property
    def path(self) -> str: ...  # noqa: D102
    @property
    def hash(self) -> str: ...  # noqa: D102
    @property
    def size(self) -> int: ...  # noqa: D102
    @property
    def mode(self) -> int: ...  # noqa: D102
    @property
    def target(self) -> str: ...  # noqa: D102


_HEX = re.compile(r"[0-9a-f]*\Z")
# An empty, `.` or `..` segment, whichever way a backslash is read, or a leading separator.
_ODD_SEGMENT = re.compile(r"[\0/\\]\.{0,2}[\0/\\]")
_DRIVE = re.compile(r"\0[A-Za-z]:")


def plausible(entries: Sequence[EntryLike]) -> bool:
    """Say whether every entry has a path at all (one whose key is missing decodes to an empty one)."""
    return all(entry.path for entry in entries)


def suspicious(entries: Sequence[EntryLike]) -> bool:
    """Say whether any entry could break a rule: never false when one does, now and then true when none does."""
    paths = [entry.path for entry in entries]
    if not paths:
        return False
    return _odd_paths(paths) or _odd_shape(entries, paths) or _odd_members(entries)


def _odd_paths(paths: Sequence[str]) -> bool:
    joined = "\0" + "\0".join(paths) + "\0"
    if not joined.isascii() and not is_unicode(joined):
        return True
    return (
        joined.count("\0") != len(paths) + 1
        or any(_too_wide(path) for path in paths if len(path) > MAX_SEGMENT_BYTES or not path.isascii())
        or max(path.count("/") for path in paths) >= MAX_SEGMENTS
        or _ODD_SEGMENT.search(joined) is not None
        or _DRIVE.search(joined) is not None
        or may_be_disguised(joined)
    )


def _too_wide(path: str) -> bool:
    raw = path.encode()
    return len(raw) > MAX_PATH_BYTES or max(map(len, raw.split(b"/"))) > MAX_SEGMENT_BYTES


def _odd_shape(entries: Sequence[EntryLike], paths: Sequence[str]) -> bool:
    if len(set(paths)) != len(paths):
        return True
    leaves = {entry.path for entry in entries if entry.type != "dir"}
    return not leaves.isdisjoint(folders_of(paths))


def folders_of(paths: Sequence[str]) -> set[str]:
    """Return every folder that some path lies in, at any depth, without the top."""
    found: set[str] = set()
    layer = {path.rpartition("/")[0] for path in paths}
    while layer:
        layer -= found
        layer.discard("")
        found |= layer
        layer = {path.rpartition("/")[0] for path in layer}
    return found


def _odd_members(entries: Sequence[EntryLike]) -> bool:
    hashes = [entry.hash for entry in entries if entry.type == "file"]
    sizes = [entry.size for entry in entries]
    modes = [entry.mode for entry in entries]
    targets = [entry.target for entry in entries if entry.type == "symlink"]
    return (
        set(map(len, hashes)) - {64} != set()
        or _HEX.match("".join(hashes)) is None
        or min(sizes) < 0
        or max(sizes) > MAX_SIZE
        or min(modes) < 0
        or max(modes) > MAX_MODE
        or any(_bad_target(target) for target in targets)
    )


def check_document(document: Any) -> list[Problem]:
    """Return everything wrong with a parsed JSON document as a manifest, at most 20 problems."""
    if not isinstance(document, dict) or not isinstance(document.get("files"), list):
        return [{"index": None, "reason": "shape"}]
    if document.get("version", "1") not in ("1", 1) or isinstance(document.get("version"), bool):
        return [{"index": None, "reason": "shape"}]
    return check(document["files"])


def check(entries: Sequence[Any]) -> list[Problem]:
    """Return everything wrong with the entries, given as JSON values; at most 20 problems, in order of the entries."""
    problems: list[Problem] = []
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        problems += [_problem(index, entry, reason) for reason in _entry_reasons(entry)]
        path = _path_of(entry)
        if path is not None and path in seen:
            problems.append(_problem(index, entry, "duplicate"))
        if path is not None:
            seen.add(path)
        if len(problems) >= REPORTED:
            return problems[:REPORTED]
    folders = folders_of(list(seen))
    for index, entry in enumerate(entries):
        if _path_of(entry) in folders and entry.get("type", "file") != "dir":
            problems.append(_problem(index, entry, "not_a_directory"))
    return problems[:REPORTED]


def _path_of(entry: Any) -> str | None:
    path = entry.get("path") if isinstance(entry, dict) else None
    return path if isinstance(path, str) else None


def _problem(index: int, entry: Any, reason: str) -> Problem:
    path = _path_of(entry)
    if path is None or reason in ("path_encoding", "path_length") or not is_unicode(path):
        return {"index": index, "reason": reason}
    return {"index": index, "path": path, "reason": reason}


def is_unicode(text: str) -> bool:
    """Whether a name, which may come from a file system, can be written as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _entry_reasons(entry: Any) -> Iterator[str]:
    if not isinstance(entry, dict) or not isinstance(entry.get("path"), str):
        yield "shape"
        return
    yield from path_reasons(entry["path"])
    kind = entry.get("type", "file")
    if kind not in ("file", "dir", "symlink"):
        yield "type" if isinstance(kind, str) else "shape"
    yield from _member_reasons(entry, kind)


def _member_reasons(entry: dict[str, Any], kind: Any) -> Iterator[str]:
    if kind == "file":
        found = entry.get("hash")
        if not isinstance(found, str) or len(found) != 64 or _HEX.match(found) is None:
            yield "hash"
    if not _is_count(entry.get("size", 0), MAX_SIZE):
        yield "size"
    if not _is_count(entry.get("mode", 0), MAX_MODE):
        yield "mode"
    if kind == "symlink" and (not isinstance(entry.get("target"), str) or _bad_target(entry["target"])):
        yield "target"
    if kind != "file" and not isinstance(entry.get("hash", ""), str):
        yield "shape"
    if kind != "symlink" and not isinstance(entry.get("target", ""), str):
        yield "shape"


def _is_count(value: Any, maximum: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= maximum


def _bad_target(target: str) -> bool:
    return not is_unicode(target) or not 0 < len(target.encode()) <= MAX_TARGET_BYTES or "\0" in target


def path_reasons(path: str) -> Iterator[str]:
    """Yield why `path` may not stand in a manifest; nothing when it may."""
    if not is_unicode(path):
        yield "path_encoding"
        return
    if not 0 < len(path.encode()) <= MAX_PATH_BYTES:
        yield "path_length"
        return
    own = _place_reason(path)
    if own:
        yield own
    elif "\\" in path and _place_reason(path.replace("\\", "/")):
        yield "path_backslash"
    elif any(is_disguised(segment) for segment in path.split("/")):
        yield "path_protected"


def _place_reason(path: str) -> str | None:
    if path.startswith("/") or re.match(r"[A-Za-z]:", path) or "\0" in path:
        return "path_absolute"
    segments = path.split("/")
    if len(segments) > MAX_SEGMENTS or any(
        s in ("", ".", "..") or len(s.encode()) > MAX_SEGMENT_BYTES for s in segments
    ):
        return "path_segment"
    return None
