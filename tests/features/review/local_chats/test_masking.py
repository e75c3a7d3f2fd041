"""Streamed answers: the pieces equal the masked whole, wherever the provider cuts them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from asterism.features.review.findings import harmless, mask
from asterism.features.review.local_chats import MaskedText

KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7bq0\nQ2hhcmxpZSBCcm93bg==\n-----END RSA PRIVATE KEY-----"
PARTS = st.sampled_from(
    [
        "AKIAIOSFODNN7ABCDEFG",
        "ghp_" + "a1B2" * 9,
        'password = "hunter2-Zx9-qqTT81"',
        "postgres://admin:s3cr3t-pw@db.example.org/x",
        "sk-proj-abcDEF0123456789abcd",
        "password: |\n  ",
        "- name: API_KEY\n",
        "  value: ",
        "aB3dE5fG7hJ9kL1mN3pQ5rS7",
        KEY,
        "a word",
        "token",
        "the secret of it",
        "\n",
        " ",
        "\t",
        "\x1b[31mred\x1b[0m",
        "\x1b]0;title\x07",
        "über",
        "`x`",
        "-----",
        "eyJ",
        "\u202e",
    ]
)


def stream(text: str, cuts: list[int]) -> tuple[MaskedText, list[str]]:
    masked = MaskedText()
    places = sorted({cut % (len(text) + 1) for cut in cuts})
    pieces = [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]
    return masked, [masked.feed(piece) for piece in pieces] + [masked.finish()]


@settings(max_examples=300, deadline=None)
@given(st.lists(PARTS, max_size=8).map("".join), st.lists(st.integers(0, 5000), max_size=12))
def test_pieces_are_the_masked_whole(text: str, cuts: list[int]) -> None:
    masked, pieces = stream(text, cuts)
    assert "".join(pieces) == masked.text == mask(harmless(text))


def test_a_secret_cut_at_every_place_is_masked() -> None:
    for secret in ("AKIAIOSFODNN7ABCDEFG", "postgres://admin:s3cr3t-pw@db.example.org/x"):
        text = f"use {secret} now"
        for cut in range(len(text)):
            _, pieces = stream(text, [cut])
            assert secret not in "".join(pieces)


def test_ordinary_text_is_passed_on_word_by_word() -> None:
    masked = MaskedText()
    assert [masked.feed(piece) for piece in ("The ", "query text", " is ", "built")] == [
        "The ",
        "query ",
        "text is ",
        "",
    ]
    assert masked.finish() == "built"


def test_a_private_key_is_held_until_its_end() -> None:
    masked = MaskedText()
    pieces = [masked.feed(line + "\n") for line in ("before", *KEY.split("\n"), "after")]
    assert pieces[0] == "before\n"
    assert pieces[1:4] == ["", "", ""]
    assert "MIIEpAIBAAKCAQEA7bq0" not in masked.text + masked.finish()
    assert masked.text.endswith("after\n")


def test_a_line_without_end_is_passed_on_in_parts() -> None:
    masked = MaskedText()
    given = [masked.feed("x" * 1000) for _ in range(20)]
    assert any(given)
    masked.finish()
    assert masked.text == "x" * 20_000
