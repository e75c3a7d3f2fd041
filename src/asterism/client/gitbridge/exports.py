"""Export: every snapshot of a project becomes a commit of a new git repository, parents first."""

import contextlib
import os
import shutil
import threading
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from asterism.base.errors import Conflict, Invalid
from asterism.client.api import Api
from asterism.client.gitbridge.fast_import import Stream
from asterism.client.gitbridge.notes import Notes
from asterism.client.gitbridge.refs import RefNames
from asterism.client.models import Project, Snapshot
from asterism.client.progress import Progress
from asterism.client.projects import main_workspace
from asterism.client.revisions import tags
from asterism.kernel.git import CommandFailed, Git, new_repository_environment

MAIN = "refs/heads/main"
SECONDS = 600.0
PRINTED = 1 << 20
AT_ONCE = 200


@dataclass(slots=True)
class Exported:
    """What an export wrote; `head` is the git commit that main's head became."""

    folder: str
    commits: int = 0
    head: str | None = None
    head_snapshot: str | None = None
    workspace_id: str | None = None
    notes: Notes = field(default_factory=Notes)


def export_git(api: Api, project: Project, folder: str, progress: Progress) -> Exported:
    """Write the project's history to a new repository at `folder`.

    What git cannot hold is left out or renamed, and noted. Raises Conflict when something is there already, Invalid
    when git refuses the whole, GitNotFound, and what `Api` raises; nothing of a repository is left then.
    """
    top = os.path.realpath(folder)
    if os.path.lexists(top) and (not os.path.isdir(top) or os.listdir(top)):
        raise Conflict(f"{folder} exists and is not empty.", code="IN_THE_WAY", hint="Export into a new folder.")
    snapshots = parents_first(list(api.snapshots(project.id))[::-1])
    workspace = main_workspace(api, project)
    done = Exported(top, workspace_id=workspace.id if workspace else None)
    made = not os.path.isdir(top)
    try:
        os.makedirs(top, exist_ok=True)
        with closing(Git()) as git:
            _write(api, git, project, snapshots, done, progress)
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


def _write(api: Api, git: Git, project: Project, snapshots: list[Snapshot], done: Exported, progress: Progress) -> None:
    _git(git, done, "init", "--quiet", "--initial-branch=main", "--template=")
    importer = git.open(
        ["-c", "core.ignoreCase=false", "fast-import", "--quiet", "--force", "--date-format=raw-permissive"],
        cwd=Path(done.folder),
        environment=new_repository_environment(git),
    )
    if importer.stdin is None or importer.stdout is None or importer.stderr is None:
        raise AssertionError("all three are pipes")
    said: list[bytes] = []
    listener = threading.Thread(target=lambda pipe: said.append(pipe.read()), args=(importer.stderr,), daemon=True)
    listener.start()
    progress.start("Exporting snapshots", len(snapshots), items=True)
    try:
        stream = Stream(api, importer.stdin, done.notes)
        for start in range(0, len(snapshots), AT_ONCE):
            for _ in stream.commits(snapshots[start : start + AT_ONCE]):
                progress.advance(1)
        stream.refs(choose_refs(api, project, snapshots, done))
        importer.stdin.close()
    except BrokenPipeError:
        pass  # git says why
    except BaseException:
        importer.kill()
        raise
    finally:
        progress.finish()
        with contextlib.suppress(OSError):
            importer.stdin.close()
        importer.wait()
        listener.join()
        importer.stdout.close()
        importer.stderr.close()
    if importer.returncode != 0:
        words = b"".join(said).decode(errors="replace").strip().splitlines()
        raise Invalid(f"git fast-import failed: {words[0] if words else importer.returncode}", code="GIT_FAILED")
    done.commits = len(snapshots)
    if done.head_snapshot is not None:
        done.head = _git(git, done, "rev-parse", MAIN).decode().strip()
        try:
            _git(git, done, "reset", "--hard", "--quiet", MAIN)
        except CommandFailed as error:
            done.notes.add(f"the work tree is not complete: {error.message}")


def _git(git: Git, done: Exported, *words: str) -> bytes:
    outcome = git.run(
        words,
        cwd=Path(done.folder),
        environment=new_repository_environment(git),
        timeout=SECONDS,
        max_output=PRINTED,
    )
    if not outcome.ok:
        said = outcome.stderr.decode(errors="replace").strip().splitlines()
        raise CommandFailed(f"git {words[0]} failed: {said[-1] if said else outcome.returncode}")
    return outcome.stdout


def choose_refs(api: Api, project: Project, snapshots: list[Snapshot], done: Exported) -> dict[str, str]:
    """Return which snapshot each ref is to name: heads of workspaces, tags, and whatever else nothing would reach.

    Names that are fine as they are get theirs first, so that others give way.
    """
    known = {snapshot.id: snapshot for snapshot in snapshots}
    refs: dict[str, str] = {}
    heads: list[tuple[str, str]] = []
    for workspace in api.workspaces(project.id):
        head = workspace.current_snapshot_id
        if head is None or head not in known:
            continue
        if workspace.id == done.workspace_id:
            refs[MAIN], done.head_snapshot = head, head
        else:
            heads.append((workspace.name, head))
    _place(refs, RefNames("refs/heads/", done.notes, [MAIN]), "workspace", heads)
    named = [(tag.name, tag.snapshot_id) for tag in tags(api, project.id) if tag.snapshot_id in known]
    _place(refs, RefNames("refs/tags/", done.notes), "tag", named)
    reached = _reach(set(refs.values()), known)
    loose = RefNames("refs/asterism/", Notes())
    for snapshot in reversed(snapshots):
        if snapshot.id not in reached:
            refs[loose.give("snapshot", snapshot.id)] = snapshot.id
            reached |= _reach({snapshot.id}, known, reached)
    return refs


def _place(refs: dict[str, str], names: RefNames, what: str, wanted: list[tuple[str, str]]) -> None:
    for name, snapshot_id in sorted(wanted, key=lambda each: (not names.takes(each[0]), each)):
        refs[names.give(what, name)] = snapshot_id


def _reach(starts: set[str], known: Mapping[str, Snapshot], reached: set[str] | None = None) -> set[str]:
    """Return what the starts lead to, without what was reached before."""
    found: set[str] = set()
    waiting = list(starts)
    while waiting:
        name = waiting.pop()
        if name in known and name not in found and (reached is None or name not in reached):
            found.add(name)
            waiting.extend(known[name].parent_snapshot_ids)
    return found
