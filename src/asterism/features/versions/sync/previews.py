"""Preparing a sync: the plan is made, kept for half an hour, and shown (Fastest 5.8)."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace

from asterism.base import ids
from asterism.base.clock import shift
from asterism.features.accounts.identity import Caller
from asterism.features.versions import drift, storage
from asterism.features.versions.sync import store
from asterism.features.versions.sync.advisor import Advisor
from asterism.features.versions.sync.contents import Contents
from asterism.features.versions.sync.lock_files import offer_anew
from asterism.features.versions.sync.lock_tools import LockTools
from asterism.features.versions.sync.model_help import settle
from asterism.features.versions.sync.models import (
    KEPT_ANSWER_DAYS,
    MAX_OPEN_PREVIEWS,
    MAX_TEXT_CHARACTERS,
    MAX_TEXTS_BYTES,
    Preview,
    Situation,
)
from asterism.features.versions.sync.packed import pack, unpack
from asterism.features.versions.sync.plan import Planned, find_situation, plan_sync
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Database, Tx
from asterism.vcs.merge import Plan, merged_contents

PURGED_AT_ONCE = 500
READ_AT_ONCE = 200


async def prepare(
    db: Database,
    blobs: Blobs,
    advisor: Advisor,
    caller: Caller,
    workspace_id: str,
    source_id: str | None,
    *,
    tree: str | None = None,
    seconds: int,
    quota: int | None = None,
    tools: LockTools | None = None,
) -> Preview:
    """Show what a sync would do and keep that for `seconds`. Files that lines and structure leave open, a model joins.

    With `tree`, the hash of a stored manifest, it shows what it would do if that were the target's working tree; such
    a preview can be executed once it is. With `tools`, lock files can be written anew. Raises UnknownWorkspace,
    OtherProject, NoMainWorkspace, SourceIsTarget, NothingToMerge, ManifestNotFound, BlobsMissing or QuotaExceeded.
    """

    def plan() -> tuple[Contents, Situation, Planned]:
        with db.read() as tx:
            situation, graph = find_situation(tx, caller, workspace_id, source_id, tree)
        contents = Contents(db, blobs, situation.project.owner_user_id, quota)
        planned = plan_sync(contents, situation, graph)
        offered = planned.plan if tools is None else offer_anew(planned.plan, tools)
        return contents, situation, replace(planned, plan=offered)

    contents, situation, planned = await asyncio.to_thread(plan)
    merged, model = await settle(contents, advisor, planned.plan)
    planned = Planned(merged, planned.base)
    return await asyncio.to_thread(keep_preview, contents, situation, planned, seconds=seconds, model=model)


def keep_preview(
    contents: Contents, situation: Situation, planned: Planned, *, seconds: int, model: str | None = None
) -> Preview:
    """Store a plan with what its merges made, and return it with the texts that people want to read."""
    plan = planned.plan
    made = merged_contents(plan)
    contents.store(made.values())
    packed = pack(plan)
    texts = _texts(contents, plan, made)
    with contents.db.write() as tx:
        now = tx.now()
        preview = Preview(
            id=ids.ulid(),
            workspace_id=situation.target.id,
            source_workspace_id=situation.source.id,
            source_name=situation.source.name,
            created_at=now,
            expires_at=shift(now, seconds=seconds),
            workspace_version=situation.target.version,
            workspace_manifest_hash=situation.ours,
            workspace_snapshot_id=situation.head,
            source_snapshot_id=situation.source_head,
            base_kind=planned.base.kind,
            base_snapshot_ids=planned.base.snapshots,
            plan=plan,
            drift_report_id=drift.newest_comparison_id(tx, situation.target.id, situation.source.id) or "",
            model=model,
            texts=texts,
        )
        store.insert_preview(tx, contents.user_id, preview, packed, most=MAX_OPEN_PREVIEWS)
    return preview


def _texts(contents: Contents, plan: Plan, made: dict[str, bytes]) -> dict[str, str]:
    """Return the texts of options and of merged files, by hash: text, none too long, and not too much in sum.

    Decisions come first, in their order, since they need a person.
    """
    sizes = {
        option.entry.hash: option.entry.size
        for decision in plan.decisions
        for option in decision.options
        if option.entry is not None and option.entry.hash
    }
    sizes |= {blob: len(data) for blob, data in made.items() if blob not in sizes}
    shown, room = [], MAX_TEXTS_BYTES
    for blob, size in sizes.items():
        if size <= min(room, 4 * MAX_TEXT_CHARACTERS):
            shown.append(blob)
            room -= size
    texts = dict(_readable({blob: made[blob] for blob in shown if blob in made}))
    stored = [blob for blob in shown if blob not in made]
    for start in range(0, len(stored), READ_AT_ONCE):
        texts.update(_readable(contents.read(stored[start : start + READ_AT_ONCE])))
    return texts


def _readable(contents: dict[str, bytes]) -> Iterable[tuple[str, str]]:
    for blob, data in contents.items():
        try:
            text = data.decode()
        except UnicodeDecodeError:
            continue
        if len(text) <= MAX_TEXT_CHARACTERS:
            yield blob, text


def _blob_roots(tx: Tx, user_id: str) -> set[str]:
    """Return the contents that open previews would store, which keeps them from being collected."""
    return {
        entry.hash
        for packed in store.open_plans(tx, user_id, tx.now())
        for entry in unpack(packed).changes.values()
        if entry is not None and entry.hash
    }


ROOTS = storage.Roots(blobs=_blob_roots)


def purge_previews(tx: Tx) -> int:
    """Remove a batch of previews that expired, or whose answers are kept no longer. For the expiry job."""
    now = tx.now()
    return store.purge_previews(tx, now, shift(now, seconds=-KEPT_ANSWER_DAYS * 86_400), PURGED_AT_ONCE)
