"""Analysing drift: what each side did since they parted, and what a sync would come to (Fastest 4.7)."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from asterism.base.clock import stamp
from asterism.features.accounts.identity import Caller
from asterism.features.versions import drift, storage
from asterism.features.versions.sync.advisor import Advisor
from asterism.features.versions.sync.contents import Contents
from asterism.features.versions.sync.errors import NothingToMerge
from asterism.features.versions.sync.history import Graph
from asterism.features.versions.sync.judgement import Analysis, Evidence, judge, question_about, reworded
from asterism.features.versions.sync.plan import find_situation, plan_sync
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Database
from asterism.vcs.diff import Change, diff
from asterism.vcs.merge import MergeBase


class NoAnalysis(Exception):
    """There is nothing to analyse; `reason` is for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def analyze(
    db: Database, blobs: Blobs, advisor: Advisor, caller: Caller, workspace_id: str, *, include_dirty: bool
) -> Analysis | str:
    """Return what drift from main means, worded by a model where the user has one; or why there is nothing to say.

    The risk, and whether a sync needs nobody, are always computed. Raises UnknownWorkspace.
    """
    try:
        user_id, found = await asyncio.to_thread(_look, db, blobs, caller, workspace_id, include_dirty=include_dirty)
    except NoAnalysis as nothing:
        return nothing.reason
    analysis = judge(found)
    adviser = await advisor.find(db, user_id)
    if adviser is not None:
        analysis = reworded(analysis, await advisor.ask(adviser, question_about(analysis, found)))
    return replace(analysis, analyzed_at=stamp(db.clock.now()))


def _look(
    db: Database, blobs: Blobs, caller: Caller, workspace_id: str, *, include_dirty: bool
) -> tuple[str, Evidence]:
    """Gather what an analysis stands on. Raises UnknownWorkspace or NoAnalysis."""
    with db.read() as tx, _as_no_analysis():
        sides = drift.find_sides(tx, caller, workspace_id, include_dirty=include_dirty)
        if isinstance(sides, drift.Comparison):
            raise NoAnalysis(sides.message or "")
        situation, graph = find_situation(tx, caller, workspace_id, None)
        user_id = situation.project.owner_user_id
        same = storage.equal(tx, user_id, sides.ours.manifest_hash, sides.theirs.manifest_hash)
    contents = Contents(db, blobs, user_id)
    with _as_no_analysis():
        planned = plan_sync(contents, situation, graph)
        return user_id, Evidence(
            source=situation.source.name,
            source_changes=_since(contents, planned.base, graph, sides.theirs.manifest_hash),
            workspace_changes=_since(contents, planned.base, graph, sides.ours.manifest_hash),
            plan=planned.plan,
            same=same,
        )


def _since(contents: Contents, base: MergeBase, graph: Graph, tree: str) -> list[Change]:
    """Return what leads from the base to a tree."""
    if base.entries is not None:
        return diff(base.entries, contents.entries(tree))
    with contents.db.read() as tx:
        return storage.changes(tx, contents.user_id, graph.tree(base.snapshots[0]), tree)


@contextmanager
def _as_no_analysis() -> Iterator[None]:
    """Take a side that cannot be merged for nothing to analyse."""
    try:
        yield
    except storage.UnknownManifest:
        raise NoAnalysis(drift.UNREADABLE) from None
    except (storage.BlobsMissing, NothingToMerge) as error:
        raise NoAnalysis(error.message) from None
