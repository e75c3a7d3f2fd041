"""What is kept in memory stays below a number of bytes."""

from asterism.kernel.blobs.recent import Recent


def test_what_was_not_asked_for_longest_goes_first() -> None:
    recent = Recent(limit=10)
    recent.keep("a", b"1234")
    recent.keep("b", b"1234")
    assert recent.get("a") == b"1234"
    recent.keep("c", b"12")  # all ten bytes
    assert [recent.get(name) for name in "bac"] == [b"1234", b"1234", b"12"]
    recent.keep("d", b"1")
    assert [recent.get(name) for name in "bacd"] == [None, b"1234", b"12", b"1"]


def test_what_is_too_large_leaves_the_rest_alone() -> None:
    recent = Recent(limit=10)
    recent.keep("a", b"1")
    recent.keep("b", b"x" * 11)
    recent.keep("c", b"x" * 9)
    assert [recent.get(name) for name in "abc"] == [b"1", None, b"x" * 9]


def test_keeping_the_same_again_counts_once() -> None:
    recent = Recent(limit=10)
    for _ in range(5):
        recent.keep("a", b"12345")
    recent.keep("b", b"12345")
    assert [recent.get(name) for name in "ab"] == [b"12345", b"12345"]
