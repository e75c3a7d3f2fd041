"""Use cases of decisions. What is extracted from talk comes from `extraction`, which stands above."""

from collections.abc import Sequence

from asterism.base import ids
from asterism.base.errors import Invalid
from asterism.features.accounts.identity import Caller
from asterism.features.insight.decisions import store
from asterism.features.insight.decisions.errors import UnknownDecision
from asterism.features.insight.decisions.models import CODE, MAX_LISTED, Decision, Link, NewDecision, NewLink, Status
from asterism.features.versions import project_log, projects, storage, workspaces
from asterism.features.versions.project_log import DecisionMade
from asterism.features.versions.projects import Project
from asterism.kernel.db import Tx


def list_decisions(tx: Tx, caller: Caller, project_id: str) -> list[Decision]:
    """Return the newest 500 decisions. Raises UnknownProject."""
    return newest(tx, projects.get_project(tx, caller, project_id).id)


def newest(tx: Tx, project_id: str) -> list[Decision]:
    """Return the newest 500 decisions of a project, whoever asks."""
    return store.of_project(tx, project_id, MAX_LISTED)


def links_of(tx: Tx, project_id: str) -> list[Link]:
    """Return the links of a project's decisions, the most certain first."""
    return store.links(tx, project_id)


def add(tx: Tx, project_id: str, found: Sequence[NewDecision], *, tree: str | None) -> int:
    """Keep decisions made on a tree, but those that the project has already; return how many are new."""
    now = tx.now()
    made = [
        Decision(ids.ulid(), project_id, one.conversation_id, one.decision, one.rationale, one.category, now, tree=tree)
        for one in found
    ]
    added = store.insert(tx, made)
    for one in added:
        project_log.append(
            tx,
            project_id,
            DecisionMade(one.category, one.conversation_id),
            title=f"Decided: {one.decision}",
            subject=("decision", one.id),
            tree=tree,
        )
    return len(added)


def replace_links(tx: Tx, project: Project, found: Sequence[NewLink]) -> None:
    """Make these the links of a project's decisions; one that stays keeps its id and the content it was made on."""
    known = {(link.decision_id, link.concept_id): link for link in store.links(tx, project.id)}
    wanted = {(link.decision_id, link.concept_id): link for link in found}
    store.delete_links(tx, [link.id for key, link in known.items() if key not in wanted])
    changed = {
        known[key].id: link.confidence
        for key, link in wanted.items()
        if key in known and known[key].confidence != link.confidence
    }
    store.set_confidences(tx, changed)
    now = tx.now()
    fresh = [
        Link(ids.ulid(), link.decision_id, link.concept_id, link.confidence, link.blob, now)
        for key, link in wanted.items()
        if key not in known
    ]
    store.insert_links(tx, project, fresh)


def change_status(
    tx: Tx,
    caller: Caller,
    project_id: str,
    decision_id: str,
    status: Status,
    *,
    superseded_by: str | None,
) -> Decision:
    """Say what has become of a decision; one that is confirmed is not stale, and compared with today's content.

    Raises UnknownProject, UnknownDecision (also for `superseded_by`) or Invalid.
    """
    project = projects.get_project(tx, caller, project_id)
    if store.by_id(tx, project.id, decision_id) is None:
        raise UnknownDecision
    if superseded_by is not None:
        if status != "superseded" or superseded_by == decision_id:
            raise Invalid.field("superseded_by", "names another decision, for the status superseded alone")
        if store.by_id(tx, project.id, superseded_by) is None:
            raise UnknownDecision
    store.set_status(tx, decision_id, status, superseded_by)
    if status == "confirmed":
        mine = [link for link in store.links(tx, project.id) if link.decision_id == decision_id]
        now = contents_now(tx, project, mine)
        store.set_blobs(tx, {link.id: now.get(link.concept_id) for link in mine})
    if status != "active":
        store.set_stale(tx, decision_id, None, ())
    changed = store.by_id(tx, project.id, decision_id)
    if changed is None:
        raise UnknownDecision
    return changed


def contents_now(tx: Tx, project: Project, links: Sequence[Link]) -> dict[str, str]:
    """Return the content that the linked files have in a project's newest tree, by concept id."""
    latest = workspaces.latest_tree(tx, project)
    if latest is None:
        return {}
    root = storage.manifest(tx, project.owner_user_id, latest[0]).root
    files = {link.concept_id for link in links if link.concept_id.startswith(CODE)}
    nodes = {id_: storage.find_node(tx, project.owner_user_id, root, id_.removeprefix(CODE)) for id_ in files}
    return {id_: node.hash for id_, node in nodes.items() if node is not None and node.type == "file"}


def _blob_roots(tx: Tx, user_id: str) -> set[str]:
    """Return the contents that decisions are compared with, which keeps them from being collected."""
    return store.linked_blobs(tx, user_id)


ROOTS = storage.Roots(blobs=_blob_roots)
