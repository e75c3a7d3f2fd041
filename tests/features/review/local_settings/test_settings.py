"""Settings of the local review app as use cases: what is in force, and what a change leaves alone (Stargazer 3.1)."""

from typing import Any

import pytest

from asterism.features.review import local_settings
from asterism.features.review.local_settings import LENSES, Settings
from asterism.kernel.db import Database


def change(db: Database, **changes: Any) -> Settings:
    with db.write() as tx:
        return local_settings.change_settings(tx, changes)


def test_nobody_has_chosen_anything_at_first(db: Database) -> None:
    with db.read() as tx:
        found = local_settings.read_settings(tx)
    assert found == Settings("auto", LENSES, None, "low", None)
    assert (found.storage, found.profile, found.minimum_severity) == ("file", None, "low")


def test_a_change_leaves_the_rest_alone_and_stays(db: Database) -> None:
    change(db, theme="dark", severity_threshold="high")
    changed = change(db, default_profile="strict")
    assert (changed.theme, changed.severity_threshold, changed.default_profile) == ("dark", "high", "strict")
    with db.read() as tx:
        assert local_settings.read_settings(tx) == changed


@pytest.mark.parametrize(
    ("chosen", "kept"),
    [
        (["tests", "correctness"], ("correctness", "tests")),
        (["security", "security"], ("security",)),
        ([], LENSES),
        (["nothing known"], LENSES),
    ],
)
def test_lenses_are_kept_in_their_order_and_none_means_all(db: Database, chosen: list[str], kept: Any) -> None:
    assert change(db, default_lenses=chosen).default_lenses == kept
    assert LENSES == ("correctness", "security", "performance", "simplicity", "tests")


@pytest.mark.parametrize(
    ("sent", "meant"),
    [("critical", "high"), ("warning", "medium"), ("suggestion", "low"), ("info", "low"), ("nitpick", "nit"),
     ("blocker", "blocker")],
)  # fmt: skip
def test_a_synonym_is_kept_as_it_was_sent_and_understood(db: Database, sent: str, meant: str) -> None:
    changed = change(db, severity_threshold=sent)
    assert (changed.severity_threshold, changed.minimum_severity) == (sent, meant)


@pytest.mark.parametrize(
    ("sent", "kept", "used"), [("", None, None), ("default", "default", None), ("quick", "quick", "quick")]
)
def test_no_profile_has_two_spellings(db: Database, sent: str, kept: str | None, used: str | None) -> None:
    changed = change(db, default_profile=sent)
    assert (changed.default_profile, changed.profile) == (kept, used)
