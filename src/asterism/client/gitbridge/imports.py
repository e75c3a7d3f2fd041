"""Import: every commit of a git repository becomes a snapshot, parents first.

A commit's snapshot is called `git-` and the commit's name, so an import that was cut off goes on where it was, a second
one adds only what is new, and a commit that differs in anything is another snapshot. Nothing odd in one commit ends
it: what a project cannot hold is left out and noted.
"""

import itertools
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from asterism.base.errors import Conflict, DomainError, Invalid, NotFound, TooLarge
from asterism.client.api import Api
from asterism.client.bind import find_place, make_place
from asterism.client.gitbridge import record
from asterism.client.gitbridge.commits import (
    AUTHOR_CHARACTERS,
    ORIGIN_CHARACTERS,
    PARENTS,
    SUMMARY_CHARACTERS,
    Commit,
    parse_commit,
)
from asterism.client.gitbridge.contents import Contents, is_about_all
from asterism.client.gitbridge.notes import Notes
from asterism.client.gitbridge.tips import Names, Tips, read_tips
from asterism.client.gitbridge.trees import Row, Trees
from asterism.client.models import Project, Workspace
from asterism.client.progress import Progress
from asterism.kernel.git import Git, NotGitRepo, Repository
from asterism.vcs.content import hash_bytes
from asterism.vcs.manifest import Entry, encode

COMMIT_BYTES = 64 << 20
AT_ONCE = 200
THREADS = 4


class NoRepository(Invalid):
    """The folder is no git repository, or one without commits."""

    code = "NO_REPOSITORY"


@dataclass(slots=True)
class Imported:
    """What an import did. `snapshots` are those of commits; `notes` name what git holds and a project cannot."""

    project: Project
    workspace: Workspace
    commits: int = 0
    created: int = 0
    head: str | None = None
    snapshots: dict[str, str] = field(default_factory=dict)
    notes: Notes = field(default_factory=Notes)


def import_git(api: Api, folder: str, project_name: str, progress: Progress, *, made_before: Path) -> Imported:
    """Import the repository at `folder` into the project of that name (made if there is none).

    HEAD's history becomes that of the project's main workspace, every other branch a workspace, every tag a tag; run
    again, they follow git unless a person moved them. `made_before` is the file that remembers what was set. Raises
    NoRepository (and then makes no project), NotFound, what `Api` raises, and CommandFailed where git itself gives up.
    """
    folder = os.path.realpath(folder)
    if not os.path.isdir(folder):
        raise NotFound(f"There is no folder {folder!r}.")
    notes = Notes()
    with closing(Git()) as git:
        try:
            repository = Repository(git, Path(folder))
        except NotGitRepo as error:
            raise NoRepository(f"{folder} is no git repository.", hint="Name its folder.") from error
        with repository:
            named, head = repository.head()
            tips = read_tips(repository.refs(), named, head, notes)
            order = repository.order(tips.commits)
            if not order:
                raise NoRepository(f"{folder} has no commits yet.", hint="Commit something, or use `asterism push`.")
            project, workspace = make_place(api, folder, find_place(api, folder, project_name))
            done = Imported(project, workspace, commits=len(order), notes=notes)
            _Import(api, repository, done, tips).run(order, progress, made_before)
    return done


