"""Analysing what main holds: tests, secrets, rules of the review engine, and a model where there is one (Fastest 12.4).

Only files that differ from the tree of the last analysis are read.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from asterism.features.operations.action_items import findings, prompts, store
from asterism.features.operations.action_items.findings import Analysis, Found
from asterism.features.operations.action_items.models import Note, Status
from asterism.features.operations.action_items.service import take_notes
from asterism.features.review import analyzers
from asterism.features.review.analyzers import Analyzer, Finding, ToolRunner
from asterism.features.review.findings import ReviewedFile
from asterism.features.versions import projects, snapshots, storage, workspaces
from asterism.features.versions.projects import Project
from asterism.features.versions.sync import Advisor, Contents
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Database, Tx
from asterism.kernel.jobs import JobQueue
from asterism.vcs.linediff import TooManyLines
from asterism.vcs.manifest import Entry
from asterism.vcs.text_diff import decode_text
from asterism.vcs.unified import compare

log = structlog.get_logger("asterism.actions")
FOLLOWER: Final = "analysis"
ANALYZE: Final = "actions.analyze"
MAX_FILE_BYTES = 256 * 1024
MAX_TREE_BYTES = 64 * 1024 * 1024
FILES_AT_ONCE, BYTES_AT_ONCE = 200, 8 * 1024 * 1024
SNAPSHOTS_BACK = 20
CHECKS: Final = "secrets,patterns,bandit"


@dataclass(frozen=True, slots=True)
class Looked:
    """What is to be analysed: main's head, and what is known of the tree before."""

    project: Project
    workspace_id: str
    head: str
    tree: str
    before: Analysis | None


@dataclass(frozen=True, slots=True)
class Analyst:
    """Analyses projects. `tools` run the programs among the analyzers, `delay` is how long heads settle, in seconds."""

    db: Database
    blobs: Blobs
    advisor: Advisor
    tools: ToolRunner
    delay: float
    checks: Sequence[Analyzer] = tuple(analyzers.chosen(CHECKS))

    def enqueue(self, jobs: JobQueue, project_id: str) -> None:
        """Have a project analysed when its heads have settled."""
        jobs.enqueue(ANALYZE, {"project_id": project_id}, key=project_id, delay=self.delay)

    def close(self) -> None:
        """Let go of what runs programs."""
        self.tools.close()

    async def analyze(self, project_id: str) -> int:
        """Analyse what main holds now, unless that was done; return how many things were found."""
        looked, versions = await self.db.run_read(_look, project_id)
        found = 0 if looked is None else await self._analyzed(looked)
        await self.db.run(workspaces.follow, FOLLOWER, versions)
        return found

    async def _analyzed(self, looked: Looked) -> int:
        contents = Contents(self.db, self.blobs, looked.project.owner_user_id)
        entries = await asyncio.to_thread(contents.entries, looked.tree)
        files = {entry.path: entry for entry in entries if entry.type == "file"}
        found = await self._scanned(contents, looked, files)
        asked, model_notes = await self._model_notes(contents, looked, files)
        notes = [*findings.notes_of_tests(files), *findings.notes_of_findings(found), *model_notes]
        made = Analysis(looked.workspace_id, looked.tree, findings.RULES, asked, found)
        return await self.db.run(_keep, looked, made, notes)

    async def _scanned(
        self, contents: Contents, looked: Looked, files: Mapping[str, Entry]
    ) -> Mapping[str, Sequence[Found]]:
        """Return what analyzers say about the tree, by file; files that were looked at before are not read again."""
        changed = await self.db.run_read(_changed_since, looked)
        known = {} if looked.before is None or changed is None else dict(looked.before.found)
        found = {path: said for path, said in known.items() if path in files and path not in (changed or ())}
        wanted = [files[path] for path in sorted(files if changed is None else changed & files.keys())]
        for group in _groups(wanted):
            texts = await asyncio.to_thread(contents.read, [entry.hash for entry in group])
            reviewed = await asyncio.to_thread(_reviewed, group, texts)
            if reviewed:
                found |= await self._said(reviewed)
        return found

    async def _said(self, reviewed: Sequence[ReviewedFile]) -> dict[str, Sequence[Found]]:
        said: dict[str, list[Found]] = {}

        async def report(_analyzer: str, told: Sequence[Finding]) -> None:
            for one in told:
                kept = findings.worth_keeping(one)
                if kept is not None:
                    said.setdefault(one.file, []).append(kept)

        async with analyzers.prepared(reviewed, analyzers.Project(), self.tools) as job:
            for status in await analyzers.run_all(self.checks, job, report):
                if status.status == "failed":
                    log.warning("actions.analyzer_failed", analyzer=status.id, reason=status.detail)
        return {path: sorted(all_of, key=lambda one: (one.line, one.rule)) for path, all_of in said.items()}

    async def _model_notes(
        self, contents: Contents, looked: Looked, files: Mapping[str, Entry]
    ) -> tuple[bool, list[Note]]:
        """Return whether a model was asked about this tree, and its word: what still holds of the old, and the new."""
        blobs = {path: entry.hash for path, entry in files.items()}
        old = await self.db.run_read(_standing_words, looked, blobs)
        before = looked.before
        if before is not None and before.asked and before.manifest_hash == looked.tree:
            return True, old
        adviser = await self.advisor.find(self.db, looked.project.owner_user_id)
        if adviser is None:
            return False, old
        recent = await self.db.run_read(_recent, looked, files)
        shown = await asyncio.to_thread(_texts, contents, [files[path] for path in recent])
        if not shown:
            return True, old
        answer = await self.advisor.ask(adviser, prompts.question(shown))
        new = prompts.read(answer, {path: blobs[path] for path in shown})
        if new is None:
            return False, old
        room = prompts.MOST_ITEMS - len(old)
        taken = {note.rule for note in old}
        return True, [*old, *[note for note in new if note.rule not in taken][: max(0, room)]]


