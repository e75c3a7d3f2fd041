"""Borders of what one request may hold: the largest is taken, one more is refused in words that name the limit."""

from collections.abc import Callable

import msgspec
import pytest

from asterism.base.errors import DomainError, Invalid
from asterism.features.accounts.identity import Caller
from asterism.features.insight.lookups import lookups
from asterism.features.operations.deployments import UnknownDeployment, service
from asterism.features.review.inspection import ReviewFailed, options
from asterism.features.review.inspection.collection import check_size
from asterism.features.review.reviews import legacy_review
from asterism.features.talk.conversations import turn_rows
from asterism.features.talk.conversations.titles import clean_title
from asterism.features.talk.integrations import github_arguments as github
from asterism.features.talk.integrations import notion_arguments as notion
from asterism.kernel.db import Database
from asterism.kernel.streams import DatabaseStreams

MIB = 1 << 20
PAGE = "0" * 32


def pull(*files: github.PullRequestFile) -> None:
    github.check_pull(github.GitHubPullRequest("o/r", "t", "head", "base", files=list(files)))


def pull_of(size: int) -> None:
    """Check a pull request whose files have this size together, none more than a mebibyte."""
    sizes = [MIB] * (size // MIB) + [size % MIB]
    pull(*(github.PullRequestFile(f"f{number}", "x" * one) for number, one in enumerate(sizes)))


@pytest.mark.parametrize(
    ("check", "limit", "words"),
    [
        (lambda n: clean_title("x" * n), 200, "at most 200 characters"),
        (lambda n: turn_rows.check_prompt("x" * n), 200_000, "at most 200000 characters"),
        (lambda n: check_size(n, 0), 300, "the limit of 300"),
        (lambda n: check_size(1, n), 2 * MIB, "the limit of 2097152 bytes"),
        (legacy_review.check_size, 512 << 10, "the limit of 524288 bytes"),
        (lambda n: options.file_names(None, [f"f{number}" for number in range(n)]), 200, "At most 200 files"),
        (lambda n: github.check_search(github.GitHubSearch("q", per_page=1, page=n)), 1000, "the first 1000 results"),
        (lambda n: pull(github.PullRequestFile("f", "x" * n)), MIB, "1048576"),
        (pull_of, 5 * MIB, "5242880"),
        (lambda n: pull(github.PullRequestFile("p" * n, "")), 1024, "path"),
        (lambda n: notion.check_update(notion.NotionUpdate(PAGE, markdown="x" * n)), 400 << 10, "409600"),
        (lambda n: msgspec.convert({"query": "x" * n}, lookups.MapSearch), 1000, "1000"),
    ],
    ids=[
        "title of a conversation",
        "prompt",
        "files of a review",
        "diff of a review",
        "diff of an older review",
        "named files of a review",
        "results of GitHub",
        "file of a pull request",
        "files of a pull request",
        "path of a pull request",
        "text for Notion",
        "words for the map",
    ],
)
def test_one_more_is_refused(check: Callable[[int], object], limit: int, words: str) -> None:
    check(limit)
    with pytest.raises((DomainError, ReviewFailed, msgspec.ValidationError)) as refused:
        check(limit + 1)
    assert words in str(refused.value) + str(getattr(refused.value, "details", ""))


def test_a_branch_has_250_bytes() -> None:
    assert [github.is_branch("b" * count) for count in (250, 251)] == [True, False]


def test_a_deployments_error_has_10000_characters(db: Database) -> None:
    def tell(length: int) -> None:
        nobody, told = Caller("nobody", "", "u", "cli"), service.Told("failed", error="x" * length)
        with db.write() as tx:
            service.take_status(tx, DatabaseStreams(db), nobody, "none", told)

    with pytest.raises(UnknownDeployment):
        tell(10_000)
    with pytest.raises(Invalid, match="at most 10000"):
        tell(10_001)
