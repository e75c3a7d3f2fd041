"""Writes a project's snapshots as a `git fast-import` stream."""

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import IO

from asterism.client.api import Api
from asterism.client.download import fetch
from asterism.client.gitbridge.commits import read_origin
from asterism.client.gitbridge.differences import Differences
from asterism.client.gitbridge.notes import Notes
from asterism.client.models import Difference, Snapshot
from asterism.client.progress import Silent
from asterism.client.upload import find_missing
from asterism.kernel.workcopy.writer import writable_here
from asterism.vcs.manifest import Entry

SCRATCH = "refs/asterism-scratch"

Pair = tuple[str | None, str]  # the manifest of the first parent, None without one, and that of a snapshot


class Stream:
    """A stream that is being written to `out`; what it cannot carry is noted."""

    def __init__(self, api: Api, out: IO[bytes], notes: Notes) -> None:
        self._api = api
        self._out = out
        self._notes = notes
        self._marks: dict[str, int] = {}
        self._manifests: dict[str, str] = {}
        self._differences = Differences(api)

    def commits(self, snapshots: Sequence[Snapshot]) -> Iterator[Snapshot]:
        """Write snapshots, parents first, as far as their differences come at once; yield each that is written."""
        left = deque(snapshots)
        while left:
            pairs = self._pairs(left)
            together = list(zip(left, self._differences.of(pairs), strict=False))
            gone = self._missing(together)
            self._contents([entry for _, found in together for entry in found.changed if entry.hash not in gone])
            for snapshot, found in together:
                self._commit(snapshot, found, gone)
                yield left.popleft()

    def _pairs(self, snapshots: Iterable[Snapshot]) -> list[Pair]:
        pairs: list[Pair] = []
        here: dict[str, str] = {}
        for snapshot in snapshots:
            manifests = (here.get(p) or self._manifests.get(p) for p in snapshot.parent_snapshot_ids)
            pairs.append((next((name for name in manifests if name is not None), None), snapshot.manifest_hash))
            here[snapshot.id] = snapshot.manifest_hash
        return pairs

    def _missing(self, found: Sequence[tuple[Snapshot, Difference]]) -> set[str]:
        """Return contents of these snapshots that the server lacks."""
        wanted = {
            entry.hash for snapshot, one in found if snapshot.missing_blob_count for entry in one.changed if entry.hash
        }
        return find_missing(self._api, sorted(wanted - self._marks.keys())) if wanted else set()

    def _commit(self, snapshot: Snapshot, found: Difference, gone: Collection[str]) -> None:
        self._manifests[snapshot.id] = snapshot.manifest_hash
        self._head(snapshot)
        parents = [self._marks[f"commit {p}"] for p in snapshot.parent_snapshot_ids if f"commit {p}" in self._marks]
        if len(parents) != len(snapshot.parent_snapshot_ids):
            self._notes.add(f"{snapshot.id[:16]} names parents that the server does not have")
        for number, parent in enumerate(parents):
            self._out.write(f"{'merge' if number else 'from'} :{parent}\n".encode())
        for path in found.removed:
            self._out.write(f"D {_quoted(path)}\n".encode())
        for entry in found.changed:
            self._entry(snapshot, entry, gone)

    def _entry(self, snapshot: Snapshot, entry: Entry, gone: Collection[str]) -> None:
        path = _quoted(entry.path)
        if not writable_here(entry):
            self._notes.add(f"{snapshot.id[:16]} holds repository state, which is left out")
        elif entry.type == "symlink":
            self._out.write(f"M 120000 :{self._marks[f'link {entry.target}']} {path}\n".encode())
        elif entry.hash in gone:
            self._notes.add(f"{entry.path!r} of {snapshot.id[:16]} is left out: the server lacks its content")
            self._out.write(f"D {path}\n".encode())
        else:
            mode = "100755" if entry.executable else "100644"
            self._out.write(f"M {mode} :{self._marks[entry.hash]} {path}\n".encode())

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

    def _contents(self, entries: Iterable[Entry]) -> None:
        """Write the contents of these entries that no earlier one had."""
        here = [entry for entry in entries if writable_here(entry)]
        sizes = {e.hash: e.size for e in here if e.type == "file" and e.hash not in self._marks}
        fetch(self._api, sizes, self, Silent(), threads=1)
        for entry in here:
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
