"""Diagrams of a map."""

import pytest

from asterism.features.insight.atlas.diagrams import MAX_ARROWS, MAX_NODES, Pencil
from asterism.features.insight.atlas.models import Drawing
from tests.features.insight.atlas.test_graph import graph_of
from tests.support.trees import Tree

TREE: Tree = {
    "app/main.py": b"import app.views\nimport lib.db\n",
    "app/views.py": b"import lib.db\n",
    "lib/db.py": b"import lib.sql\n",
    "lib/sql.py": b"import lib.text\n",
    "lib/text.py": b"",
    "zeta/cron.py": b"import lib.text\n",
}


def draw(type: str, concept: str | None = None, tree: Tree = TREE) -> Drawing:
    return Pencil(graph_of(tree)).draw(type, concept)  # type: ignore[arg-type]


def arrows(drawing: Drawing) -> list[tuple[str, str]]:
    return [(arrow.start.partition(":")[2], arrow.end.partition(":")[2]) for arrow in drawing.arrows]


def test_dependencies_between_modules_and_around_a_file():
    assert arrows(draw("dependency")) == [("app", "lib"), ("zeta", "lib")]
    around = draw("dependency", "code:lib/db.py")
    assert around.title == "Dependencies of db.py"
    assert set(arrows(around)) == {
        ("app/main.py", "app/views.py"),
        ("app/main.py", "lib/db.py"),
        ("app/views.py", "lib/db.py"),
        ("lib/db.py", "lib/sql.py"),
        ("lib/sql.py", "lib/text.py"),
    }
    assert around.nodes[0].id == "code:lib/db.py"


def test_components_of_all_and_below_a_system():
    assert {node.id for node in draw("component").nodes} == {
        "system:app", "system:lib", "system:zeta", "module:app", "module:lib", "module:zeta",
    }  # fmt: skip
    below = draw("component", "system:lib")
    assert arrows(below) == [("lib", "lib"), ("lib", "lib/db.py"), ("lib", "lib/sql.py"), ("lib", "lib/text.py")]


def test_flow_begins_where_programs_begin():
    flow = draw("flow")
    assert [node.id for node in flow.nodes][:2] == ["code:app/main.py", "code:zeta/cron.py"]
    assert ("lib/sql.py", "lib/text.py") in arrows(flow)
    assert [node.id for node in draw("flow", "code:lib/db.py").nodes] == [
        "code:lib/db.py", "code:lib/sql.py", "code:lib/text.py",
    ]  # fmt: skip


def test_a_sequence_is_one_path_with_numbers():
    path = draw("sequence")
    assert arrows(path) == [
        ("app/main.py", "app/views.py"),
        ("app/views.py", "lib/db.py"),
        ("lib/db.py", "lib/sql.py"),
        ("lib/sql.py", "lib/text.py"),
    ]
    assert [arrow.label for arrow in path.arrows] == ["1.", "2.", "3.", "4."]


@pytest.mark.parametrize("type", ["flow", "dependency", "component", "sequence"])
def test_what_is_not_there_gives_an_empty_diagram_and_what_is_alone_one_node(type: str):
    assert draw(type, "code:none.py").nodes == ()
    assert [node.id for node in draw(type, "code:a.md", {"a.md": b""}).nodes] == ["code:a.md"]
    assert draw(type, None, {}).nodes == []


@pytest.mark.parametrize("type", ["flow", "dependency", "component", "sequence"])
def test_large_maps_give_diagrams_of_bounded_size_whose_edges_have_ends(type: str):
    tree = {f"m{n // 9}/f{n}.py": f"import m{n // 18}.f{n // 2}\nimport m0.f0\n".encode() for n in range(700)}
    for concept in (None, "code:m0/f0.py", "module:m3", "system:m3"):
        drawing = draw(type, concept, tree)
        ids = {node.id for node in drawing.nodes}
        assert len(ids) == len(drawing.nodes) <= MAX_NODES
        assert len(drawing.arrows) <= MAX_ARROWS
        assert all(arrow.start in ids and arrow.end in ids for arrow in drawing.arrows)
