"""Import: every commit of a git repository becomes a snapshot, parents first.

A snapshot's id follows from its tree, parents, author and time, so an import that was cut off goes on where it was, and
a second one adds only what is new.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from asterism.base.errors import Conflict, Invalid, NotFound
from asterism.client.api import Api
from asterism.client.bind import find_place, make_place
from asterism.client.gitbridge.repository import Commit, NoRepository, Repository
from asterism.client.models import Project, Workspace
from asterism.client.progress import Progress
from asterism.client.snapshot_id import snapshot_id, whole_second
from asterism.client.upload import BATCH_BYTES, BATCH_FILES, BIG_BYTES, find_missing
from asterism.vcs.batch import frame_head
from asterism.vcs.content import hash_bytes
from asterism.vcs.manifest import Entry, encode

SUMMARY_CHARACTERS = 200_000  # the server's limit for imported messages
_MODES = {"100644": 0o644, "100664": 0o644, "100755": 0o755}


@dataclass(slots=True)
class Imported:
    """What an import did; `warnings` name what git holds and a snapshot can not."""

    project: Project
    workspace: Workspace
    commits: int = 0
    created: int = 0
    head: str | None = None
    snapshots: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def import_git(api: Api, folder: str, project_name: str, progress: Progress) -> Imported:
    """Import the repository at `folder` into the project of that name (made if there is none).

    HEAD's history becomes that of the workspace `main`; every other branch gets a workspace at its tip, every tag a
    tag. Raises NoRepository (and then makes no project), and what `Api` raises.
    """
    folder = os.path.realpath(folder)
    with Repository(folder) as repository:
        head = repository.head()
        branches, tags = repository.refs("refs/heads"), repository.refs("refs/tags")
        tips = [oid for oid in (head, *branches.values(), *tags.values()) if oid]
        order = repository.order(*tips)
        if not order:
            raise NoRepository(f"{folder} has no commits yet.", hint="Commit something, or use `asterism push`.")
        ours = set(repository.order(head)) if head else set()
        commits = [repository.commit(oid) for oid in order]
        project, workspace = make_place(api, folder, find_place(api, folder, project_name))
        done = Imported(project, workspace, commits=len(commits))
        progress.start("Importing commits", len(commits))
        with _Contents(api, repository, done.warnings) as contents:
            for commit in commits:
                _import_commit(api, commit, contents, done, follow=commit.oid in ours)
                progress.advance(1)
        progress.finish()
        done.head = done.snapshots.get(head) if head else None
        _name_tips(api, done, {name: oid for name, oid in branches.items() if oid != head}, tags)
        return done


def _import_commit(api: Api, commit: Commit, contents: "_Contents", done: Imported, *, follow: bool) -> None:
    manifest = contents.manifest_of(commit)
    name = hash_bytes(manifest)
    api.put_manifest(name, manifest)
    parents = list(dict.fromkeys(done.snapshots[parent] for parent in commit.parents if parent in done.snapshots))
    author, email = commit.author_name[:255], commit.author_email[:255]
    when = whole_second(datetime.fromtimestamp(commit.time, UTC))
    message = commit.message.removesuffix("\n")  # git ends every message with one; the export puts it back
    if len(message) > SUMMARY_CHARACTERS:
        done.warnings.append(f"the message of {commit.oid[:12]} was cut to {SUMMARY_CHARACTERS} characters")
    body = {
        "snapshot_id": snapshot_id(name, parents, author, email, when),
        "manifest_hash": name,
        "parent_snapshot_ids": parents,
        "source": "import",
        "summary": message[:SUMMARY_CHARACTERS],
        "author_name": author,
        "author_email": email,
        "created_at": when,
    }
    if follow:
        body["workspace_id"] = done.workspace.id
    if body["snapshot_id"] in done.snapshots.values():  # differs from another commit in its message alone
        body["snapshot_id"] = f"git-{commit.oid}"
    snapshot, created = api.register_snapshot(done.project.id, body)
    done.snapshots[commit.oid] = snapshot.id
    done.created += created


def _name_tips(api: Api, done: Imported, branches: Mapping[str, str], tags: Mapping[str, str]) -> None:
    """Give branches workspaces and tags tags, as far as they do not exist and the server can hold them."""
    known = {workspace.name for workspace in api.workspaces(done.project.id)}
    for name, oid in branches.items():
        if name not in known:
            api.create_workspace(done.project.id, name[:255], base_snapshot_id=done.snapshots[oid])
    for name, oid in tags.items():
        try:
            api.create_tag(done.project.id, name, done.snapshots[oid])
        except Conflict:
            continue
        except (Invalid, NotFound) as error:
            done.warnings.append(f"the tag {name} was not kept: {error.message}")


class _Contents:
    """Turns git trees into manifests and sends the contents they name, many at a time."""

    def __init__(self, api: Api, repository: Repository, warnings: list[str]) -> None:
        self._api = api
        self._repository = repository
        self._warnings = warnings
        self._known: dict[str, tuple[str, int]] = {}
        self._waiting: dict[str, bytes] = {}
        self._waiting_bytes = 0

    def __enter__(self) -> "_Contents":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.flush()

    def manifest_of(self, commit: Commit) -> bytes:
        """Return the canonical manifest of a commit's tree, its contents being sent."""
        entries = list(self._walk(commit, commit.tree, ""))
        self.flush()
        return encode(entries)

    def _walk(self, commit: Commit, tree: str, prefix: str) -> Iterator[Entry]:
        for row in self._repository.tree(tree):
            path = prefix + _name(row.name, commit)
            if row.mode == "40000":
                yield Entry(type="dir", path=path, mode=0o755)
                yield from self._walk(commit, row.oid, f"{path}/")
            elif row.mode == "120000":
                yield Entry(type="symlink", path=path, target=_name(self._repository.object(row.oid)[1], commit))
            elif row.mode == "160000":
                self._warnings.append(f"the submodule {path} of {commit.oid[:12]} became an empty folder")
                yield Entry(type="dir", path=path, mode=0o755)
            else:
                name, size = self._content(row.oid)
                yield Entry(type="file", path=path, hash=name, size=size, mode=_MODES.get(row.mode, 0o644))

    def _content(self, oid: str) -> tuple[str, int]:
        known = self._known.get(oid)
        if known is None:
            _, data = self._repository.object(oid)
            known = self._known[oid] = (hash_bytes(data), len(data))
            self._waiting[known[0]] = data
            self._waiting_bytes += len(data)
            if self._waiting_bytes > BATCH_BYTES or len(self._waiting) >= BATCH_FILES:
                self.flush()
        return known

    def flush(self) -> None:
        """Send the contents that are waiting, as far as the server lacks them."""
        waiting, self._waiting, self._waiting_bytes = self._waiting, {}, 0
        if not waiting:
            return
        missing = find_missing(self._api, list(waiting))
        small = [blob for blob in missing if len(waiting[blob]) <= BIG_BYTES]
        if small:
            self._api.put_batch(lambda: _frames(small, waiting.__getitem__))
        for blob in missing.difference(small):
            content = waiting[blob]
            self._api.put_blob(blob, lambda data=content: iter((data,)))  # type: ignore[misc]


def _frames(blobs: list[str], content: Callable[[str], bytes]) -> Iterator[bytes]:
    for blob in blobs:
        data = content(blob)
        yield frame_head(blob, len(data)) + data


def _name(raw: bytes, commit: Commit) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise Invalid(
            f"Commit {commit.oid[:12]} holds the name {raw!r}, which is not UTF-8, so it can not be imported.",
            code="BAD_NAME",
        ) from error
