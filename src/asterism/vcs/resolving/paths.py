"""The paths of a tree, and how they are put together."""

from collections.abc import Iterable


class Paths:
    """Which files and folders a tree has. Paths are relative, with `/`; the top folder is `""`."""

    def __init__(self, files: Iterable[str]) -> None:
        self.files = frozenset(files)
        folders = {""}
        for path in self.files:
            folder = parent(path)
            while folder not in folders:
                folders.add(folder)
                folder = parent(folder)
        self.folders = frozenset(folders)

    def first(self, candidates: Iterable[str]) -> str | None:
        """Return the first candidate that is a file."""
        return next((path for path in candidates if path in self.files), None)


def parent(path: str) -> str:
    """Return the folder that a path lies in."""
    return path.rpartition("/")[0]


def above(folder: str) -> list[str]:
    """Return a folder and all folders around it, the innermost first."""
    found = [folder]
    while folder:
        folder = parent(folder)
        found.append(folder)
    return found


def join(folder: str, relative: str) -> str | None:
    """Return `relative` as seen from a folder, without `.` and `..`; None when it leaves the tree."""
    parts = folder.split("/") if folder else []
    for part in relative.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def below(folder: str, name: str) -> str:
    """Return the path of what is called `name` (which may hold `/`) in a folder."""
    if not name:
        return folder
    return f"{folder}/{name}" if folder else name


def nearest(candidates: Iterable[str], to: str) -> str | None:
    """Return the candidate that shares most leading folders with `to`; of equals the first in byte order."""
    wanted = to.split("/")

    def shared(path: str) -> int:
        count = 0
        for one, other in zip(path.split("/"), wanted, strict=False):
            if one != other:
                break
            count += 1
        return count

    return min(sorted(candidates), key=lambda path: -shared(path), default=None)
