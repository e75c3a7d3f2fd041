"""Writing a lock file anew by the package manager that it belongs to, in a sandbox (Beyond 3).

The program sees a folder of its own with the manifests of the merged tree in it, not the user's files; where a package
manager looks whether sources are there, it finds empty ones. It writes the lock file, which is all that is read back.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import structlog

from asterism.base.errors import Conflict
from asterism.kernel.sandbox import Ending, Outcome, SandboxUnavailable, SessionLost
from asterism.kernel.workcopy.reach import open_file

log = structlog.get_logger("asterism")

SECONDS = 90.0
PROBE_SECONDS = 20.0
MAX_LOCK_BYTES = 64 << 20
MAX_FILES = 20_000
SAID_CHARACTERS = 600

Use = Literal["content", "name"]
Runner = Callable[[Sequence[str], Path, float], Outcome]
"""Runs a program in a sandbox on a folder, which is its working directory, for up to some seconds; blocks.

Raises SandboxUnavailable or SessionLost.
"""


class LockNotWritten(Conflict):
    """The package manager could not write the lock file anew; what it said is in the details."""

    code = "LOCK_NOT_WRITTEN"

    def __init__(self, path: str, tool: str, said: str, *, network: bool) -> None:
        reach = (
            "" if network else " It has no network here, which the operator of the server can allow (agent_network)."
        )
        super().__init__(
            f"{tool} could not write {path} anew; nothing was changed.{reach}",
            hint="Choose use_main or use_workspace, and write the file anew where the packages can be reached.",
            details={"path": path, "tool": tool, "output": said},
        )


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a program writes a kind of lock file anew.

    `arguments` work on the folder that `at` names, `offline` keeps it from asking for what it cannot reach. `contents`
    are names of files that it reads, `endings` those of files of which it asks only whether they exist.
    """

    program: str
    arguments: tuple[str, ...]
    at: tuple[str, str]
    offline: tuple[str, ...]
    contents: frozenset[str]
    endings: tuple[str, ...] = ()

    def use_of(self, path: str) -> Use | None:
        """Say what of a file the program needs."""
        name = path.rpartition("/")[2]
        if name in self.contents:
            return "content"
        return "name" if self.endings and name.endswith(self.endings) else None

    def argv(self, folder: str, *, network: bool) -> tuple[str, ...]:
        """Return the command for the lock file in `folder`, relative to where it is run."""
        option, file = self.at
        place = "/".join(part for part in (folder or ".", file) if part)
        return (self.program, *self.arguments, option, place, *(() if network else self.offline))


_NPM = Recipe(
    "npm",
    ("install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"),
    ("--prefix", ""),
    ("--offline",),
    frozenset({"package.json", ".npmrc", "npm-shrinkwrap.json", "package-lock.json"}),
)
_UV = Recipe(
    "uv",
    ("lock", "--no-progress", "--no-python-downloads", "--python", sys.executable),
    ("--project", ""),
    ("--offline",),
    frozenset({"pyproject.toml", "uv.toml", "uv.lock"}),
)
_CARGO = Recipe(
    "cargo",
    ("update", "--workspace"),
    ("--manifest-path", "Cargo.toml"),
    ("--offline",),
    frozenset({"Cargo.toml", "Cargo.lock"}),
    (".rs",),
)
RECIPES = {"package-lock.json": _NPM, "npm-shrinkwrap.json": _NPM, "uv.lock": _UV, "Cargo.lock": _CARGO}


def recipe_for(path: str) -> Recipe | None:
    """Return how the lock file at a path is written anew, None for one that is not known."""
    return RECIPES.get(path.rpartition("/")[2])


class LockTools:
    """The package managers of this machine, each of which is tried once, when it is needed first."""

    def __init__(self, run: Runner, *, network: bool) -> None:
        self._runner = run
        self._network = network
        self._known: dict[str, bool] = {}

    def at_hand(self, path: str) -> Recipe | None:
        """Return how the lock file at a path can be written anew here, None when it cannot. Blocks on first use."""
        recipe = recipe_for(path)
        if recipe is None:
            return None
        if recipe.program not in self._known:
            self._known[recipe.program] = self._answers(recipe.program)
        return recipe if self._known[recipe.program] else None

    def write_anew(self, path: str, recipe: Recipe, files: Mapping[str, bytes]) -> bytes:
        """Return the lock file at `path` as the program writes it beside `files`, by path. Blocks for up to 90 s.

        Raises LockNotWritten.
        """
        with tempfile.TemporaryDirectory(prefix="asterism-lock-") as name:
            top = Path(name).resolve()
            for file, content in files.items():
                place = top / file
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(content)
            argv = recipe.argv(path.rpartition("/")[0], network=self._network)
            outcome = self._run(argv, top, SECONDS)
            made = _read(top, path) if outcome is not None and outcome.ok else None
        if made is None:
            raise LockNotWritten(path, recipe.program, _said(outcome), network=self._network)
        return made

    def _answers(self, program: str) -> bool:
        with tempfile.TemporaryDirectory(prefix="asterism-lock-") as name:
            outcome = self._run((program, "--version"), Path(name).resolve(), PROBE_SECONDS)
        return outcome is not None and outcome.ok

    def _run(self, argv: Sequence[str], folder: Path, seconds: float) -> Outcome | None:
        try:
            return self._runner((_beside_python(argv[0]), *argv[1:]), folder, seconds)
        except (SandboxUnavailable, SessionLost) as error:
            log.info("a lock file is not written anew", program=argv[0], reason=str(error))
            return None


def _beside_python(program: str) -> str:
    """Return the program that was installed beside this Python, else its name, which is looked up."""
    place = Path(sys.executable).parent / program
    return str(place) if place.is_file() else program


def _read(top: Path, path: str) -> bytes | None:
    """Read what was written, without following a link that may stand in its place."""
    try:
        with os.fdopen(open_file(str(top), path), "rb") as file:
            made = file.read(MAX_LOCK_BYTES + 1)
    except OSError:
        return None
    return made if len(made) <= MAX_LOCK_BYTES else None


def _said(outcome: Outcome | None) -> str:
    if outcome is None:
        return "it could not be started"
    if outcome.ending is Ending.TIMED_OUT:
        return "it took too long"
    said = (outcome.stderr or outcome.stdout).decode(errors="replace").strip()
    return said[-SAID_CHARACTERS:] or f"it ended with {outcome.returncode}"
