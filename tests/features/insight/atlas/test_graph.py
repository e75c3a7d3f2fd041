"""The map of a tree: layers, edges, order, and what is left out."""

import json

from asterism.features.insight.atlas.difference import difference
from asterism.features.insight.atlas.graph import MappedTree, mapped_files
from asterism.features.insight.atlas.models import Graph
from asterism.vcs.facts import extract, language_of
from asterism.vcs.manifest import Entry
from asterism.vcs.resolving import Imports
from tests.support.trees import Tree, entries_of


def mapped(tree: Tree, more: tuple[Entry, ...] = ()) -> MappedTree:
    files = mapped_files([*entries_of(tree), *more])
    facts = {
        entry.path: extract(language, tree[entry.path])
        for entry in files
        if entry.path in tree and (language := language_of(entry.path))
    }
    return MappedTree(files, Imports(facts))


def graph_of(tree: Tree) -> Graph:
    return mapped(tree).graph("now")


TREE: Tree = {
    "README.md": b"# Demo\n",
    "src/app/main.py": b"from src.app import util\nimport src.lib.core\n",
    "src/app/util.py": b"from src.lib.core import f, g\nfrom src.lib import core\n",
    "src/lib/core.py": b"def f(): pass\nclass G: pass\n",
    "web/index.ts": b"export const a = 1\n",
    "node_modules/x/index.js": b"1\n",
    ".github/a.py": b"1\n",
    "src/build/kept.py": b"\n",
}


def test_layers_of_folders_and_files():
    found = {(one.id, one.name, one.description) for one in graph_of(TREE).concepts if one.layer != "code"}
    assert found == {
        ("system:root", "Root", "First-level folder, 1 file"),
        ("system:src", "src", "First-level folder, 4 files"),
        ("system:web", "web", "First-level folder, 1 file"),
        ("module:root", "Root", "1 file"),
        ("module:src/app", "src/app", "2 files"),
        ("module:src/lib", "src/lib", "1 file"),
        ("module:src/build", "src/build", "1 file"),
        ("module:web", "web", "1 file"),
    }


def test_files_tell_language_lines_and_symbols():
    code = {one.id: one for one in graph_of(TREE).concepts if one.layer == "code"}
    assert sorted(code) == [
        "code:README.md",
        "code:src/app/main.py",
        "code:src/app/util.py",
        "code:src/build/kept.py",
        "code:src/lib/core.py",
        "code:web/index.ts",
    ]
    core = code["code:src/lib/core.py"]
    assert (core.name, core.description, core.kind) == ("core.py", "src/lib/core.py", "python")
    assert json.loads(core.metadata or "") == {"language": "python", "lines": 2, "symbols": ["f", "G"]}


def test_edges_contain_and_depend_and_are_summed_up():
    edges = {(edge.start, edge.end, edge.type): edge.weight for edge in graph_of(TREE).edges}
    assert {key: weight for key, weight in edges.items() if key[2] == "depends_on"} == {
        ("code:src/app/main.py", "code:src/app/util.py", "depends_on"): 1,
        ("code:src/app/main.py", "code:src/lib/core.py", "depends_on"): 1,
        ("code:src/app/util.py", "code:src/lib/core.py", "depends_on"): 2,
        ("module:src/app", "module:src/lib", "depends_on"): 3,
    }
    assert edges["system:src", "module:src/app", "contains"] is None
    assert ("module:src/app", "code:src/app/main.py", "contains") in edges
    assert not [edge for edge in edges if edge[0] == edge[1]]


def test_a_folder_named_root_shares_the_place_of_files_at_the_top():
    graph = graph_of({"a.py": b"", "root/b.py": b""})
    modules = [(one.id, one.description) for one in graph.concepts if one.layer == "module"]
    assert modules == [("module:root", "2 files")]


