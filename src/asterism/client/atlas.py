"""Reading the map of a project's code."""

from typing import Any

from asterism.client.api import Api


def read_map(api: Api, project_id: str) -> dict[str, Any]:
    """Return the map of a project, indexed anew where the project has a newer tree. Raises NotFound."""
    found = api.atlas(project_id)
    if found["stale"]:
        api.index_atlas(project_id)
        found = api.atlas(project_id)
    return found


def search_map(api: Api, project_id: str, query: str, limit: int) -> dict[str, Any]:
    """Return what a project's map finds, best first. Raises NotFound."""
    return api.search_atlas(project_id, query, limit)
