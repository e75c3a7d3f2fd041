"""Borders of what faces read by themselves: the longest is taken, one more is refused."""

import msgspec
import pytest

from asterism.base.errors import Invalid
from asterism.faces.local.pr_review import PostedDiff, chosen
from asterism.faces.local.triage import project_path
from asterism.faces.v1.integrations import GitHubConnect, NotionConnect
from asterism.faces.v1.runs import cursor_of
from asterism.kernel.db import Database


def test_a_cursor_has_15_digits() -> None:
    assert cursor_of("9" * 15, "") == 10**15 - 1
    with pytest.raises(Invalid):
        cursor_of("9" * 16, "")


def test_a_filter_by_project_has_4096_characters() -> None:
    assert project_path("p" * 4096) == "p" * 4096
    with pytest.raises(Invalid):
        project_path("p" * 4097)


def test_a_reference_has_255_characters(db: Database) -> None:
    with db.read() as tx:
        assert chosen(tx, PostedDiff("diff", base_ref="r" * 255))[1][0] == "r" * 255
        with pytest.raises(Invalid, match="at most 255"):
            chosen(tx, PostedDiff("diff", head_ref="r" * 256))


@pytest.mark.parametrize("shape", [NotionConnect, GitHubConnect])
def test_a_token_of_another_service_has_4096_characters(shape: type[msgspec.Struct]) -> None:
    msgspec.convert({"token": "t" * 4096}, shape)
    with pytest.raises(msgspec.ValidationError, match="4096"):
        msgspec.convert({"token": "t" * 4097}, shape)
