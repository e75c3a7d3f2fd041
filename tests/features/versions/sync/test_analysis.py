"""Analysing drift, with and without a model (Fastest 4.7)."""

import asyncio
import json
from dataclasses import asdict

import pytest

from asterism.base.errors import NotFound
from asterism.features.accounts.identity import Caller
from asterism.features.versions import sync
from asterism.features.versions.sync import Adviser, Advisor, Analysis
from asterism.features.versions.workspaces import Workspace
from asterism.kernel.llm import FailureKind, Scripted, ScriptedModels, Target
from asterism.vcs.content import hash_bytes
from tests.features.versions.sync.conftest import BASE, MAIN, NOBODY, OURS, World

TEXTS = {
    "source_changes_summary": "Main did something.",
    "workspace_changes_summary": "You did something.",
    "risk_explanation": "One file.",
    "recommendation": "Talk to each other.",
}


def analyze(world: World, workspace: Workspace | None = None, *, dirty: bool = False, by: Advisor = NOBODY) -> Analysis:
    found = ask(world, workspace, dirty=dirty, by=by)
    assert isinstance(found, Analysis)
    return found


def ask(
    world: World, workspace: Workspace | None = None, *, dirty: bool = False, by: Advisor = NOBODY
) -> Analysis | str:
    db, blobs, target = world.shelf.db, world.shelf.blobs, workspace or world.side
    return asyncio.run(sync.analyze(db, blobs, by, world.caller, target.id, include_dirty=dirty))


def test_a_conflict_is_a_high_risk(world: World) -> None:
    with world.shelf.db.read() as tx:
        now = tx.now()
    assert analyze(world) == Analysis(
        source_changes_summary=(
            "main has changed 4 files since the common base: 1 added (new.txt), 2 changed (a.py, c),"
            " 1 deleted (old.txt)."
        ),
        workspace_changes_summary="This workspace has changed 2 files since the common base: 2 changed (a.py, c).",
        risk_level="high",
        risk_explanation="1 file needs a decision: c.",
        can_auto_sync=False,
        recommendation="Sync, and decide about 1 file: c.",
        analyzed_at=now,
    )


def test_overlaps_that_merge_are_a_medium_risk(world: World) -> None:
    world.push(world.main, MAIN | {"c": BASE["c"]}, world.theirs)
    found = analyze(world)
    assert (found.risk_level, found.can_auto_sync) == ("medium", True)
    assert found.risk_explanation == "1 file was changed on both sides and can be merged: a.py."
    assert found.recommendation == "Sync now: nothing needs a decision, and 3 files will change."


def test_changes_apart_are_a_low_risk(world: World) -> None:
    apart = {f"n{number}": b"n\n" for number in range(5)}
    world.push(world.main, BASE | apart, world.theirs)
    found = analyze(world)
    assert (found.risk_level, found.can_auto_sync) == ("low", True)
    assert found.source_changes_summary == (
        "main has changed 5 files since the common base: 5 added (n0, n1, n2 and 2 more)."
    )
    assert found.risk_explanation == "No file was changed on both sides."


def test_sides_that_are_the_same_are_in_sync(world: World) -> None:
    world.push(world.main, OURS, world.theirs)
    found = analyze(world)
    assert (found.risk_level, found.can_auto_sync) == ("low", True)
    assert (found.risk_explanation, found.recommendation) == ("Both sides are the same.", "Nothing to take from main.")


def test_unsaved_work_is_told_when_asked_for(world: World) -> None:
    world.edit(world.side, OURS | {"unsaved": b"u\n"})
    assert "unsaved" not in analyze(world).workspace_changes_summary
    assert "1 added (unsaved)" in analyze(world, dirty=True).workspace_changes_summary


def test_the_risk_is_that_of_the_sync_which_takes_unsaved_work_along(world: World) -> None:
    world.push(world.main, BASE | {"b.md": b"main\n"}, world.theirs)
    assert analyze(world).risk_level == "low"
    world.edit(world.side, OURS | {"b.md": b"unsaved\n"})
    assert analyze(world).can_auto_sync is False


def test_where_there_is_no_drift_there_is_a_reason(world: World) -> None:
    assert ask(world, world.main) == "This is the main workspace."
    assert ask(world, world.workspace("empty")) == "The workspace empty has no tree yet."


def test_content_that_was_lost_is_a_reason(world: World) -> None:
    lost = hash_bytes(MAIN["c"])
    with world.shelf.db.write() as tx:
        tx.connection.exec_driver_sql(f"UPDATE blobs SET lost = TRUE WHERE hash = '{lost}'")
    assert ask(world) == "Some files of this version were never uploaded."


def test_the_workspaces_of_others_are_unknown(world: World) -> None:
    world.caller = Caller("somebody-else", "token", "u", "cli")
    with pytest.raises(NotFound):
        ask(world)


def advisor(*answers: Scripted | str) -> Advisor:
    models = ScriptedModels()
    models.play(*answers)
    return Advisor(models, lambda _tx, _user: Adviser(Target("local", "demo", "http://127.0.0.1:1"), 4096), seconds=0.2)


def test_a_model_writes_the_texts_and_nothing_else(world: World) -> None:
    answer = TEXTS | {"risk_level": "low", "can_auto_sync": True, "analyzed_at": "never"}
    found, plain = analyze(world, by=advisor(json.dumps(answer))), analyze(world)
    assert asdict(found) == asdict(plain) | TEXTS


@pytest.mark.parametrize(
    "answer",
    [
        "No.",
        json.dumps(TEXTS | {"recommendation": ""}),
        json.dumps(TEXTS | {"recommendation": ["a"]}),
        json.dumps(TEXTS | {"risk_explanation": "x" * 2_001}),
        json.dumps(TEXTS | {"risk_explanation": "\x1b[2Jgone"}),
        json.dumps({name: text for name, text in TEXTS.items() if name != "recommendation"}),
        Scripted(failure=FailureKind.AUTH),
        Scripted(hold=asyncio.Event()),
    ],
)
def test_an_unusable_answer_leaves_the_computed_texts(world: World, answer: Scripted | str) -> None:
    assert analyze(world, by=advisor(answer)) == analyze(world)
