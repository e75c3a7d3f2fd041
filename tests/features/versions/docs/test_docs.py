"""Documentation as use cases: which files count, in what order, and which can be read (Fastest 3.4)."""

import pytest

from asterism.base.errors import TooLarge
from asterism.features.accounts.identity import Caller
from asterism.features.versions import docs, projects, workspaces
from asterism.features.versions.docs import NotText, UnknownDocument
from asterism.features.versions.snapshots import NewSnapshot
from asterism.features.versions.workspaces import NewWorkspace
from tests.support.shelf import Shelf
from tests.support.trees import Tree


class World:
    """A project; each workspace is made with its tree."""

    def __init__(self, shelf: Shelf, caller: Caller) -> None:
        self.shelf, self.caller = shelf, caller
        with shelf.db.write() as tx:
            self.project = projects.create_project(tx, caller, name="p").id

    def workspace(self, name: str, tree: Tree | None) -> str:
        with self.shelf.db.write() as tx:
            made = workspaces.create_workspace(tx, self.caller, self.project, NewWorkspace(name=name)).id
        if tree is not None:
            new = NewSnapshot(self.shelf.put_tree(tree))
            with self.shelf.db.write() as tx:
                workspaces.push_snapshot(tx, self.caller, self.project, new, made)
        return made

    def listed(self) -> dict[str, list[str]]:
        with self.shelf.db.read() as tx:
            found = docs.list_docs(tx, self.caller, self.project)
        return {one.workspace_name: [file.path for file in one.files] for one in found}

    def read(self, workspace: str, path: str) -> docs.Document:
        with self.shelf.db.read() as tx:
            return docs.read_document(tx, self.shelf.blobs, self.caller, self.project, workspace, path)


@pytest.fixture
def world(shelf: Shelf, caller: Caller) -> World:
    return World(shelf, caller)


def test_readmes_of_the_root_come_first_and_the_rest_in_byte_order(world: World) -> None:
    names = ["CHANGELOG", "Z.md", "a.txt", "docs/README.md", "docs/a.mdx", "readme.txt", "README.md", "todo", "code.py"]
    world.workspace("main", dict.fromkeys(names, b"x"))
    expected = ["README.md", "readme.txt", "CHANGELOG", "Z.md", "a.txt", "docs/README.md", "docs/a.mdx", "todo"]
    assert world.listed() == {"main": expected}


def test_main_comes_first_and_workspaces_without_documentation_are_left_out(world: World) -> None:
    for name in ("zulu", "Beta", "alpha"):
        world.workspace(name, {"a.md": b"x"})
    world.workspace("code", {"a.py": b"x"})
    world.workspace("empty", None)
    assert list(world.listed()) == ["zulu", "alpha", "Beta"], "the first one made is main"


def test_at_most_2000_files_are_listed(world: World, shelf: Shelf) -> None:
    tree: Tree = {f"{number:04}.md": b"x" for number in range(2000)}
    world.workspace("main", tree)
    world.workspace("more", {**tree, "z.md": b"x"})
    with shelf.db.read() as tx:
        found = docs.list_docs(tx, world.caller, world.project)
    assert [(len(one.files), one.truncated) for one in found] == [(2000, False), (2000, True)]


def test_a_document_is_read_by_its_exact_path(world: World) -> None:
    made = world.workspace("main", {"a.py": b"\xef\xbb\xbfprint()\r\n", "d/x": b"x"})
    document = world.read(made, "a.py")
    assert (document.content, document.size, document.path) == ("print()\r\n", 12, "a.py")
    for path in ("A.py", "a.py/", "./a.py", "d", "", "nothing"):
        with pytest.raises(UnknownDocument):
            world.read(made, path)
    with pytest.raises(UnknownDocument):
        world.read("another", "a.py")
    with pytest.raises(UnknownDocument):
        world.read(world.workspace("empty", None), "a.py")


def test_a_document_is_text_of_at_most_2_mib(world: World) -> None:
    limit = 2 * 1024 * 1024
    made = world.workspace("main", {"fits": b"x" * limit, "large": b"x" * (limit + 1), "binary": b"\0x"})
    assert world.read(made, "fits").size == limit
    with pytest.raises(TooLarge) as refused:
        world.read(made, "large")
    assert refused.value.details == {"limit_bytes": limit}
    with pytest.raises(NotText):
        world.read(made, "binary")
