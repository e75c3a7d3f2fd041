"""Nobody is refused by a number that no document tells."""

from tests.architecture.refusals import refusing_numbers
from tests.docs.test_limits import LIMITS, OWN

NOT_LIMITS_OF_OURS = {
    "features.review.analyzers.ruff._BROKEN": "an exit code of ruff",
    "features.review.analyzers.shellcheck._CRASHED": "an exit code of shellcheck",
    "kernel.blobs.object_store.PARALLEL_PARTS": "makes uploads faster, refuses nothing",
    "kernel.db.database.READERS": "keeps connections open, refuses nothing",
    "kernel.upstreams.fakes.notion.MAX_BODY": "Notion's own",
    "kernel.upstreams.fakes.notion.MAX_TEXT": "Notion's own",
    "kernel.upstreams.fakes.github_search.LONGEST": "GitHub's own",
    "kernel.upstreams.fakes.github_search.MOST": "GitHub's own",
}


def test_every_number_that_refuses_is_told() -> None:
    found = refusing_numbers()
    told = {place for _, place in OWN} | {place for place, _, _ in LIMITS}
    unsaid = {place: user for place, user in found.items() if place not in told | NOT_LIMITS_OF_OURS.keys()}
    assert not unsaid, "these belong into docs/limits.md, or the specification and tests/docs/test_limits.py"
    assert len(found) > 100
    assert not NOT_LIMITS_OF_OURS.keys() - (found.keys() - told), "an exception that is none any more"
