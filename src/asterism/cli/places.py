"""Which folder a command means."""

import os
from typing import TYPE_CHECKING

from asterism.base.errors import NotFound
from asterism.client.workcopy.state import State, find_top

if TYPE_CHECKING:
    from asterism.client.api import Api


def folder_to_push(directory: str | None) -> str:
    """Return a folder that is named as it is; without a name the working copy around the current one, else that one.

    The path is absolute and real.
    """
    path = os.path.realpath(directory or ".")
    if not os.path.isdir(path):
        raise NotFound(f"There is no folder {directory!r}.")
    return path if directory else find_top(path) or path


def working_copy(directory: str = ".") -> State:
    """Return the working copy that `directory` lies in. Raises NotBound when it lies in none."""
    path = os.path.realpath(directory)
    if not os.path.isdir(path):
        raise NotFound(f"There is no folder {directory!r}.")
    state = State(find_top(path) or path)
    state.bound()
    return state


def inside(state: State, path: str) -> str:
    """Return a path, given from the current folder, from the top of the working copy (`""` is the top itself).

    A link at its end stands for itself. Raises NotFound for a path outside of the working copy.
    """
    given = os.path.join(os.path.realpath("."), path)
    folder, name = os.path.split(os.path.normpath(given))
    place = os.path.relpath(os.path.join(os.path.realpath(folder), name), state.top).replace(os.sep, "/")
    if place == ".." or place.startswith("../"):
        raise NotFound(f"{path!r} lies outside of the working copy {state.top}.")
    return "" if place == "." else place


def project_id_of(api: "Api", name_or_id: str | None) -> str:
    """Return the id of the named project, else of the working copy around the current folder."""
    from asterism.client.projects import get_project

    return get_project(api, name_or_id).id if name_or_id else working_copy().bound().project_id


def threads() -> int:
    """Return how many files to read at once."""
    return min(8, os.cpu_count() or 1)