def _look(tx: Tx, project_id: str) -> tuple[Looked | None, dict[str, int]]:
    """Return what is to be analysed, None where that is nothing new, and the versions that this is about."""
    project = projects.find_live(tx, project_id)
    if project is None:
        return None, {}
    versions = {one.id: one.version for one in workspaces.all_live(tx, project)}
    main = workspaces.main_of(tx, project)
    tree = workspaces.head_manifest(tx, project, main) if main is not None else None
    if main is None or tree is None or main.current_snapshot_id is None:
        return None, versions
    if storage.find_manifest(tx, project.owner_user_id, tree) is None:
        return None, versions
    before = store.analysis(tx, project.id)
    if before is not None and (before.rules != findings.RULES or before.workspace_id != main.id):
        before = None
    return Looked(project, main.id, main.current_snapshot_id, tree, before), versions


def _changed_since(tx: Tx, looked: Looked) -> set[str] | None:
    """Return the paths that differ from the tree of the last analysis, None when that is not known."""
    if looked.before is None:
        return None
    try:
        changes = storage.changes(tx, looked.project.owner_user_id, looked.before.manifest_hash, looked.tree)
    except storage.UnknownManifest:  # it was collected meanwhile
        return None
    return {change.path for change in changes}


def _groups(entries: Iterable[Entry]) -> Iterable[list[Entry]]:
    """Put files into groups that are read at once; large ones, and what is beyond the bound of a tree, are left out."""
    group: list[Entry] = []
    size = total = 0
    for entry in entries:
        if entry.size > MAX_FILE_BYTES:
            continue
        total += entry.size
        if total > MAX_TREE_BYTES:
            break
        if group and (len(group) >= FILES_AT_ONCE or size + entry.size > BYTES_AT_ONCE):
            yield group
            group, size = [], 0
        group.append(entry)
        size += entry.size
    if group:
        yield group


def _reviewed(group: Iterable[Entry], texts: Mapping[str, bytes]) -> list[ReviewedFile]:
    """Return text files as analyzers read them: all of their lines are new."""
    found = []
    for entry in group:
        data = texts.get(entry.hash)
        text = None if data is None else decode_text(data)
        if data is None or not text:
            continue
        try:
            found.append(ReviewedFile(compare(entry.path, None, data), text))
        except TooManyLines:
            continue
    return found


def _texts(contents: Contents, entries: Sequence[Entry]) -> dict[str, bytes]:
    read = contents.read([entry.hash for entry in entries])
    return {entry.path: read[entry.hash] for entry in entries if decode_text(read.get(entry.hash, b"\0")) is not None}


def _recent(tx: Tx, looked: Looked, files: Mapping[str, Entry]) -> list[str]:
    """Return the code files that changed last along the first parents of main's head, small ones only."""
    project, found = looked.project, dict[str, None]()
    current = snapshots.find_many(tx, project.id, [looked.head]).get(looked.head)
    for _ in range(SNAPSHOTS_BACK):
        if current is None or len(found) >= prompts.MOST_FILES:
            break
        first = current.parents[0] if current.parents else None
        parent = snapshots.find_many(tx, project.id, [first]).get(first) if first else None
        try:
            older = parent.manifest_hash if parent else None
            changes = storage.changes(tx, project.owner_user_id, older, current.manifest_hash)
        except storage.UnknownManifest:
            break
        for change in changes:
            entry = files.get(change.path)
            if entry is not None and findings.is_code(entry.path) and 0 < entry.size <= prompts.MOST_BYTES:
                found.setdefault(entry.path)
        current = parent
    return list(found)[: prompts.MOST_FILES]


def _standing_words(tx: Tx, looked: Looked, blobs: Mapping[str, str]) -> list[Note]:
    """Return what a model said before of files that are still what they were."""
    return [
        item.note
        for item in store.of_analysis(tx, looked.project.id)
        if item.status is Status.PENDING
        and item.workspace_id == looked.workspace_id
        and findings.of_model(item.note.rule)
        and findings.cause_of_files(item.note.files, blobs) == item.note.cause
    ]


def _keep(tx: Tx, looked: Looked, made: Analysis, notes: list[Note]) -> int:
    """Write what was found, unless main has moved meanwhile: then the next job does."""
    project = projects.find_live(tx, looked.project.id)
    main = workspaces.main_of(tx, project) if project is not None else None
    if project is None or main is None or main.id != looked.workspace_id:
        return 0
    if workspaces.head_manifest(tx, project, main) != looked.tree:
        return 0
    take_notes(tx, project.id, project.owner_user_id, main.id, notes)
    store.put_analysis(tx, project.id, made)
    return len(notes)


def behind(tx: Tx) -> list[str]:
    """Return projects whose workspaces moved since they were analysed last."""
    return workspaces.projects_behind(tx, FOLLOWER, limit=500)
