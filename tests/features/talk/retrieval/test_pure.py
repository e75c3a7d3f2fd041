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
