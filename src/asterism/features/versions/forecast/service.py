"""Use cases of reading the forecast: cheap, since everything is computed beforehand."""

from asterism.features.accounts.identity import Caller
from asterism.features.versions import projects, workspaces
from asterism.features.versions.forecast import store
from asterism.features.versions.forecast.models import Forecast, Place, Skipped
from asterism.features.versions.forecast.pairs import choose, pairs
from asterism.features.versions.projects import Project
from asterism.kernel.db import Tx


def forecast_of_project(tx: Tx, caller: Caller, project_id: str) -> Forecast:
    """Return every pair of a project's workspaces. Raises UnknownProject or InsufficientScope."""
    project = projects.get_project(tx, caller, project_id)
    caller.scope.reach_all()
    return _forecast(tx, project, None)


def forecast_of_workspace(tx: Tx, caller: Caller, workspace_id: str) -> Forecast:
    """Return the pairs of one workspace. Raises UnknownWorkspace or InsufficientScope."""
    workspace, project = workspaces.workspace_and_project(tx, caller, workspace_id)
    return _forecast(tx, project, workspace.id)


def find_places(tx: Tx, project: Project) -> tuple[list[Place], list[Skipped]]:
    """Return the workspaces to pair with what they show now, and those that are not paired."""
    chosen, skipped = choose(workspaces.all_live(tx, project), tx.now())
    places = []
    for one in chosen:
        tree = workspaces.working_manifest(tx, project, one)
        if tree is None:
            skipped.append(Skipped(one, "no_tree"))
        else:
            places.append(Place(one, tree, one.current_snapshot_id))
    return places, skipped


def _forecast(tx: Tx, project: Project, only: str | None) -> Forecast:
    places, skipped = find_places(tx, project)
    known = {(one.a, one.b): one for one in store.of_project(tx, project.id)}
    found, pending = [], 0
    for a, b in pairs(places):
        if only is not None and only not in (a.workspace.id, b.workspace.id):
            continue
        outcome = known.get((a.workspace.id, b.workspace.id))
        if outcome is not None:
            found.append(outcome)
        pending += outcome is None or not outcome.stands_for(a, b)
    return Forecast(sorted(found, key=lambda one: one.badness), pending, skipped)
