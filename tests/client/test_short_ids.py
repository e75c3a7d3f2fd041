"""What people are shown of an id leads back to it."""

from asterism.base import ids
from asterism.client.snapshot_id import short


def test_ids_that_begin_by_a_time_are_shown_whole() -> None:
    one, other = ids.snapshot_id(), ids.snapshot_id()
    assert (short(one), short(other)) == (one, other)
    assert short("ab" * 32) == "ab" * 6
    assert short(f"git-{'ab' * 20}-{'c' * 12}") == f"git-{'ab' * 6}"
