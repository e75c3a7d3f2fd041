"""Writes a project's snapshots as a `git fast-import` stream."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import IO

from asterism.client.api import Api
from asterism.client.clone import fetch_manifest
from asterism.client.download import fetch
from asterism.client.gitbridge.commits import read_origin
from asterism.client.gitbridge.notes import Notes
from asterism.client.models import Snapshot
from asterism.client.progress import Silent
from asterism.client.upload import find_missing
from asterism.kernel.workcopy.writer import writable_here
from asterism.vcs.manifest import Entry, read

SCRATCH = "refs/asterism-scratch"

Tree = dict[str, Entry]


class Stream:
    """A stream that is being written to `out`; what it cannot carry is noted."""

    def __init__(self, api: Api, out: IO[bytes], notes: Notes) -> None:
        self._api = api
        self._out = out
        self._notes = notes
        self._marks: dict[str, int] = {}
        self._last: tuple[str, Tree] = ("", {})

    def commit(self, snapshot: Snapshot) -> None:
        """Write one snapshot, and the contents that no earlier one had."""
        below = self._last
        tree = self._tree(snapshot)
        self._contents(tree)
        self._head(snapshot)
        parents = [self._marks[f"commit {p}"] for p in snapshot.parent_snapshot_ids if f"commit {p}" in self._marks]
        if len(parents) != len(snapshot.parent_snapshot_ids):
            self._notes.add(f"{snapshot.id[:16]} names parents that the server does not have")
        for number, parent in enumerate(parents):
            self._out.write(f"{'merge' if number else 'from'} :{parent}\n".encode())
        if parents and snapshot.parent_snapshot_ids[0] == below[0]:
            self._changes(below[1], tree)
        else:
            self._out.write(b"deleteall\n")
            self._changes({}, tree)
        self._last = (snapshot.id, tree)

    def refs(self, refs: Mapping[str, str]) -> None:
        """Write the refs, and drop the one that was written on."""
        for name, snapshot_id in refs.items():
            self._out.write(f"reset {name}\nfrom :{self._marks[f'commit {snapshot_id}']}\n\n".encode())
        self._out.write(f"reset {SCRATCH}\nfrom {'0' * 40}\n\ndone\n".encode())

    def _head(self, snapshot: Snapshot) -> None:
        """Write everything of a commit up to its parents."""
        origin = read_origin(snapshot.origin)
        message = snapshot.summary or ""
        if origin.ends and (message or snapshot.origin is not None):
            message += "\n"
        author = origin.author or who(snapshot)
        committer = origin.committer or author
        data = message.encode("utf-8", "replace")
        # without parents a commit begins anew, which `reset` says; with them `from` does
        self._out.write(f"reset {SCRATCH}\ncommit {SCRATCH}\nmark :{self._mark(f'commit {snapshot.id}')}\n".encode())
        self._out.write(f"author {author}\ncommitter {committer}\ndata {len(data)}\n".encode() + data + b"\n")

    def _changes(self, old: Tree, new: Tree) -> None:
        for path in old.keys() - new.keys():
            self._out.write(f"D {_quoted(path)}\n".encode())
        for path, entry in new.items():
            if old.get(path) == entry:
                continue
            if entry.type == "file":
                mode, mark = ("100755" if entry.executable else "100644"), self._marks[entry.hash]
            else:
                mode, mark = "120000", self._marks[f"link {entry.target}"]
            self._out.write(f"M {mode} :{mark} {_quoted(path)}\n".encode())

    def _tree(self, snapshot: Snapshot) -> Tree:
        everything = [entry for entry in read(fetch_manifest(self._api, snapshot)) if entry.type != "dir"]
        found = {entry.path: entry for entry in everything if writable_here(entry)}
        if len(found) < len(everything):
            self._notes.add(f"{snapshot.id[:16]} holds repository state, which is left out")
        if snapshot.missing_blob_count:
            hashes = list({entry.hash for entry in found.values() if entry.type == "file"})
            missing = find_missing(self._api, hashes)
            for path in [path for path, entry in found.items() if entry.hash in missing and entry.type == "file"]:
                self._notes.add(f"{path!r} of {snapshot.id[:16]} is left out: the server lacks its content")
                del found[path]
        return found

    def _contents(self, entries: Tree) -> None:
        sizes = {e.hash: e.size for e in entries.values() if e.type == "file" and e.hash not in self._marks}
        fetch(self._api, sizes, self, Silent(), threads=1)
        for entry in entries.values():
            if entry.type == "symlink" and f"link {entry.target}" not in self._marks:
                self.small(f"link {entry.target}", entry.target.encode())

    def small(self, blob: str, content: bytes) -> None:
        """Take a whole content (a `download.Sink`)."""
        self._out.write(f"blob\nmark :{self._mark(blob)}\ndata {len(content)}\n".encode())
        self._out.write(content + b"\n")

    def big(self, blob: str, chunks: Iterator[bytes]) -> None:
        """Take a large content: collected first, since a broken transfer may not leave half of it in the stream."""
        self.small(blob, b"".join(chunks))

    def _mark(self, name: str) -> int:
        return self._marks.setdefault(name, len(self._marks) + 1)


def who(snapshot: Snapshot) -> str:
    """Write a snapshot's author as git does; git counts no seconds before 1970."""
    name, email = (_clean(part) for part in (snapshot.author_name, snapshot.author_email))
    moment = max(0, int(datetime.fromisoformat(snapshot.created_at).timestamp()))
    return f"{name} <{email}> {moment} +0000" if name else f"<{email}> {moment} +0000"


def _clean(text: str) -> str:
    return "".join(c for c in text if c not in "<>\r\n\0").strip().encode("utf-8", "replace").decode()


def _quoted(path: str) -> str:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
