"""Which folder a command means."""

import os

from asterism.base.errors import NotFound
from asterism.client.workcopy.state import State, find_top


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