class _Import:
    """One run over one repository."""

    def __init__(self, api: Api, repository: Repository, done: Imported, tips: Tips) -> None:
        self._api = api
        self._repository = repository
        self._done = done
        self._tips = tips
        self._trees = Trees(repository, done.notes)
        self._contents = Contents(api, repository)
        self._instead: dict[str, tuple[str, ...]] = {}
        self._signed = 0

    def run(self, order: list[str], progress: Progress, made_before: Path) -> None:
        """Import the commits in this order, then set heads and tags."""
        api, done = self._api, self._done
        here = {each.id for each in api.snapshots(done.project.id) if each.source == "import" and each.complete}
        main = self._follow_from_the_start()
        progress.start("Importing commits", len(order), items=True)
        with ThreadPoolExecutor(THREADS) as pool:
            for window in _windows(order, AT_ONCE):
                new = []
                for oid in window:
                    if f"git-{oid}" in here and oid not in main:
                        done.snapshots[oid] = f"git-{oid}"
                    else:
                        new.append(oid)
                self._import(new, main, pool)
                progress.advance(len(window))
        progress.finish()
        if self._signed:
            done.notes.add(f"{self._signed} commits are signed or hold more than a snapshot keeps; that is not kept")
        key = f"{api.http.url} {done.project.id}"
        names = Names(api, done.project, done.workspace, record.load(made_before, key), done.notes)
        try:
            names.follow(self._tips, self._snapshot_of)
        finally:
            try:
                record.save(made_before, key, names.made)
            except OSError as error:
                done.notes.add(f"what was imported is not remembered in {made_before}: {error.strerror}")
        done.head = self._snapshot_of(self._tips.head) if self._tips.head else None

    def _follow_from_the_start(self) -> set[str]:
        """Return the commits that become main's own: the line of first parents to HEAD, where main has no head yet."""
        if self._done.workspace.current_snapshot_id is not None or self._tips.head is None:
            return set()
        return set(self._repository.order([self._tips.head], "--first-parent"))

    def _import(self, oids: list[str], main: set[str], pool: ThreadPoolExecutor) -> None:
        commits = [(commit, self._trees.rows(commit.oid, commit.tree)) for commit in self._read(oids)]
        self._contents.send({row.oid for _, rows in commits for row in rows if row.kind == "file"})
        manifests = [encode(self._entries(commit, rows)) for commit, rows in commits]
        put = [pool.submit(self._put, data) for data in dict.fromkeys(manifests)]
        stored = dict(zip(dict.fromkeys(manifests), (one.result() for one in put), strict=True))
        for (commit, _), data in zip(commits, manifests, strict=True):
            name, refusal = stored[data]
            if refusal is None:
                refusal = self._register(commit, name, follow=commit.oid in main)
            if refusal is not None:
                self._pass_over(commit.oid, commit.parents, refusal.message)

    def _read(self, oids: list[str]) -> Iterator[Commit]:
        for oid in oids:
            read = self._repository.read(oid, COMMIT_BYTES)
            commit = parse_commit(oid, read[1]) if read is not None and read[0] == "commit" else None
            if commit is None:
                self._pass_over(oid, (), "git cannot read it, or it names no tree")
                continue
            for loss in commit.losses():
                self._done.notes.add(loss)
            self._signed += commit.signed
            yield commit

    def _entries(self, commit: Commit, rows: tuple[Row, ...]) -> Iterator[Entry]:
        for row in rows:
            if row.kind == "dir":
                yield Entry(type="dir", path=row.path, mode=row.mode)
            elif row.kind == "symlink":
                yield Entry(type="symlink", path=row.path, target=row.target)
            else:
                content = self._contents.of(row.oid)
                if content.reason:
                    text = f"{row.path!r} of {commit.oid[:12]} is left out: {content.reason}"
                    self._done.notes.once("content", row.path, row.oid, text=text)
                else:
                    yield Entry(type="file", path=row.path, hash=content.hash, size=content.size, mode=row.mode)

    def _put(self, data: bytes) -> tuple[str, DomainError | None]:
        name = hash_bytes(data)
        try:
            self._api.put_manifest(name, data)
        except (Invalid, TooLarge) as error:
            if is_about_all(error):
                raise
            return name, error
        return name, None

    def _register(self, commit: Commit, manifest: str, *, follow: bool) -> DomainError | None:
        """Register a commit's snapshot; returns the error when the server does not take it."""
        body = self._body(commit, manifest)
        if follow:
            body["workspace_id"] = self._done.workspace.id
        try:
            try:
                snapshot, created = self._api.register_snapshot(self._done.project.id, body)
            except Conflict:  # an earlier import had to leave out more of it
                body["snapshot_id"] = f"git-{commit.oid}-{manifest[:12]}"
                snapshot, created = self._api.register_snapshot(self._done.project.id, body)
        except (Invalid, Conflict, TooLarge) as error:
            if is_about_all(error):
                raise
            return error
        self._done.snapshots[commit.oid] = snapshot.id
        self._done.created += created
        return None

    def _body(self, commit: Commit, manifest: str) -> dict[str, Any]:
        parents = dict.fromkeys(itertools.chain.from_iterable(self._mapped(parent) for parent in commit.parents))
        if any(parent not in self._done.snapshots and parent not in self._instead for parent in commit.parents):
            self._done.notes.once(
                "shallow", text=f"the history is cut off: {commit.oid[:12]} has parents that are not here"
            )
        origin = commit.origin
        return {
            "snapshot_id": f"git-{commit.oid}",
            "manifest_hash": manifest,
            "parent_snapshot_ids": list(parents)[:PARENTS],
            "source": "import",
            "summary": commit.summary[:SUMMARY_CHARACTERS],
            "author_name": commit.author.name[:AUTHOR_CHARACTERS],
            "author_email": commit.author.email[:AUTHOR_CHARACTERS],
            "created_at": commit.created_at,
            **({"origin": origin} if len(origin) <= ORIGIN_CHARACTERS else {}),
        }

    def _pass_over(self, oid: str, parents: tuple[str, ...], reason: str) -> None:
        """Leave a commit out; its children get its parents."""
        self._instead[oid] = tuple(itertools.chain.from_iterable(self._mapped(parent) for parent in parents))
        self._done.notes.add(f"the commit {oid[:12]} is left out: {reason}")

    def _mapped(self, oid: str) -> tuple[str, ...]:
        snapshot = self._done.snapshots.get(oid)
        return (snapshot,) if snapshot is not None else self._instead.get(oid, ())

    def _snapshot_of(self, oid: str) -> str | None:
        return next(iter(self._mapped(oid)), None)


def _windows(order: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(order), size):
        yield order[start : start + size]
