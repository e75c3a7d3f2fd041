"""`asterism map` against a server."""

from pathlib import Path

import httpx

from tests.support.commands import answer, run
from tests.support.trees import Tree, make_project, make_workspace, push

TREE: Tree = {
    "app/main.py": b"from lib.store import save\n",
    "lib/store.py": b"def save(): pass\n",
    "lib/\x1b[8mhidden.py": b"",
}


def test_the_map_is_shown_and_searched(alice: httpx.Client, tmp_path: Path) -> None:
    project = make_project(alice)
    token = alice.headers["authorization"].removeprefix("Bearer ")
    environment = {"ASTERISM_URL": str(alice.base_url), "ASTERISM_TOKEN": token}
    empty = run(tmp_path, environment, "map", "--project", project)
    assert (empty.returncode, empty.stdout, "no files yet" in empty.stderr) == (0, "", True)
    push(alice, project, make_workspace(alice, project), TREE)
    shown = run(tmp_path, environment, "map", "--project", project)
    assert shown.stdout.splitlines() == [
        "app: First-level folder, 1 file",
        "  app: 1 file → lib (1)",
        "lib: First-level folder, 2 files",
        "  lib: 2 files",
    ]
    found = run(tmp_path, environment, "map", "--project", project, "--search", "mhidden", "--limit", "1")
    assert found.stdout == "code        \\x1b[8mhidden.py  lib/\\x1b[8mhidden.py\n"
    named = answer(run(tmp_path, environment, "map", "--project", project, "--search", "store.py", "--json"))
    result = named["results"][0]
    assert (result["id"], result["layer"]) == ("code:lib/store.py", "code")
