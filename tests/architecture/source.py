"""The source as the architecture tests read it: files, functions and the table of endpoints."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "asterism"
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def repository_files() -> list[Path]:
    """Return every file of the repository that is, or could be, committed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    ).stdout.decode()
    return sorted(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


@cache
def text_files() -> dict[Path, str]:
    """Return the text of every file of the repository that is text."""
    found = {}
    for path in repository_files():
        try:
            found[path] = path.read_bytes().decode()
        except UnicodeDecodeError:
            continue
    return found


@cache
def python_files() -> list[Path]:
    """Return the files of the program itself."""
    return sorted(SOURCE.rglob("*.py"))


def functions(path: Path) -> Iterator[tuple[str, Function]]:
    """Yield every function of a file with its dotted name, methods and nested ones included."""

    def walk(node: ast.AST, prefix: str) -> Iterator[tuple[str, Function]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, Function):
                yield prefix + child.name, child
            named = isinstance(child, Function | ast.ClassDef)
            yield from walk(child, f"{prefix}{child.name}." if named else prefix)  # type: ignore[attr-defined]

    yield from walk(ast.parse(path.read_text()), "")


def shown(path: Path) -> str:
    """Return a path relative to the repository."""
    return path.relative_to(ROOT).as_posix()
