"""The ignore rules in force in each folder of a walk, read only where a decision needs them."""

import hashlib
import os
from dataclasses import dataclass

from asterism.kernel.workcopy.reach import open_file, open_regular
from asterism.kernel.workcopy.statcache import CLOSED
from asterism.vcs.content import hash_bytes
from asterism.vcs.ignore import RULE_FILES, Ignore

NO_RULES = b""
MAX_RULE_BYTES = 16 << 20


@dataclass(frozen=True, slots=True)
class Policy:
    """What is left out of a tree, and how far the tree is trusted.

    `rule_files` are the names of files with rules, weakest first; `left_out` names that no rule takes in again. A
    `wary` look expects strangers at work in the tree: it follows no link on the way to a folder, and passes over what
    cannot be versioned (a name that is no UTF-8, say) like a pipe, where another refuses it. More than `most` names
    end the look.
    """

    rule_files: tuple[str, ...] = RULE_FILES
    left_out: frozenset[str] = frozenset()
    wary: bool = False
    most: int | None = None


STRICT = Policy()
"""How the command line looks at a person's folder."""


class Rules:
    """The rules inside one folder. `digest` is the same exactly when the rule files above and here are the same.

    Inside a folder that is left out itself, and is entered only for what is versioned in it, the rules are `closed`:
    everything is left out and no rule file is read.
    """

    __slots__ = ("_files", "_folder", "_ignore", "_parent", "_top", "digest", "policy")

    def __init__(
        self,
        top: str,
        policy: Policy,
        folder: str = "",
        files: tuple[str, ...] = (),
        parent: "Rules | None" = None,
        digest: bytes = NO_RULES,
    ) -> None:
        self._top = top
        self.policy = policy
        self._folder = folder
        self._files = files
        self._parent = parent
        self._ignore: Ignore | None = None
        self.digest = digest

    def within(self, folder: str, found: dict[str, bytes]) -> "Rules":
        """Return the rules inside `folder`, whose rule files have the given contents' hashes (by file name)."""
        if not found or self.digest == CLOSED:
            return self
        names = tuple(name for name in self.policy.rule_files if name in found)
        material = b"".join([self.digest, os.fsencode(folder), *(name.encode() + found[name] for name in names)])
        return Rules(self._top, self.policy, folder, names, self, hashlib.sha256(material).digest()[:16])

    def closed(self) -> "Rules":
        """Return the rules inside a folder that is left out."""
        return Rules(self._top, self.policy, digest=CLOSED)

    def leaves_out(self, path: str, *, folder: bool) -> bool:
        """Say whether `path` (relative to the top) is left out by a rule."""
        if self.digest == CLOSED or path[path.rfind("/") + 1 :] in self.policy.left_out:
            return True
        return bool(self.digest) and self._compiled().ignores(path, folder=folder)

    def _compiled(self) -> Ignore:
        if self._ignore is None:
            above = Ignore() if self._parent is None else self._parent._compiled()
            contents = [self._content(name) for name in self._files]
            self._ignore = above.within(self._folder, contents) if contents else above
        return self._ignore

    def _content(self, name: str) -> bytes:
        try:
            return _read(open_file(self._top, f"{self._folder}/{name}" if self._folder else name))
        except OSError:
            return b""


def rule_hash(place: int, name: str) -> bytes:
    """Return the raw hash of a rule file in an opened folder, zeros when it can't be read."""
    try:
        return bytes.fromhex(hash_bytes(_read(open_regular(place, name))))
    except OSError:
        return bytes(32)


def _read(handle: int) -> bytes:
    """Read a rule file, of a huge one only the beginning, and close it. Raises OSError."""
    with open(handle, "rb") as file:
        return file.read(MAX_RULE_BYTES)
