"""git's trees as rows of a manifest; what a manifest cannot hold is left out and named."""

from collections import OrderedDict
from collections.abc import Iterator
from typing import NamedTuple, Protocol

from asterism.client.gitbridge.notes import Notes, shown
from asterism.vcs.rules import MAX_ENTRIES, MAX_TARGET_BYTES, path_reasons

TREE_BYTES = 64 << 20
KEPT_ROWS = 100_000
MODES = {"100644": 0o644, "100755": 0o755}


class Row(NamedTuple):
    """One path: `kind` is dir, symlink or file; `oid` names a file's content, `target` is a link's."""

    kind: str
    path: str
    oid: str = ""
    mode: int = 0
    target: str = ""


class Objects(Protocol):
    """What trees are read from: a repository."""

    def read(self, oid: str, most: int) -> tuple[str, bytes] | None:
        """Return kind and content of an object, None when it is not to be had or larger than `most` bytes."""
        ...


class Child(NamedTuple):
    """A row of one folder; `tree` is the object that says what is below it, "" where nothing is."""

    row: Row
    tree: str = ""


class Trees:
    """Reads trees; folders read last are remembered, at most `KEPT_ROWS` rows of them."""

    def __init__(self, repository: Objects, notes: Notes) -> None:
        self._repository = repository
        self._notes = notes
        self._kept: OrderedDict[tuple[str, str], dict[str, Child]] = OrderedDict()
        self._rows = 0

    def rows(self, commit: str, tree: str) -> list[Row]:
        """Return the rows of a commit's tree, folders before what is in them."""
        found = list(self._walk(commit, tree, ""))
        if len(found) > MAX_ENTRIES:
            self._notes.add(f"{commit[:12]} has {len(found)} entries, of which the first {MAX_ENTRIES} are kept")
        return found[:MAX_ENTRIES]

    def changes(self, commit: str, old: str, new: str) -> dict[str, Row | None]:
        """Return which rows lead from one tree to that of a commit, None for what is gone; equal folders go unread."""
        found: dict[str, Row | None] = {}
        self._differ(found, commit, old, new, "")
        return found

    def _differ(self, found: dict[str, Row | None], commit: str, old: str, new: str, prefix: str) -> None:
        before, after = self._children(commit, old, prefix), self._children(commit, new, prefix)
        for name, child in before.items():
            now = after.get(name)
            if now is None:
                found[child.row.path] = None
            if child.tree and (now is None or not now.tree):
                found.update((row.path, None) for row in self._walk(commit, child.tree, f"{child.row.path}/"))
        for name, child in after.items():
            was = before.get(name)
            if was == child:
                continue
            if was is None or was.row != child.row:
                found[child.row.path] = child.row
            if child.tree and was is not None and was.tree:
                self._differ(found, commit, was.tree, child.tree, f"{child.row.path}/")
            elif child.tree:
                found.update((row.path, row) for row in self._walk(commit, child.tree, f"{child.row.path}/"))

    def _walk(self, commit: str, tree: str, prefix: str) -> Iterator[Row]:
        for child in self._children(commit, tree, prefix).values():
            yield child.row
            if child.tree:
                yield from self._walk(commit, child.tree, f"{child.row.path}/")

    def _children(self, commit: str, tree: str, prefix: str) -> dict[str, Child]:
        key = (tree, prefix)
        known = self._kept.get(key)
        if known is not None:
            self._kept.move_to_end(key)
            return known
        found = {child.row.path: child for child in self._read(commit, tree, prefix)}
        self._kept[key] = found
        self._rows += len(found) + 1
        while self._rows > KEPT_ROWS and len(self._kept) > 1:
            self._rows -= len(self._kept.popitem(last=False)[1]) + 1
        return found

    def _read(self, commit: str, tree: str, prefix: str) -> Iterator[Child]:
        read = self._repository.read(tree, TREE_BYTES)
        if read is None or read[0] != "tree":
            self._leave_out(commit, prefix.encode() or b"the whole tree", "the tree is missing or damaged")
            return
        seen: set[bytes] = set()
        for mode, name, oid in parse_tree(read[1], len(tree) // 2):
            raw = prefix.encode() + name
            reason = _refused(raw, name) or ("there are two of that name" if name in seen else None)
            seen.add(name)
            if reason is not None:
                self._leave_out(commit, raw, reason)
                continue
            yield from self._entry(commit, mode, raw.decode(), oid)

    def _entry(self, commit: str, mode: str, path: str, oid: str) -> Iterator[Child]:
        if mode == "40000":
            yield Child(Row("dir", path, mode=0o755), oid)
        elif mode == "160000":
            self._notes.once("submodule", path, text=f"the submodule {path!r} of {commit[:12]} became an empty folder")
            yield Child(Row("dir", path, mode=0o755))
        elif mode == "120000":
            read = self._repository.read(oid, MAX_TARGET_BYTES)
            target = _target(read[1]) if read is not None else None
            if target is None:
                self._leave_out(
                    commit, path.encode(), "the target of the link is missing, empty, too long or not UTF-8"
                )
            else:
                yield Child(Row("symlink", path, target=target))
        else:
            if mode not in MODES:
                text = f"{path!r} of {commit[:12]} has the mode {mode}, which is kept as 100644"
                self._notes.once("mode", mode, text=text)
            yield Child(Row("file", path, oid, MODES.get(mode, 0o644)))

    def _leave_out(self, commit: str, raw: bytes, reason: str) -> None:
        self._notes.once("path", shown(raw), reason, text=f"{shown(raw)} of {commit[:12]} is left out: {reason}")


def parse_tree(data: bytes, name_bytes: int) -> Iterator[tuple[str, bytes, str]]:
    """Yield mode, name and object name (hex) of each row; `name_bytes` is 20 or 32. A row that is cut off ends it."""
    position = 0
    while position < len(data):
        space = data.find(b" ", position)
        end = data.find(b"\0", space)
        if space < 0 or end < 0 or end + 1 + name_bytes > len(data):
            return
        oid = data[end + 1 : end + 1 + name_bytes].hex()
        yield data[position:space].decode("latin-1").lstrip("0"), data[space + 1 : end], oid
        position = end + 1 + name_bytes


_REASONS = {
    "path_encoding": "the name is not UTF-8",
    "path_length": "the path is too long",
    "path_absolute": "the path looks absolute on other systems",
    "path_segment": "the path is too deep, or a part of it is not allowed",
    "path_backslash": "the path leads elsewhere where a backslash separates folders",
}


def _refused(raw: bytes, name: bytes) -> str | None:
    """Return why a path cannot stand in a manifest, None when it can."""
    if b"/" in name:
        return "the name holds a slash"
    try:
        reason = next(path_reasons(raw.decode()), None)
    except UnicodeDecodeError:
        reason = "path_encoding"
    return None if reason is None else _REASONS.get(reason, f"a project cannot hold it ({reason})")


def _target(raw: bytes) -> str | None:
    try:
        return raw.decode() if raw and b"\0" not in raw else None
    except UnicodeDecodeError:
        return None
