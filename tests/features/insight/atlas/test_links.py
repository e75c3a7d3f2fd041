"""Which concepts a text speaks of."""

from asterism.features.insight.atlas.links import MAX_LINKS, Names
from tests.features.insight.atlas.test_graph import graph_of
from tests.support.trees import Tree

TREE: Tree = {"src/auth/token.py": b"", "src/auth/x.py": b"", "web/app.ts": b"", "docs/Plan B.md": b"", "go/a.go": b""}


def links(text: str, tree: Tree = TREE) -> dict[str, int]:
    return {link.concept_id: link.confidence for link in Names(graph_of(tree).concepts).links("d", text)}


def test_paths_and_quoted_names_are_certain_and_other_names_likely():
    assert links("We keep src/auth/token.py, see `app.ts`.") == {
        "code:src/auth/token.py": 90,
        "module:src/auth": 90,
        "code:web/app.ts": 90,
        "system:src": 70,
    }
    assert links("token.py does it") == {"code:src/auth/token.py": 70}


def test_names_stand_as_whole_words_without_case():
    assert links("Use TOKEN.PY") == {"code:src/auth/token.py": 70}
    assert links("mytoken.py and token.pyc and websites") == {}
    assert links("all of Web.") == {"system:web": 70, "module:web": 70}


def test_names_with_spaces_are_found_and_short_ones_are_not():
    assert links("as plan b.md says") == {"code:docs/Plan B.md": 70}
    assert links("go to root") == {}


def test_a_name_that_is_everywhere_links_to_no_more_than_a_hundred():
    tree = {f"pkg{n}/index.ts": b"" for n in range(300)}
    assert len(links("We use index.ts everywhere", tree)) == MAX_LINKS
