"""Whether the files that decisions cite are still what they were (beyond.md 7)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal

from asterism.features.insight.decisions import store
from asterism.features.insight.decisions.models import CODE, STALE_SHARE, ChangedFile, Decision, Link
from asterism.features.insight.decisions.service import contents_now
from asterism.features.versions import project_log, projects, storage, workspaces
from asterism.features.versions.project_log import DecisionStale
from asterism.features.versions.storage import BlobGone, Place, UnknownBlob
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Database, Tx

MAX_BYTES = 1024 * 1024
MAX_TOLD = 10


def check_project(db: Database, blobs: Blobs, project_id: str) -> int:
    """Find out which decisions of a project are stale by its newest tree; return how many became so.

    For a worker thread, outside a transaction.
    """
    with db.read() as tx:
        project = projects.find_live(tx, project_id)
        latest = workspaces.latest_tree(tx, project) if project else None
        if project is None or latest is None:
            return 0
        found = {one.id: one for one in store.of_project(tx, project.id) if one.status != "superseded"}
        cited = [link for link in store.links(tx, project.id) if link.blob and link.decision_id in found]
        now = contents_now(tx, project, cited)
        hashes = {blob for link in cited for blob in (link.blob, now.get(link.concept_id)) if blob}
        places = storage.find_places(tx, project.owner_user_id, sorted(hashes))
    reader = _Reader(db, blobs, project.owner_user_id, places)
    changed: dict[str, list[ChangedFile]] = {id_: [] for id_ in found}
    for link in cited:
        change = _change(reader, str(link.blob), now.get(link.concept_id))
        if change is not None:
            changed[link.decision_id].append(ChangedFile(link.concept_id, _path(link), change))
    return _keep(db, found, changed)


def _keep(db: Database, found: Mapping[str, Decision], changed: Mapping[str, Sequence[ChangedFile]]) -> int:
    """Write down what is not written yet; return how many decisions became stale."""
    fresh = 0
    with db.write() as tx:
        for id_, files in changed.items():
            decision = store.by_id(tx, found[id_].project_id, id_)
            cited = tuple(sorted(files, key=lambda file: file.path))
            if decision is None or decision.status != found[id_].status or decision.changed == cited:
                continue
            since = (decision.stale_since or tx.now()) if cited else None
            fresh += since is not None and decision.stale_since is None
            store.set_stale(tx, id_, since, cited)
            if since is not None:
                _tell(tx, decision, cited)
    return fresh


def _tell(tx: Tx, stale: Decision, cited: Sequence[ChangedFile]) -> None:
    project_log.append(
        tx,
        stale.project_id,
        DecisionStale(tuple(file.path for file in cited[:MAX_TOLD])),
        title=f"The code has changed that this decision cites: {stale.decision}",
        subject=("decision", stale.id),
        tree=stale.tree,
    )


def _path(link: Link) -> str:
    return link.concept_id.removeprefix(CODE)


class _Reader:
    """Reads the lines of stored contents, each once."""

    def __init__(self, db: Database, blobs: Blobs, user_id: str, places: Mapping[str, Place]) -> None:
        self._db, self._blobs, self._user_id, self._places = db, blobs, user_id, places
        self._lines: dict[str, Counter[bytes] | None] = {}

    def lines(self, blob: str) -> Counter[bytes] | None:
        """Return how often a content has each line, None when it is not stored or too large to compare."""
        if blob not in self._lines:
            place = self._places.get(blob)
            self._lines[blob] = self._read(blob, place) if place and place.size <= MAX_BYTES else None
        return self._lines[blob]

    def _read(self, blob: str, place: Place) -> Counter[bytes] | None:
        try:
            data = storage.read_whole(self._db, self._blobs, self._user_id, blob, place)
        except (BlobGone, UnknownBlob):
            return None
        return Counter(data.splitlines())


def _change(reader: _Reader, before: str, after: str | None) -> Literal["gone", "changed"] | None:
    """Say what became of a file: gone, or changed by more than 30 % of the lines of the larger side.

    Contents that cannot be compared count as changed, since they differ.
    """
    if after is None:
        return "gone"
    if before == after:
        return None
    old, new = reader.lines(before), reader.lines(after)
    if old is None or new is None:
        return "changed"
    larger = max(old.total(), new.total(), 1)
    return "changed" if larger - (old & new).total() > STALE_SHARE * larger else None
