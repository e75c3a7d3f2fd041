"""Names of ours as references of git that can stand side by side. Pure."""

import itertools
import re
import sys
from collections.abc import Iterable

from asterism.client.gitbridge.notes import Notes
from asterism.kernel.git import is_ref

PART_BYTES = 200
NAME_BYTES = 900

UNFIT = frozenset({"refs/heads/HEAD", "refs/heads/@", "refs/tags/HEAD"})
"""References that may be there, but whose names git's commands refuse or take for something else."""

_REFUSED = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]")


class RefNames:
    """Hands out references below one prefix (`refs/heads/`): each is valid, and none is a folder of another."""

    def __init__(self, prefix: str, notes: Notes, taken: Iterable[str] = ()) -> None:
        self._prefix = prefix
        self._notes = notes
        self._refs: set[str] = set()
        self._folders: set[str] = set()
        for ref in taken:
            self._take(ref)

    def give(self, what: str, name: str) -> str:
        """Return a reference for a name, noting it when that is not the name itself; `what` is called in the note."""
        wanted = clean(name)
        flat = wanted.replace("/", "-")
        found = next(
            each for each in itertools.chain((wanted, flat), _numbered(flat)) if self._is_free(f"{self._prefix}{each}")
        )
        if found != name:
            self._notes.add(f"the {what} {name!r} became {found!r}")
        self._take(self._prefix + found)
        return self._prefix + found

    def takes(self, name: str) -> bool:
        """Whether a name is one that git allows as it is."""
        return clean(name) == name

    def _is_free(self, ref: str) -> bool:
        key = _key(ref)
        return (
            is_ref(ref)
            and ref not in UNFIT
            and key not in self._refs
            and key not in self._folders
            and self._refs.isdisjoint(_above(key))
        )

    def _take(self, ref: str) -> None:
        self._refs.add(_key(ref))
        self._folders.update(_above(_key(ref)))


def clean(name: str) -> str:
    """Return a name that git allows below a prefix; it may be another one's already."""
    kept = _REFUSED.sub("-", "".join(c if c.isprintable() else "-" for c in name)).replace("@{", "-{")
    parts = [_part(part) for part in re.sub(r"\.{2,}", "-", kept).split("/")]
    cut = "/".join(parts).lstrip("-/.") or "_"  # to git's commands a name with - is an option
    return cut if len(cut.encode()) <= NAME_BYTES else _cut(cut.replace("/", "-"), PART_BYTES)


def _part(text: str) -> str:
    """Return one part of a name: no dot at its ends, no `.lock`, and short enough for a file's name."""
    while True:
        shorter = _cut(text.strip("."), PART_BYTES).removesuffix(".lock")
        if shorter == text:
            return text or "-"
        text = shorter


def _cut(text: str, size: int) -> str:
    return text.encode()[:size].decode("utf-8", "ignore")


def _numbered(name: str) -> Iterable[str]:
    start = _cut(name, PART_BYTES - 12)
    return (f"{start}-{number}" for number in range(2, 1_000_000))


def _above(ref: str) -> list[str]:
    parts = ref.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def _key(ref: str) -> str:
    """What makes two references the same file: on some systems letters of either case do."""
    return ref.casefold() if sys.platform in ("darwin", "win32") else ref
