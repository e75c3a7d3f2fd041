"""Ids: their form, and their order."""

import re
from concurrent.futures import ThreadPoolExecutor

from asterism.base import ids

FORM = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")


def test_ids_of_one_millisecond_rise() -> None:
    rising = ids.Rising()  # that of the process has given out later ones
    made = [rising.next(1_700_000_000_000) for _ in range(10_000)]
    assert made == sorted(set(made))
    assert {one >> 80 for one in made} == {1_700_000_000_000}
    assert all(FORM.fullmatch(ids.ulid(1_700_000_000_000)) for _ in range(10))


def test_an_id_says_when_it_was_made() -> None:
    earlier, later = ids.ulid(1_600_000_000_000), ids.ulid(1_600_000_000_001)
    assert earlier < later
    assert earlier[:10] != later[:10]
    assert ids.ulid(1_500_000_000_000) < earlier


def test_threads_never_share_an_id() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = [one for part in pool.map(lambda _: [ids.ulid() for _ in range(2000)], range(8)) for one in part]
    assert len(set(made)) == len(made)
