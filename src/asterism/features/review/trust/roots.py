"""Which folder a request is about (Stargazer 0.7). Touches the file system, changes nothing."""

import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

from asterism.features.review.trust.errors import InvalidPath

_ESCAPED = re.compile(rb"%[0-9A-Fa-f]{2}")


@dataclass(frozen=True, slots=True)
class RootRules:
    """Where project roots may lie.

    `default` is used when a request names none. `allowed`, when not empty, lists the folders that a named root must
    equal or lie below; without it a named root must belong to the server's own user.
    """

    default: Path
    allowed: tuple[Path, ...] = ()

    def resolve(self, header: bytes | None) -> Path:
        """Return the canonical root for a header's value (None or blank: the default). Raises InvalidPath."""
        value = (header or b"").strip()
        if not value:
            return _canonical(str(self.default))
        return self.accept(_readings(value))

    def accept(self, spellings: Sequence[str]) -> Path:
        """Return the canonical root of the first spelling that names a folder, if it is one of ours.

        The configured default is always accepted. Raises InvalidPath.
        """
        named = next((one for one in spellings if _is_folder(one)), spellings[0])
        root = _canonical(named)
        if root != _maybe_canonical(self.default) and not self._is_ours(root):
            raise InvalidPath("The project root is outside the folders this server may use.")
        return root

    def _is_ours(self, root: Path) -> bool:
        if self.allowed:
            return any(root.is_relative_to(folder.resolve()) for folder in self.allowed)
        return root.stat().st_uid == os.geteuid()


def _readings(value: bytes) -> list[str]:
    """Return how a header's bytes can be read: UTF-8, else Latin-1; then with percent escapes decoded."""
    readings = [_text(value)]
    if _ESCAPED.search(value):
        readings.append(_text(unquote_to_bytes(value)))
    return readings


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _is_folder(text: str) -> bool:
    return "\0" not in text and os.path.isabs(text) and os.path.isdir(text)


def _canonical(text: str) -> Path:
    if "\0" in text:
        raise InvalidPath("The project root holds a NUL.")
    if not os.path.isabs(text):
        raise InvalidPath("The project root must be an absolute path.")
    try:
        root = Path(text).resolve(strict=True)
        is_folder = stat.S_ISDIR(root.stat().st_mode)
        str(root).encode()
    except (OSError, RuntimeError, UnicodeError) as error:
        raise InvalidPath("The project root does not exist or cannot be reached.") from error
    if not is_folder:
        raise InvalidPath("The project root is not a folder.")
    if not os.access(root, os.R_OK | os.X_OK):
        raise InvalidPath("The project root cannot be read.")
    return root


def _maybe_canonical(folder: Path) -> Path | None:
    try:
        return folder.resolve(strict=True)
    except (OSError, RuntimeError):
        return None


def same_folder(one: Path, other: Path) -> bool:
    """Whether two paths lead to one folder (device and inode); False when one does not exist."""
    try:
        return os.path.samestat(one.stat(), other.stat())
    except OSError:
        return False


def split_path_list(text: str | None) -> Iterator[Path]:
    """Read a `:`-separated list of folders."""
    for part in (text or "").split(os.pathsep):
        if part.strip():
            yield Path(part.strip()).expanduser()
