"""What an install leaves, kept for the next deployment that would install the same.

It is kept for one project alone: what an install leaves is made by programs of the tree, and must reach nobody else.
"""

import hashlib
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from asterism.features.operations.detection import Requirements

INSTALLED: Final = ("node_modules", ".venv")
LOCKS: Final = ("package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock", "bun.lockb")
_DECLARED: Final = (
    *LOCKS,
    *("package.json", ".npmrc", ".yarnrc.yml", "requirements.txt", "uv.lock", "poetry.lock", "pdm.lock"),
    *("Pipfile.lock", "pyproject.toml", "setup.py"),
)
_KEPT_AT_ONCE: Final = 4  # sets of a project's dependencies; the one that was used longest ago goes
_DOWNLOADS: Final = {
    "npm_config_cache": "npm",
    "YARN_CACHE_FOLDER": "yarn",
    "PIP_CACHE_DIR": "pip",
    "UV_CACHE_DIR": "uv",
    "BUN_INSTALL_CACHE_DIR": "bun",
    "GOMODCACHE": "go",
}


@dataclass(frozen=True, slots=True)
class Dependencies:
    """What one app depends on. `folder` is where its tree is, `cache` the project's folder of what is kept.

    `movable`: what is installed runs from any folder, since the sandbox always calls it the same.
    """

    cache: Path
    folder: Path
    needs: Requirements
    movable: bool = True

    @property
    def where(self) -> str:
        """The folder whose lock file counts: the app's own, else the top of the tree."""
        root = self.needs.root
        locked = root and any((self.folder / root / lock).exists() for lock in LOCKS)
        return root if locked and self._is_real(root) else "."

    @property
    def downloads(self) -> Path:
        """The folder in which package managers keep what they fetched."""
        return self.cache / "downloads"

    def variables(self) -> Mapping[str, str]:
        """Return what tells package managers where they keep what they fetched."""
        kept = {name: str(self.downloads / folder) for name, folder in _DOWNLOADS.items()}
        return kept | {"UV_LINK_MODE": "copy", "npm_config_include": "dev"}

    def kept(self, command: str) -> Path:
        """Return where is kept what an install leaves: named by its command, its lock files and where it was.

        To be asked before the install, which may write its lock file.
        """
        digest = hashlib.sha256(f"2\0{command}\0{self.where}\0{self.needs.recipe.version}".encode())
        for place in sorted({".", self.where, self.needs.root or "."}):
            for lock in _DECLARED:
                path = self.folder / place / lock
                if path.is_file() and not path.is_symlink():
                    digest.update(f"\0{place}/{lock}\0".encode() + path.read_bytes())
        return self.cache / "installed" / digest.hexdigest()

    def take(self, kept: Path) -> bool:
        """Put there what the same install left before; return whether there is such a thing."""
        if not kept.is_dir():
            return False
        for name in self._names():
            if (kept / name).is_dir():
                shutil.copytree(kept / name, self.folder / self.where / name, symlinks=True, dirs_exist_ok=True)
        os.utime(kept)
        return True

    def keep(self, kept: Path) -> None:
        """Keep what was installed; that it cannot be kept is no failure."""
        found = [name for name in self._names() if self._is_real(f"{self.where}/{name}")]
        if not found:
            return
        staging = kept.with_name(f"{kept.name}.{os.getpid()}")
        with suppress(OSError, shutil.Error):
            staging.mkdir(parents=True, mode=0o700)
            for name in found:
                shutil.copytree(self.folder / self.where / name, staging / name, symlinks=True)
            staging.rename(kept)
        shutil.rmtree(staging, ignore_errors=True)
        self._prune()

    def _names(self) -> tuple[str, ...]:
        return INSTALLED if self.movable else ("node_modules",)  # programs of a .venv name the folder they lie in

    def _is_real(self, path: str) -> bool:
        """Whether this is a folder of the tree, and no link that the tree or an install has put in its place."""
        place = self.folder / path
        return place.is_dir() and os.path.realpath(place) == os.path.normpath(Path(os.path.realpath(self.folder), path))

    def _prune(self) -> None:
        with suppress(OSError):
            found = sorted((self.cache / "installed").iterdir(), key=_last_used, reverse=True)
            for one in found[_KEPT_AT_ONCE:]:
                shutil.rmtree(one, ignore_errors=True)


def _last_used(path: Path) -> float:
    return path.stat().st_mtime
