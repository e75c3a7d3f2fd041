"""The ignore rules in force in each folder of a walk, read only where a decision needs them."""

import hashlib
import os

from asterism.client.workcopy.statcache import CLOSED
from asterism.vcs.content import hash_bytes
from asterism.vcs.ignore import RULE_FILES, Ignore

NO_RULES = b""


class Rules:
    """The rules inside one folder. `digest` is the same exactly when the rule files above and here are the same.

    Inside a folder that is left out itself, and is entered only for what is versioned in it, the rules are `closed`:
    everything is left out and no rule file is read.
    """

    __slots__ = ("_files", "_folder", "_ignore", "_parent", "_top", "digest")

    def __init__(
        self,
        top: str,
        folder: str = "",
        files: tuple[str, ...] = (),
        parent: "Rules | None" = None,
        digest: bytes = NO_RULES,
    ) -> None:
        self._top = top
        self._folder = folder
        self._files = files
        self._parent = parent
        self._ignore: Ignore | None = None
        self.digest = digest

    def within(self, folder: str, found: dict[str, bytes]) -> "Rules":
        """Return the rules inside `folder`, whose rule files have the given contents' hashes (by file name)."""
        if not found or self.digest == CLOSED:
            return self
        names = tuple(name for name in RULE_FILES if name in found)
        material = b"".join([self.digest, os.fsencode(folder), *(name.encode() + found[name] for name in names)])
        return Rules(self._top, folder, names, self, hashlib.sha256(material).digest()[:16])

    def closed(self) -> "Rules":
        """Return the rules inside a folder that is left out."""
        return Rules(self._top, digest=CLOSED)

    def leaves_out(self, path: str, *, folder: bool) -> bool:
        """Say whether `path` (relative to the top) is left out by a rule."""
        if not self.digest:
            return False
        return self.digest == CLOSED or self._compiled().ignores(path, folder=folder)

    def _compiled(self) -> Ignore:
        if self._ignore is None:
            above = Ignore() if self._parent is None else self._parent._compiled()
            contents = [_content(os.path.join(self._top, self._folder, name)) for name in self._files]
            self._ignore = above.within(self._folder, contents) if contents else above
        return self._ignore


def rule_hash(path: str) -> bytes:
    """Return the raw hash of a rule file, empty content when it can't be read."""
    try:
        with open(path, "rb") as file:
            return bytes.fromhex(hash_bytes(file.read()))
    except OSError:
        return bytes(32)


def _content(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""
