"""Export: every snapshot of a project becomes a commit of a new git repository, parents first."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO

from asterism.base.errors import Conflict, Invalid
from asterism.client.api import Api
from asterism.client.clone import fetch_manifest
from asterism.client.download import fetch
from asterism.client.gitbridge.repository import arguments, environment, no_git, run_git
from asterism.client.models import Project, Snapshot
from asterism.client.progress import Progress, Silent
from asterism.client.projects import main_workspace
from asterism.client.revisions import tags
from asterism.client.workcopy.clonefiles import writable_here
from asterism.vcs.manifest import Entry, read

MAIN = "refs/heads/main"
SCRATCH = "refs/asterism/scratch"
PIECE_BYTES = 1 << 20


@dataclass(slots=True)
class Exported:
    """What an export wrote; `head` is the git commit that main's head became."""

    folder: str
    commits: int = 0
    head: str | None = None
    head_snapshot: str | None = None
    workspace_id: str | None = None
    warnings: list[str] = field(default_factory=list)


def export_git(api: Api, project: Project, folder: str, progress: Progress) -> Exported:
    """Write the project's history to a new repository at `folder`. Raises Conflict when something is there already."""
    top = os.path.realpath(folder)
    if os.path.lexists(top) and (not os.path.isdir(top) or os.listdir(top)):
        raise Conflict(f"{folder} exists and is not empty.", code="IN_THE_WAY", hint="Export into a new folder.")
    snapshots = parents_first(list(api.snapshots(project.id))[::-1])
    workspace = main_workspace(api, project)
    done = Exported(top, workspace_id=workspace.id if workspace else None)
    made = not os.path.isdir(top)
    try:
        os.makedirs(top, exist_ok=True)
        _write(api, project, snapshots, done, progress)
        if done.workspace_id and done.head_snapshot:
            api.note_git_export(project.id, done.workspace_id, done.head_snapshot)
    except BaseException:
        shutil.rmtree(top if made else os.path.join(top, ".git"), ignore_errors=True)
        raise
    return done


def parents_first(snapshots: list[Snapshot]) -> list[Snapshot]:
    """Return the snapshots so that each comes after those of its parents that are among them; else the order stays."""
    by_id = {snapshot.id: snapshot for snapshot in snapshots}
    placed: dict[str, Snapshot] = {}
    for start in snapshots:
        stack = [start]
        while stack:
            snapshot = stack[-1]
            waiting = [by_id[p] for p in snapshot.parent_snapshot_ids if p in by_id and p not in placed]
            if snapshot.id in placed:
                stack.pop()
            elif waiting and len(stack) <= len(snapshots):
                stack.extend(reversed(waiting))
            else:
                placed[snapshot.id] = stack.pop()
    return list(placed.values())


def _write(api: Api, project: Project, snapshots: list[Snapshot], done: Exported, progress: Progress) -> None:
    run_git(done.folder, "init", "--quiet", "--initial-branch=main")
    try:
        importer = subprocess.Popen(
            arguments(done.folder, "-c", "core.ignoreCase=false", "fast-import", "--quiet", "--force"),
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
        )
    except FileNotFoundError as error:
        raise no_git() from error
    if importer.stdin is None or importer.stderr is None:
        raise AssertionError("both ends are pipes")
    progress.start("Exporting snapshots", len(snapshots))
    try:
        stream = _Stream(api, importer.stdin, done)
        for snapshot in snapshots:
            stream.commit(snapshot)
            progress.advance(1)
        stream.refs(_refs(api, project, snapshots, done))
        importer.stdin.close()
    except BrokenPipeError:
        pass  # git says why
    finally:
        progress.finish()
    said = importer.stderr.read().decode(errors="replace").strip()
    importer.stderr.close()
    if importer.wait() != 0:
        raise Invalid(f"git fast-import failed: {said.splitlines()[0] if said else '?'}", code="GIT_FAILED")
    done.commits = len(snapshots)
    if done.head_snapshot is not None:
        run_git(done.folder, "reset", "--hard", "--quiet", MAIN)
        done.head = run_git(done.folder, "rev-parse", MAIN).decode().strip()


