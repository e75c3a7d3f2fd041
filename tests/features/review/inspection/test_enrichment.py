"""Whose line is behind a finding: through the hunks of a diff, and through an index that differs from HEAD ([5.53])."""

import asyncio

import pytest

from asterism.features.review import reviews
from asterism.features.review.findings import Lens
from asterism.features.review.inspection.enrichment import committed_line
from asterism.features.review.inspection.posted import change_of
from tests.features.review.reviews.conftest import Checkout, request, world

DIFF = """--- a/f.py
+++ b/f.py
@@ -2,3 +2,4 @@
 b
+new
 c
 d
@@ -10,4 +11,3 @@
 j
-k
-l
+K
 m
"""


@pytest.mark.parametrize(
    ("number", "line"),
    [(1, 1), (2, 2), (3, None), (4, 3), (5, 4), (6, 5), (10, 9), (11, 10), (12, 11), (13, 13), (14, 14)],
)
def test_a_line_is_the_committed_one_that_it_came_from(number: int, line: int | None) -> None:
    (file,) = change_of(DIFF).files
    assert committed_line(file, number) == line


def test_of_an_added_file_no_line_was_committed() -> None:
    (file,) = change_of("--- /dev/null\n+++ b/f.py\n@@ -0,0 +1,2 @@\n+a\n+b\n").files
    assert [committed_line(file, number) for number in (1, 2, 3)] == [None, None, None]


@pytest.fixture
def checkout(tmp_path):
    (tmp_path / "project").mkdir()
    return Checkout((tmp_path / "project").resolve())


@pytest.mark.parametrize(("staged", "author"), [("# one\n# two\n", "Add f"), ("", "Add f")])
def test_blame_looks_through_what_is_staged(db, clock, checkout, staged, author):
    one, two = "def f(x=1):\n    return x\n", "\n\ndef g():\n    return 1\n"
    checkout.write("a.py", one)
    checkout.commit("Add f")
    checkout.write("a.py", one + two)
    checkout.commit("Add g")
    checkout.write("a.py", staged + one + two)
    checkout.git("add", "a.py")
    checkout.write("a.py", staged + one.replace("x=1", "x=[]") + two)

    async def scenario():
        async with world(db, clock, "ruff") as w:
            review_id = await w.manager.begin(request(checkout.root, lenses=(Lens.CORRECTNESS,)))
            await w.events(review_id)
            with db.read() as tx:
                return reviews.read_triage(tx, review_id).result.issues

    (issue,) = asyncio.run(scenario())
    assert issue.enrichment.blame.summary == author
