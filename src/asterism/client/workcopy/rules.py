"""The ignore rules in force in each folder of a walk, read only where a decision needs them."""

import hashlib
import os

from asterism.vcs.content import hash_bytes

NO_RULES = b""
RULE_NAMES = (".gitignore", ".asterismignore")


class Rules:
    """The rules inside one folder. `digest` is the same exactly when the rule files above and here are the same."""

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
        self._ignore: object | None = None
        self.digest = digest

    def within(self, folder: str, found: dict[str, bytes]) -> "Rules":
        """Return the rules inside `folder`, whose rule files have the given contents' hashes (by file name)."""
        if not found:
            return self
        names = tuple(name for name in RULE_NAMES if name in found)
        material = b"".join([self.digest, folder.encode(), *(name.encode() + found[name] for name in names)])
        return Rules(self._top, folder, names, self, hashlib.sha256(material).digest()[:16])

    def leaves_out(self, path: str, *, folder: bool) -> bool:
        """Say whether `path` (relative to the top) is left out by a rule."""
        return bool(self.digest) and bool(self._compiled().ignores(path, folder=folder))  # type: ignore[attr-defined]

    def _compiled(self) -> object:
        if self._ignore is None:
            from asterism.vcs.ignore import Ignore

            above = Ignore() if self._parent is None else self._parent._compiled()
            lines = [_lines(os.path.join(self._top, self._folder, name)) for name in self._files]
            self._ignore = above.within(self._folder, lines) if lines else above  # type: ignore[attr-defined]
        return self._ignore


def rule_hash(path: str) -> bytes:
    """Return the raw hash of a rule file, empty content when it can't be read."""
    try:
        with open(path, "rb") as file:
            return bytes.fromhex(hash_bytes(file.read()))
    except OSError:
        return bytes(32)


def _lines(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read().splitlines()
    except OSError:
        return []
