"""Taking a folder tree away, whatever a stranger has made of it."""

import os
import secrets
import stat
from pathlib import Path

_MARK = secrets.token_hex(16)  # names that nothing in the tree can have guessed
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def remove_tree(path: Path) -> None:
    """Remove a folder and all in it; one that is not there is no error. Raises OSError.

    Folders are moved up to the top before they are emptied, so neither the depth of the tree nor the length of its
    paths is limited, and no link is ever followed. Permissions that stand in the way are changed.
    """
    if not os.path.lexists(path):
        return
    if not stat.S_ISDIR(os.lstat(path).st_mode):
        path.unlink()
        return
    os.chmod(path, 0o700)
    top = os.open(path, _FOLDER)
    try:
        waiting, made = _empty(top, top, 0)
        while waiting:
            name = waiting.pop()
            handle = os.open(name, _FOLDER, dir_fd=top)
            try:
                found, made = _empty(handle, top, made)
            finally:
                os.close(handle)
            waiting += found
            os.rmdir(name, dir_fd=top)
    finally:
        os.close(top)
    os.rmdir(path)


def _empty(place: int, top: int, made: int) -> tuple[list[str], int]:
    """Unlink the files of a folder and move its folders to the top under new names; return those."""
    moved = []
    with os.scandir(place) as entries:
        found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    for name, is_folder in found:
        if not is_folder:
            os.unlink(name, dir_fd=place)
            continue
        os.chmod(name, 0o700, dir_fd=place)  # a folder that may not be written cannot be moved
        made += 1
        new = f"{_MARK}{made}"
        os.rename(name, new, src_dir_fd=place, dst_dir_fd=top)
        moved.append(new)
    return moved, made
