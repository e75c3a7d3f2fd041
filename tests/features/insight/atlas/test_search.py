"""Searching a map by words."""

from math import log

import pytest

from asterism.features.insight.atlas.models import Concept, Found
from asterism.features.insight.atlas.search import SearchIndex, fuse, query_tokens, rank


def code(path: str, *symbols: str) -> Concept:
    names = ", ".join(f'"{symbol}"' for symbol in symbols)
    metadata = f'{{"language":null,"lines":1,"symbols":[{names}]}}'
    return Concept(f"code:{path}", path.rpartition("/")[2], "code", None, path, metadata)


CONCEPTS = [
    Concept("system:billing", "billing", "system", None, "First-level folder, 2 files"),
    code("billing/invoice.py", "InvoiceTotal", "parseHTTPHeader2"),
    code("billing/payments.py", "charge"),
    code("web/invoiceList.tsx"),
    code("docs/invoices.md"),
]


def found(query: str, most: int = 20) -> list[str]:
    return [one.concept.id for one in rank([SearchIndex(CONCEPTS)], query, most)]


def test_queries_are_cut_at_capitals_digits_and_marks():
    assert query_tokens("parseHTTPHeader2 foo_bar-Ünï foo") == ["parse", "http", "header", "2", "foo", "bar", "ünï"]
    assert len(query_tokens(" ".join(f"w{chr(97 + n)}x" for n in range(26)))) == 16


def test_a_token_of_the_name_counts_most_then_its_beginning_then_text():
    ranked = rank([SearchIndex(CONCEPTS)], "invoice", 20)
    idf = log(1 + (5 - 2 + 0.5) / (2 + 0.5))
    assert {one.concept.id: pytest.approx(one.score) for one in ranked} == {
        "code:billing/invoice.py": 3 * idf,
        "code:web/invoiceList.tsx": 3 * idf,
        "code:docs/invoices.md": 2 * idf,
    }


def test_symbols_and_descriptions_count():
    assert found("header") == ["code:billing/invoice.py"]
    assert "system:billing" in found("folder")


def test_the_exact_name_or_path_comes_first():
    assert found("payments.py")[0] == "code:billing/payments.py"
    assert found(" Web/InvoiceList.tsx ")[0] == "code:web/invoiceList.tsx"


def test_ties_are_broken_by_layer_and_id_and_results_are_the_same_every_time():
    index = SearchIndex([code("b/same.py"), code("a/same.py"), Concept("module:same", "same", "module")])
    assert [one.concept.id for one in rank([index], "same", 3)] == ["module:same", "code:a/same.py", "code:b/same.py"]
    assert [one.concept.id for one in rank([index], "same", 2)] == ["module:same", "code:a/same.py"]


@pytest.mark.parametrize("query", ["", "   ", "???", "nothing_like_it"])
def test_what_holds_nothing_of_a_query_is_left_out(query: str):
    assert found(query) == []


def test_several_indexes_count_as_one():
    parts = [SearchIndex(CONCEPTS[:2]), SearchIndex(CONCEPTS[2:])]
    whole = rank([SearchIndex(CONCEPTS)], "invoice list folder", 20)
    assert [(one.concept.id, one.score) for one in rank(parts, "invoice list folder", 20)] == [
        (one.concept.id, one.score) for one in whole
    ]


def test_two_rankings_are_fused():
    a, b, c = (Found(code(f"{name}.py"), 1.0) for name in "abc")
    fused = fuse([a, b], [b, c])
    assert [one.concept.id for one in fused] == ["code:b.py", "code:a.py", "code:c.py"]
    assert fused[0].score == pytest.approx(1 / 61 + 1 / 62)
