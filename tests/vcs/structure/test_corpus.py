"""The corpus of merges: how many are right, and that none is wrong."""

from collections import Counter

import pytest

from bench.merge.corpus import SAMPLES, Case, all_cases
from bench.merge.scoring import by_us, judge

CASES = all_cases()


def merged(case: Case) -> bytes | None:
    return by_us(case.path, case.base.encode(), case.ours.encode(), case.main.encode())


def test_the_corpus_is_large_and_mixed():
    assert len(CASES) >= 120
    assert len(SAMPLES) >= 8
    assert sum(case.expected is None for case in CASES) >= 30


@pytest.mark.parametrize("language", sorted(SAMPLES))
def test_every_merge_is_the_right_one_in_both_directions(language):
    found = Counter()
    for case in CASES:
        if case.language == language:
            expected = None if case.expected is None else case.expected.encode()
            outcome = judge(merged(case), expected)
            assert outcome == "right", (case.name, merged(case))
            other = by_us(case.path, case.base.encode(), case.main.encode(), case.ours.encode())
            assert other == merged(case), case.name
            found[outcome] += 1
    assert found["right"] >= 4
