"""Use cases of next steps."""

import asyncio
from collections.abc import Sequence

from asterism.base import ids
from asterism.features.accounts.identity import Caller
from asterism.features.insight import atlas, decisions
from asterism.features.insight.atlas import Maps
from asterism.features.insight.extraction import Conversations
from asterism.features.insight.next_steps import prompts, rules, store
from asterism.features.insight.next_steps.errors import UnknownNextStep
from asterism.features.insight.next_steps.models import NextStep, Status, Suggestion
from asterism.features.insight.next_steps.situation import Situation
from asterism.features.versions import project_log, projects, workspaces
from asterism.features.versions.projects import Project
from asterism.features.versions.sync import Advisor
from asterism.kernel.db import Tx

RECENT, THREADS = 20, 6


def list_steps(tx: Tx, caller: Caller, project_id: str, status: Status | None) -> list[NextStep]:
    """Return the newest 200 steps, of one status where it is named. Raises UnknownProject."""
    return store.of_project(tx, projects.get_project(tx, caller, project_id).id, status)


async def generate(maps: Maps, advisor: Advisor, caller: Caller, project_id: str) -> list[NextStep]:
    """Suggest what to do next and keep it; return the new steps in the order of usefulness. Raises UnknownProject.

    The user's model is asked where there is one; without an answer of use, rules suggest.
    """
    db = maps.db
    project = await db.run_read(projects.get_project, caller, project_id)
    situation = await asyncio.to_thread(_look, maps, caller, project)
    adviser = await advisor.find(db, project.owner_user_id)
    answer = await advisor.ask(adviser, prompts.question(situation)) if adviser is not None else None
    found = prompts.read(answer, situation)
    name = adviser.name if adviser is not None and found is not None else None
    suggested = rules.suggest(situation) if found is None else found
    return await db.run(_keep, project, suggested, name)


def _look(maps: Maps, caller: Caller, project: Project) -> Situation:
    """Gather what is known of a project. Blocks."""
    with maps.db.read() as tx:
        latest = workspaces.latest_tree(tx, project)
        taken = store.titles(tx, project.id)
        recent = [step.title for step in store.of_project(tx, project.id, None, RECENT)]
        known = decisions.newest(tx, project.id)
        talk = Conversations().newest(tx, caller, project, threads=THREADS, messages=1)
        deployed = project_log.last_event_at(tx, project.id, "deployment.succeeded") is not None
    tree = maps.tree(project.owner_user_id, latest[0]) if latest else None
    return Situation(
        name=project.name,
        intent=project.intent,
        brief=project.brief,
        tree=tree,
        decisions=[one for one in known if one.status != "superseded"],
        taken=frozenset(taken),
        recent=recent,
        talk=[thread.title for thread in talk if thread.title],
        snapshots=project.last_snapshot_id is not None,
        deployed=deployed,
        known_names=_names(maps, project),
    )


def _names(maps: Maps, project: Project) -> frozenset[str]:
    """Return the names of a project's concepts and paths, as letters and digits alone."""
    found: set[str] = set()
    for concept in atlas.current(maps, project).graph.concepts:
        for name in (concept.name, concept.name.partition(".")[0], concept.path):
            found.add("".join(letter for letter in name.casefold() if letter.isalnum()))
    return frozenset(found)


def _keep(tx: Tx, project: Project, found: Sequence[Suggestion], model: str | None) -> list[NextStep]:
    """Keep steps, but those that somebody else made meanwhile."""
    now = tx.now()
    made = [
        NextStep(
            id=ids.ulid(),
            project_id=project.id,
            title=one.title,
            description=one.description,
            rationale=one.rationale,
            category=one.category,
            priority=one.priority,
            effort=one.effort,
            status="pending",
            model=model,
            generated_at=now,
            acted_on_at=None,
        )
        for one in found
    ]
    store.insert(tx, made)
    return [step for one in made if (step := store.by_id(tx, project.id, one.id)) is not None]


def change_status(tx: Tx, caller: Caller, project_id: str, step_id: str, status: Status) -> NextStep:
    """Say what has become of a step. Raises UnknownProject or UnknownNextStep."""
    step = _step(tx, caller, project_id, step_id)
    store.set_status(tx, step.id, status, None if status == "pending" else tx.now())
    return _step(tx, caller, project_id, step_id)


def give_feedback(tx: Tx, caller: Caller, project_id: str, step_id: str, *, helpful: bool) -> NextStep:
    """Count the caller's one vote on a step. Raises UnknownProject or UnknownNextStep."""
    step = _step(tx, caller, project_id, step_id)
    store.vote(tx, step.id, caller.user_id, helpful=helpful)
    return _step(tx, caller, project_id, step_id)


def _step(tx: Tx, caller: Caller, project_id: str, step_id: str) -> NextStep:
    found = store.by_id(tx, projects.get_project(tx, caller, project_id).id, step_id)
    if found is None:
        raise UnknownNextStep
    return found
