"""A case that fails leaves no process behind: who starts one ends it, whatever happens in between."""

import ast
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.architecture.source import ROOT
from tests.support.facts import until
from tests.support.process import started

ENDED_BY_THEIR_OWNER = {
    "tests/support/browser.py:__enter__",
    "tests/support/forks.py:nursery",
    "tests/support/forks.py:popen",
    "tests/support/mysql.py:__init__",
    "tests/support/postgres.py:__init__",
    "tests/support/process.py:__init__",
}
PARENT = """import subprocess
child = subprocess.Popen(["sleep", "600"])
print(child.pid, flush=True)
child.wait()
"""


def starts() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Yield each function of the tests that starts a process and goes on beside it."""
    for path in sorted((ROOT / "tests").rglob("*.py")):
        text = path.read_text()
        if "open(" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and any(map(is_start, ast.walk(node))):
                yield f"{path.relative_to(ROOT)}:{node.name}", node


def is_start(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("Popen", "popen")


def ends_it(node: ast.AST) -> bool:
    """Say whether a statement ends a process in any case."""
    last = ast.unparse(ast.Module(node.finalbody, [])) if isinstance(node, ast.Try) else ""
    return any(word in last for word in (".kill(", ".terminate(", "killpg(", "_end("))


def test_who_starts_a_process_ends_it_in_any_case() -> None:
    left = {place for place, function in starts() if not any(map(ends_it, ast.walk(function)))}
    assert left == ENDED_BY_THEIR_OWNER, "use `started` of tests/support/process.py"


def test_a_case_that_fails_leaves_neither_a_process_nor_its_children() -> None:
    with (  # noqa: PT012 - the failing case
        pytest.raises(AssertionError, match="the case fails"),
        started([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as process,
    ):
        child = process.stdout.readline().strip()
        raise AssertionError("the case fails")
    assert process.poll() is not None

    def has_ended() -> bool:
        state = subprocess.run(["ps", "-o", "stat=", "-p", child], capture_output=True, text=True, check=False).stdout
        return state.strip()[:1] in ("", "Z")

    until(has_ended)  # it was killed with its parent; a busy machine takes its time to end it
