"""Chunking, words and fusion (Starbot 6.5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterism.features.talk.retrieval import chunks_of, fuse
from asterism.features.talk.retrieval.chunks import MAX_TOKENS, tokens_of
from asterism.features.talk.retrieval.models import StoredChunk
from asterism.features.talk.retrieval.words import pairs_of, words_of


def test_sections_and_their_paths() -> None:
    text = "intro\n# Rules\n## Exports\nDates.\n```\n# no heading\n```\n## Empty\n# Last ##\nx"
    assert [(c.heading, c.text) for c in chunks_of(text)] == [
        ("", "intro"),
        ("Rules > Exports", "# Rules\n## Exports\nDates.\n```\n# no heading\n```"),
        ("Rules > Empty", "## Empty"),
        ("Last", "# Last ##\nx"),
    ]
    assert [c.heading for c in chunks_of("plain", heading="The chat")] == ["The chat"]
    assert chunks_of("") == chunks_of(" \n\n") == []


def test_two_thousand_tokens_give_800_800_600() -> None:
    text = "".join(f"w{n:05d} " for n in range(2_000 * 4 // 7)) + "ab"
    assert tokens_of(text) in range(1_999, 2_002)
    sizes = [chunk.tokens for chunk in chunks_of(text)]
    assert len(sizes) == 3
    assert all(abs(size - wanted) <= 3 for size, wanted in zip(sizes, (800, 800, 600), strict=True))


def test_a_fence_stays_whole() -> None:
    fence = "```\n" + "code line\n" * 200 + "```"
    text = "word " * 400 + "\n\n" + fence + "\n\n" + "tail " * 300
    assert any(fence in chunk.text for chunk in chunks_of(text))


@given(st.text(alphabet=st.sampled_from("ab .\n#`語é~"), max_size=9_000))
def test_every_chunk_is_small_and_nothing_is_lost(text: str) -> None:
    chunks = chunks_of(text)
    assert all(chunk.tokens <= MAX_TOKENS for chunk in chunks)
    assert [chunk.ordinal for chunk in chunks] == list(range(len(chunks)))
    joined = "".join(chunk.text for chunk in chunks)
    assert set(text.split()) <= set("".join(text).split())
    for character in set(text) - set(" \n"):
        assert joined.count(character) >= text.count(character)


@pytest.mark.parametrize(
    "query", ['"', "*", "AND OR NOT", "a-b (c)", "'; DROP", "NEAR(a b)", "日本語 テスト", "x" * 5_000]
)
def test_queries_are_words_only(query: str) -> None:
    words, pairs = words_of(query)
    assert len(words) + len(pairs) <= 32
    assert all(word.replace("_", "a").isalnum() for word in words)
    assert all(pair.isalnum() for pair in pairs)


def test_pairs() -> None:
    assert pairs_of("日本語 and 字") == ["日本", "本語", "語", "字"]
    assert words_of("日本語 and 字 AND") == (["and"], ["日本", "本語", "字"])


def chunk(name: str, updated_at: str = "1") -> StoredChunk:
    return StoredChunk(1, name, "message", name, "p", None, None, "", 0, "", 1, updated_at)


def test_fusion_of_the_worked_example() -> None:
    a, b, c, d = (chunk(name) for name in "ABCD")
    hits = fuse([[a, b, c], [c, a, d]])
    assert [(hit.chunk.id, round(hit.score, 3)) for hit in hits] == [
        ("A", 0.992),
        ("C", 0.984),
        ("B", 0.492),
        ("D", 0.484),
    ]
    assert fuse([[a]])[0].score == 1.0
    assert fuse([[], []]) == fuse([]) == []
    tied = fuse([[chunk("X", "1")], [chunk("Y", "2")]])
    assert [hit.chunk.id for hit in tied] == ["Y", "X"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("# A\n\n### Deep\nx\n## B\ny\n# C", [("A > Deep", "# A\n\n### Deep\nx"), ("A > B", "## B\ny"), ("C", "# C")]),
        ("# A\n# B\nx", [("A", "# A"), ("B", "# B\nx")]),
        ("## A\n# B\nx", [("A", "## A"), ("B", "# B\nx")]),
        ("    # a\n####### b\n#c\n   # D #x #\ny", [("", "    # a\n####### b\n#c"), ("D #x", "   # D #x #\ny")]),
        ("# A\nx\n##\ny", [("A", "# A\nx"), ("A", "##\ny")]),
        ("# A\r\nx\r\n", [("A", "# A\nx")]),
        ("~~~\n# x\n```\n~~~\n# H\nz", [("", "~~~\n# x\n```\n~~~"), ("H", "# H\nz")]),
        ("````\n```\n# x\n```` y\n# x\n`````\n# H", [("", "````\n```\n# x\n```` y\n# x\n`````"), ("H", "# H")]),
        ("```py\n# x", [("", "```py\n# x")]),
    ],
    ids=["levels", "no body", "up", "no headings", "no title", "CRLF", "tildes", "long fence", "open fence"],
)
def test_headings_cut_a_document_where_markdown_has_them(text: str, found: list[tuple[str, str]]) -> None:
    assert [(chunk.heading, chunk.text) for chunk in chunks_of(text)] == found


def test_a_chunk_begins_with_the_end_of_the_one_before_at_a_word() -> None:
    text = "".join(f"w{number:05d} " for number in range(800))
    first, second = chunks_of(text)
    assert (first.text, second.text) == (text[:3200], text[2807:])
    assert (first.tokens, second.tokens) == (800, 699)


@pytest.mark.parametrize(
    "unit", ["x" * 97 + ". ", "x" * 97 + "! ", "x" * 98 + "\n", "語" * 32 + "。", "x" * 97 + "\n\n"]
)
def test_what_is_too_long_is_cut_between_paragraphs_lines_and_sentences(unit: str) -> None:
    assert len(unit.encode()) == 99
    assert chunks_of(unit * 40)[0].text == unit * 32


def test_no_character_is_cut_where_there_is_no_better_place() -> None:
    text = "".join(chr(0x4E00 + number) for number in range(1200))
    first, second = chunks_of(text)
    assert (first.text, second.text) == (text[:1066], text[933:]), "3,198 bytes; the last 399 of them again"


def test_tokens_are_quarters_of_bytes_rounded_up() -> None:
    assert [tokens_of(text) for text in ("", "a", "abcd", "abcde", "é" * 2, "é" * 2 + "x")] == [0, 1, 1, 2, 1, 2]


def test_a_query_has_32_words_and_pairs_at_most() -> None:
    many = [f"w{number}" for number in range(40)]
    assert words_of(" ".join([*many, "日本語"])) == (many[:32], [])
    assert words_of(" ".join([*many[:30], "日本語字"])) == (many[:30], ["日本", "本語"])
    assert words_of("same SAME Same ___ __a__") == (["same", "__a__"], [])


def test_the_first_50_of_each_list_count() -> None:
    assert len(fuse([[chunk(str(number)) for number in range(51)]])) == 50
    assert [hit.chunk.id for hit in fuse([[chunk("b")], [chunk("a")]])] == ["a", "b"]
