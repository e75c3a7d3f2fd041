"""Import: every commit of a git repository becomes a snapshot, parents first.

A commit's snapshot is called `git-` and the commit's name, so an import that was cut off goes on where it was, a second
one adds only what is new, and a commit that differs in anything is another snapshot. Nothing odd in one commit ends
it: what a project cannot hold is left out and noted.
"""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from asterism.base.errors import Invalid, NotFound
from asterism.client.api import Api
from asterism.client.bind import find_place, make_place
from asterism.client.gitbridge import record
from asterism.client.gitbridge.commits import Commit, parse_commit
from asterism.client.gitbridge.contents import Contents
from asterism.client.gitbridge.history import History, Imported
from asterism.client.gitbridge.notes import Notes
from asterism.client.gitbridge.texts import Texts
from asterism.client.gitbridge.tips import Names, Tips, read_tips
from asterism.client.progress import Progress
from asterism.kernel.git import Git, NotGitRepo, Repository

COMMIT_BYTES = 64 << 20
AT_ONCE = 200


class NoRepository(Invalid):
    """The folder is no git repository, or one without commits."""

    code = "NO_REPOSITORY"


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
        self._history = History(api, done)
        self._texts = Texts(repository, Contents(api, repository), done.notes)
        self._signed = 0

    def run(self, order: list[str], progress: Progress, made_before: Path) -> None:
        """Import the commits in this order, then set heads and tags."""
        api, done = self._api, self._done
        here = {each.id for each in api.snapshots(done.project.id) if each.source == "import" and each.complete}
        main = self._follow_from_the_start()
        progress.start("Importing commits", len(order), items=True)
        for window in _windows(order, AT_ONCE):
            new = []
            for oid in window:
                if f"git-{oid}" in here and oid not in main:
                    done.snapshots[oid] = f"git-{oid}"
                else:
                    new.append(oid)
            for texts in self._texts.of(list(self._read(new))):
                self._history.send(texts, main)
            progress.advance(len(window))
        progress.finish()
        if self._signed:
            done.notes.add(f"{self._signed} commits are signed or hold more than a snapshot keeps; that is not kept")
        self._set_names(made_before)

    def _set_names(self, made_before: Path) -> None:
        api, done = self._api, self._done
        key = f"{api.http.url} {done.project.id}"
        names = Names(api, done.project, done.workspace, record.load(made_before, key), done.notes)
        try:
            names.follow(self._tips, self._history.snapshot_of)
        finally:
            try:
                record.save(made_before, key, names.made)
            except OSError as error:
                done.notes.add(f"what was imported is not remembered in {made_before}: {error.strerror}")
        done.head = self._history.snapshot_of(self._tips.head) if self._tips.head else None

    def _follow_from_the_start(self) -> set[str]:
        """Return the commits that become main's own: the line of first parents to HEAD, where main has no head yet."""
        if self._done.workspace.current_snapshot_id is not None or self._tips.head is None:
            return set()
        return set(self._repository.order([self._tips.head], "--first-parent"))

    def _read(self, oids: list[str]) -> Iterator[Commit]:
        for oid in oids:
            read = self._repository.read(oid, COMMIT_BYTES)
            commit = parse_commit(oid, read[1]) if read is not None and read[0] == "commit" else None
            if commit is None:
                self._history.pass_over(oid, (), "git cannot read it, or it names no tree")
                continue
            for loss in commit.losses():
                self._done.notes.add(loss)
            self._signed += commit.signed
            yield commit


def _windows(order: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(order), size):
        yield order[start : start + size]
