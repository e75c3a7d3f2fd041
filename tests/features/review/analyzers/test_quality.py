"""The bench's changes as a guard: positions are always right, and clean changes stay quiet."""

import asyncio

import pytest

from bench.review import _all
from bench.review.cases import load


@pytest.mark.parametrize("language", ["go", "python", "shell", "typescript"])
def test_analyzers_alone_meet_the_aims(language):
    cases = [case for case in load() if case.language == language]
    tally = asyncio.run(_all(cases))["all"]
    assert tally.wrong_lines == 0
    assert tally.clean_commented <= 1, tally.noisy
    assert tally.hits >= 0.75 * tally.defects, tally.missed
    assert tally.right >= 0.85 * tally.findings
