"""Limits of merging by structure: each refuses at its edge, and sizes cost what they should."""

from time import process_time

from asterism.vcs.structure import merge_structure, suffixes
from asterism.vcs.structure.grammars import MAX_BYTES, language_of, parse
from asterism.vcs.structure.matches import ALIKE, match_items
from asterism.vcs.structure.pieces import Item


def text_of(size: int) -> bytes:
    return b"x = 1\n" + b"#" * (size - 7) + b"\n"


def test_a_text_of_the_limit_is_parsed_and_one_byte_more_is_not():
    assert parse("python", text_of(MAX_BYTES)) is not None
    assert parse("python", text_of(MAX_BYTES + 1)) is None


def test_tens_of_thousands_of_members_end_in_time_that_grows_with_them():
    def cost(count: int) -> float:
        base, ours, main = (
            "".join(f"x{at} = {at if at % every else new}\n" for at in range(count)).encode()
            for every, new in ((10**9, 0), (2, 7), (3, 9))
        )
        start = process_time()
        assert merge_structure("a.py", base, ours, main) is None
        return process_time() - start

    small = min(cost(2000) for _ in range(2))
    assert cost(16_000) < 40 * small + 1


def test_every_ending_has_a_language():
    assert {language_of(f"folder.d/file.{suffix}") for suffix in suffixes()} >= {"python", "markdown", "tsx", "yaml"}
    assert all(language_of(f"A.{suffix.upper()}") for suffix in suffixes())


def named(key: str, body: str) -> Item:
    return Item("definition", key, True, True, b"", b"", [body.encode()])


def test_a_member_of_another_name_is_the_same_one_only_when_enough_of_its_words_are():
    assert ALIKE == 0.6
    old = [named("f", "f a b c d")]
    assert match_items(old, [named("g", "g a b c x")]) == {0: 0}  # 6 of 10
    assert match_items(old, [named("g", "g a b x y")]) == {}  # 4 of 10


def test_so_many_without_a_name_are_compared_with_each_other_and_not_one_pair_more():
    def nameless(count: int, last: str) -> list[Item]:
        return [
            Item("text", None, False, False, b"", b"", [f"a{at} b{at} c{at} {last}".encode()]) for at in range(count)
        ]

    assert match_items(nameless(50, "old"), nameless(50, "new")) == {at: at for at in range(50)}  # 2,500 pairs
    assert match_items(nameless(41, "old"), nameless(61, "new")) == {}  # 2,501