def _refs(api: Api, project: Project, snapshots: list[Snapshot], done: Exported) -> dict[str, str]:
    """Return which snapshot each ref is to name: heads of workspaces, tags, and whatever else nothing would reach."""
    known = {snapshot.id: snapshot for snapshot in snapshots}
    refs: dict[str, str] = {}
    for workspace in api.workspaces(project.id):
        head = workspace.current_snapshot_id
        if head not in known or head is None:
            continue
        if workspace.id == done.workspace_id:
            refs[MAIN], done.head_snapshot = head, head
        else:
            name = _ref_name("refs/heads", workspace.name)
            refs[name if name not in (MAIN, *refs) else f"{name}-{workspace.id}"] = head
    for tag in tags(api, project.id):
        if tag.snapshot_id in known:
            refs[_ref_name("refs/tags", tag.name)] = tag.snapshot_id
    reached = _reach(set(refs.values()), known)
    for snapshot in reversed(snapshots):
        if snapshot.id not in reached:
            refs[f"refs/asterism/{snapshot.id}"] = snapshot.id
            reached |= _reach({snapshot.id}, known)
    return refs


def _reach(starts: set[str], known: Mapping[str, Snapshot]) -> set[str]:
    found: set[str] = set()
    waiting = list(starts)
    while waiting:
        name = waiting.pop()
        if name in known and name not in found:
            found.add(name)
            waiting.extend(known[name].parent_snapshot_ids)
    return found


def _ref_name(prefix: str, name: str) -> str:
    """Return a ref for a name of ours; characters that git does not allow become dashes."""
    kept = "".join("-" if c in ' ~^:?*[\\"' or not c.isprintable() else c for c in name)
    parts = [part.strip(".").removesuffix(".lock") or "-" for part in kept.replace("..", "-").split("/")]
    return f"{prefix}/{'/'.join(parts).replace('@{', '-')}"


class _Stream:
    """Writes a `git fast-import` stream."""

    def __init__(self, api: Api, out: IO[bytes], done: Exported) -> None:
        self._api = api
        self._out = out
        self._done = done
        self._marks: dict[str, int] = {}
        self._trees: dict[str, dict[str, Entry]] = {}

    def commit(self, snapshot: Snapshot) -> None:
        """Write one snapshot, and the contents that no earlier one had."""
        entries = self._entries(snapshot)
        self._contents(entries)
        parents = [self._marks[f"commit {p}"] for p in snapshot.parent_snapshot_ids if f"commit {p}" in self._marks]
        if len(parents) != len(snapshot.parent_snapshot_ids):
            self._done.warnings.append(f"{snapshot.id[:12]} names parents that the server does not have")
        data = f"{snapshot.summary}\n".encode() if snapshot.summary else b""
        if not parents:
            self._out.write(f"reset {SCRATCH}\n".encode())
        self._out.write(f"commit {SCRATCH}\nmark :{self._mark(f'commit {snapshot.id}')}\n".encode())
        self._out.write(f"author {_who(snapshot)}\ncommitter {_who(snapshot)}\ndata {len(data)}\n".encode())
        self._out.write(data + b"\n")
        for number, parent in enumerate(parents):
            self._out.write(f"{'merge' if number else 'from'} :{parent}\n".encode())
        self._out.write(b"deleteall\n")
        for entry in entries.values():
            if entry.type == "file":
                mode, mark = ("100755" if entry.executable else "100644"), self._marks[entry.hash]
            else:
                mode, mark = "120000", self._marks[f"link {entry.target}"]
            self._out.write(f"M {mode} :{mark} {_quoted(entry.path)}\n".encode())

    def refs(self, refs: Mapping[str, str]) -> None:
        """Write the refs, and drop the one that was written on."""
        for name, snapshot_id in refs.items():
            self._out.write(f"reset {name}\nfrom :{self._marks[f'commit {snapshot_id}']}\n\n".encode())
        self._out.write(f"reset {SCRATCH}\nfrom {'0' * 40}\n\ndone\n".encode())

    def _entries(self, snapshot: Snapshot) -> dict[str, Entry]:
        known = self._trees.get(snapshot.manifest_hash)
        if known is None:
            everything = [entry for entry in read(fetch_manifest(self._api, snapshot)) if entry.type != "dir"]
            known = {entry.path: entry for entry in everything if writable_here(entry)}
            if len(known) < len(everything):
                self._done.warnings.append(f"{snapshot.id[:12]} holds repository state, which was left out")
            self._trees = {snapshot.manifest_hash: known}
        return known

    def _contents(self, entries: Mapping[str, Entry]) -> None:
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


def _who(snapshot: Snapshot) -> str:
    name, email = (_clean(part) for part in (snapshot.author_name, snapshot.author_email))
    moment = max(0, int(datetime.fromisoformat(snapshot.created_at).timestamp()))
    return f"{name} <{email}> {moment} +0000" if name else f"<{email}> {moment} +0000"


def _clean(text: str) -> str:
    return "".join(c for c in text if c not in "<>\n\0").strip()


def _quoted(path: str) -> str:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
