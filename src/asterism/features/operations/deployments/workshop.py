"""Where apps are made: install and build in a sandbox, with what was installed before under the same lock file."""

import asyncio
import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from asterism.features.operations.deployments.models import Step
from asterism.features.operations.detection import Requirements, Runtime
from asterism.kernel.sandbox import Ending, Isolation, Place, Run, open_session

INSTALLED: Final = ("node_modules", ".venv")
_LOCKS: Final = (
    *("package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock", "bun.lockb"),
    *("package.json", ".npmrc", "requirements.txt", "uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock"),
    *("pyproject.toml", "setup.py"),
)
_FLOOD: Final = 50 << 20
_MEMORY: Final = 8 << 30


class StepFailed(Exception):
    """A step of the pipeline ended badly; the text is for people."""

    def __init__(self, step: Step, message: str) -> None:
        super().__init__(message)
        self.step = step


@dataclass(frozen=True, slots=True)
class Tools:
    """How programs are run here: the sandbox, what is found beside the system's folders, seconds for each step."""

    isolation: Isolation
    cache: Path
    path: tuple[str, ...] = ()
    readable: tuple[Path, ...] = ()
    seconds: float = 900.0


def find_tools(
    programs: tuple[str, ...] = ("node", "npm", "uv", "bun", "deno", "go", "cargo"),
) -> tuple[tuple[str, ...], tuple[Path, ...]]:
    """Return folders of PATH that hold programs apps are made with, and what has to be visible to run them.

    Programs of the system's own folders are visible anyway.
    """
    folders: list[str] = []
    for program in programs:
        found = shutil.which(program)
        if found is None:
            continue
        for place in (Path(found), Path(os.path.realpath(found))):
            folder = str(place.parent)
            if not folder.startswith(("/usr/", "/bin", "/sbin")) and folder not in folders:
                folders.append(folder)
    readable = {Path(folder).parent if Path(folder).name in ("bin", ".bin") else Path(folder) for folder in folders}
    return tuple(folders), tuple(sorted(readable))


def lend_python(folder: Path) -> Path:
    """Make a folder in which `python` and `python3` are the Python that this server runs on; return it.

    Many systems have no `python`, or one that cannot make virtual environments; apps are started by that name.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    own = os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)
    for name in ("python", "python3"):
        link = folder / name
        if not link.is_symlink() or os.readlink(link) != own:
            link.unlink(missing_ok=True)
            link.symlink_to(own)
    return folder


class Workshop:
    """Installs and builds one app in its folder."""

    def __init__(self, tools: Tools, folder: Path, needs: Requirements, environment: Mapping[str, str]) -> None:
        self._tools, self._folder, self._needs, self._environment = tools, folder, needs, environment

    async def make(self, hear: Callable[[Step], Callable[[bytes], None]]) -> None:
        """Install what the app depends on, then build it. Raises StepFailed or SandboxUnavailable."""
        recipe = self._needs.recipe
        if recipe.install is not None:
            await self._install(recipe.install, hear(Step.INSTALL))
        if recipe.build is not None:
            await self._run(Step.BUILD, recipe.build, self._needs.root or ".", hear(Step.BUILD))

    async def _install(self, command: str, hear: Callable[[bytes], None]) -> None:
        kept = self._tools.cache / self._key(command)
        if await asyncio.to_thread(self._take, kept):
            hear(b"The dependencies are those of an earlier deployment.\n")
            return
        if self._needs.runtime is Runtime.PYTHON and self._needs.recipe.package_manager == "pip":
            command = f"python3 -m venv .venv && .venv/bin/{command}"
        await self._run(Step.INSTALL, command, self._where(), hear)
        await asyncio.to_thread(self._keep, kept)

    def _where(self) -> str:
        """Return the folder whose lock file counts: the app's own, else the top of the tree."""
        root = self._needs.root
        return root if root and any((self._folder / root / lock).exists() for lock in _LOCKS[:6]) else "."

    def _key(self, command: str) -> str:
        """Return a name for what an install leaves: of its command, its lock files and where it was."""
        digest = hashlib.sha256(f"1\0{command}\0{self._where()}\0{self._needs.recipe.version}".encode())
        for place in sorted({".", self._where(), self._needs.root or "."}):
            for lock in _LOCKS:
                path = self._folder / place / lock
                if path.is_file() and not path.is_symlink():
                    digest.update(f"\0{place}/{lock}\0".encode() + path.read_bytes())
        return digest.hexdigest()

    def _take(self, kept: Path) -> bool:
        if not kept.is_dir():
            return False
        for name in INSTALLED:
            if (kept / name).is_dir():
                shutil.copytree(kept / name, self._folder / self._where() / name, symlinks=True, dirs_exist_ok=True)
        os.utime(kept)
        return True

    def _keep(self, kept: Path) -> None:
        """Keep what was installed for the next deployment; one that cannot be kept is no failure."""
        found = [name for name in INSTALLED if (self._folder / self._where() / name).is_dir()]
        if not found:
            return
        staging = kept.with_name(f"{kept.name}.{os.getpid()}")
        with suppress(OSError):
            staging.mkdir(parents=True, mode=0o700)
            for name in found:
                shutil.copytree(self._folder / self._where() / name, staging / name, symlinks=True)
            staging.rename(kept)
        shutil.rmtree(staging, ignore_errors=True)

    async def _run(self, step: Step, command: str, folder: str, hear: Callable[[bytes], None]) -> None:
        hear(f"$ {command}\n".encode())
        place = Place(self._folder, self._tools.readable, memory=_MEMORY)
        async with open_session(self._tools.isolation, place) as session:
            inner = [f"{session.tree}/{name}" for name in _inner_path(folder)]
            path = os.pathsep.join((*inner, *self._tools.path, session.environment["PATH"]))
            run = Run(
                ("/bin/sh", "-c", command),
                f"{session.tree}/{folder}",
                {"CI": "1", "NODE_ENV": "production", **self._environment, "PATH": path},
                seconds=self._tools.seconds,
                output=_FLOOD,
                memory=None,
            )
            outcome = await session.run(run, hear)
        if outcome.ending is Ending.TIMED_OUT:
            raise StepFailed(step, f"The {step} took longer than {self._tools.seconds:g} seconds.")
        if outcome.ending is not Ending.EXITED or outcome.returncode != 0:
            raise StepFailed(step, f"The {step} failed with exit code {outcome.returncode}.")


def _inner_path(folder: str) -> list[str]:
    places = dict.fromkeys((folder, "."))
    return [f"{place}/{name}" for place in places for name in ("node_modules/.bin", ".venv/bin")]