def test_concepts_stand_in_the_order_of_layers_and_names():
    concepts = graph_of(TREE).concepts
    assert [one.layer for one in concepts] == ["system"] * 3 + ["module"] * 5 + ["code"] * 6
    names = [one.name for one in concepts if one.layer == "code"]
    assert names == sorted(names)


def test_more_files_than_the_map_shows_count_in_their_modules():
    many = tuple(Entry(type="file", path=f"m/{n:06d}.txt", hash=f"{n:064x}", size=1) for n in range(20_001))
    graph = mapped({}, many).graph("now")
    assert sum(one.layer == "code" for one in graph.concepts) == 20_000
    assert [one.description for one in graph.concepts if one.layer == "module"] == ["20,001 files"]
    assert graph.warnings == ["The map shows the first 20,000 files; 1 file only count in their modules."]


def test_names_in_any_script_and_files_that_import_in_a_circle():
    sources = {"日本/ü b.py": "import 日本.c\n", "日本/c.py": "from 日本 import x\n", "日本/x.py": "import 日本.c\n"}
    graph = graph_of({path: text.encode() for path, text in sources.items()})
    assert "code:日本/ü b.py" in {one.id for one in graph.concepts}
    assert ("code:日本/c.py", "code:日本/x.py") in {(edge.start, edge.end) for edge in graph.edges}


def test_a_difference_is_what_leads_from_one_map_to_the_other():
    later = {path: content for path, content in TREE.items() if path != "web/index.ts"} | {
        "src/lib/core.py": b"def f(): pass\ndef h(): pass\n",
        "src/app/main.py": b"from src.app import util\n",
        "docs/guide/a.md": b"# A\n",
    }
    old, new = mapped(TREE), mapped(later)
    found = difference(old, new)
    assert [one.id for one in found.added] == ["system:docs", "module:docs/guide", "code:docs/guide/a.md"]
    assert [one.id for one in found.removed] == ["system:web", "module:web", "code:web/index.ts"]
    changed = {one.concept.id: (list(one.added), list(one.removed)) for one in found.changed}
    assert changed == {"code:src/app/main.py": ([], []), "code:src/lib/core.py": (["h"], ["G"])}
    assert [(edge.start, edge.end) for edge in found.edges_removed if edge.type == "depends_on"] == [
        ("code:src/app/main.py", "code:src/lib/core.py")
    ]
    assert found.summary == "1 file added, 1 file removed, 2 files changed, 1 import removed."


def test_the_difference_agrees_with_the_two_maps():
    kept = {path: content for path, content in TREE.items() if "util" not in path}
    later = kept | {"web/b.ts": b"import './index'\n"}
    old, new = mapped(TREE), mapped(later)
    found = difference(old, new)
    ids = [{one.id for one in tree.graph("now").concepts} for tree in (old, new)]
    pairs = [{(e.start, e.end, e.type) for e in tree.graph("now").edges} for tree in (old, new)]
    assert {one.id for one in found.added} == ids[1] - ids[0]
    assert {one.id for one in found.removed} == ids[0] - ids[1]
    assert {(e.start, e.end, e.type) for e in found.edges_added} == pairs[1] - pairs[0]
    assert {(e.start, e.end, e.type) for e in found.edges_removed} == pairs[0] - pairs[1]


def test_a_map_that_takes_pieces_from_another_is_the_same_as_one_made_anew():
    later = {path: content for path, content in TREE.items() if path != "web/index.ts"} | {
        "src/lib/core.py": b"def h(): pass\n",
        "src/app/main.py": b"from src.app import util\n",
        "src/app/new.py": b"from src.lib import core\n",
    }
    old, new = mapped(TREE), mapped(later)
    for first, second in ((old, new), (new, old), (old, old)):
        again = MappedTree(second.files, second.resolved, (), first)
        assert (again.graph("now"), again.pieces, again.sums) == (second.graph("now"), second.pieces, second.sums)


def test_equal_trees_have_equal_maps():
    assert difference(mapped(TREE), mapped(TREE)).summary == "The maps are the same."
