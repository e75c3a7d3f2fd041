"""Merges by a model: believed only when every check holds, and never a reason for prepare to fail (Fastest 5.6)."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from asterism.base.errors import Unavailable
from asterism.features.versions import sync
from asterism.features.versions.sync import Adviser, Advisor, Preview
from asterism.features.versions.sync.model_merge import Conflict, merged_by
from asterism.kernel.db import Tx
from asterism.kernel.llm import FailureKind, PydanticModels, Request, Scripted, ScriptedModels, Target
from asterism.kernel.llm.fake_server import Script, running_in_thread
from asterism.vcs.manifest import Entry
from asterism.vcs.merge import Decision, from_entries, make_plan
from tests.features.versions.sync.conftest import MAIN, MERGED, OURS, World

TARGET = Target("local", "demo", "http://127.0.0.1:1")
JOINED = {"compatible": True, "merged": "ours and main\n", "main_intent": "Says main.", "reason": "Both can be said."}


def advisor(answer: Callable[[Request], Scripted], **more: Any) -> tuple[Advisor, ScriptedModels]:
    models = ScriptedModels(answer)
    return Advisor(models, lambda _tx, _user: Adviser(TARGET, 4096), **more), models


def says(value: object) -> Callable[[Request], Scripted]:
    text = value if isinstance(value, str) else json.dumps(value)
    return lambda _request: Scripted((text,))


def asked_paths(models: ScriptedModels) -> set[str]:
    return {json.loads(request.turns[0].text)["path"] for request in models.requests}


def shown(preview: Preview) -> dict[str, str | None]:
    """Return the merged files with their method, and the open decisions with None."""
    merged = {action.path: action.method for action in preview.plan.actions if action.kind == "ai_combined"}
    return merged | {decision.path: None for decision in preview.plan.decisions}


def test_a_compatible_answer_settles_a_decision(world: World) -> None:
    helper, models = advisor(says(JOINED))
    preview = world.prepare(advisor=helper)
    assert shown(preview) == {"a.py": "lines", "c": "model"}
    assert (preview.model, asked_paths(models)) == ("local:demo", {"c"})
    assert preview.summary == "From main: 1 file added, 2 updated, 1 deleted."
    world.execute(preview)
    assert world.tree(world.side) == MERGED | {"c": b"ours and main\n"}


def test_a_merge_by_a_model_can_be_decided_otherwise(world: World) -> None:
    preview = world.prepare(advisor=advisor(says(JOINED))[0])
    world.execute(preview, c="use_workspace")
    assert world.tree(world.side)["c"] == b"ours\n"


def test_files_that_both_sides_added_are_asked_about_without_base(world: World) -> None:
    world.push(world.main, MAIN | {"both": b"m\n", "c": b"ours\n"}, world.theirs)
    world.push(world.side, OURS | {"both": b"o\n"}, world.ours)
    helper, models = advisor(says(JOINED | {"merged": "m\no\n"}))
    assert shown(world.prepare(advisor=helper)) == {"a.py": "lines", "both": "model"}
    assert json.loads(models.requests[0].turns[0].text)["base"] is None


@pytest.mark.parametrize(
    "answer",
    [
        says("I cannot help with that."),
        says({"merged": "no verdict\n"}),
        says(JOINED | {"compatible": "yes"}),
        says(JOINED | {"merged": 7}),
        says(JOINED | {"merged": "   \n"}),
        says(JOINED | {"compatible": False}),
        says("[" * 20_000),
        lambda _request: Scripted(failure=FailureKind.AUTH),
        lambda _request: Scripted(failure=FailureKind.CONTENT_FILTERED),
        lambda _request: Scripted((json.dumps(JOINED),), reason="max_tokens"),
        lambda _request: Scripted(hold=asyncio.Event()),
    ],
    ids=["prose", "no-verdict", "no-bool", "no-text", "blank", "no", "nested", "key", "refused", "cut-off", "silent"],
)
def test_an_answer_that_is_not_believed_leaves_the_decision(
    world: World, answer: Callable[[Request], Scripted]
) -> None:
    helper, models = advisor(answer, seconds=0.2)
    preview = world.prepare(advisor=helper)
    assert (shown(preview), len(models.requests)) == ({"a.py": "lines", "c": None}, 1)
    world.execute(preview, c="use_main")


def test_models_that_are_misconfigured_leave_the_decision(world: World) -> None:
    def choose(_tx: Tx, _user: str) -> Adviser:
        raise Unavailable("The address of the model is no address.")

    preview = world.prepare(advisor=Advisor(ScriptedModels(), choose))
    assert (shown(preview), preview.model) == ({"a.py": "lines", "c": None}, None)


def test_the_texts_of_a_decision_are_the_models_where_they_can_be_read(world: World) -> None:
    answer = {"compatible": False, "merged": "", "main_intent": "Wants\nmain.", "workspace_intent": "x" * 501}
    [decision] = world.prepare(advisor=advisor(says(answer))[0]).plan.decisions
    assert (decision.main_intent, decision.workspace_intent) == ("Wants main.", "Changes it.")
    assert decision.reason == "Both sides changed the same lines."


def test_no_transaction_is_open_while_a_model_is_asked(world: World) -> None:
    """The model answers only once a write has gone through."""

    def answer(_request: Request) -> Scripted:
        world.edit(world.main, MAIN | {"meanwhile": b"x\n"})
        return Scripted((json.dumps(JOINED),))

    assert shown(world.prepare(advisor=advisor(answer)[0]))["c"] == "model"
    assert world.look(world.main).dirty


def test_only_the_first_files_are_asked_about(world: World) -> None:
    names = [f"f{number:02}" for number in range(25)]
    world.push(world.main, MAIN | {name: f"main {name}\n".encode() for name in names}, world.theirs)
    world.push(world.side, OURS | {name: f"ours {name}\n".encode() for name in names}, world.ours)
    helper, models = advisor(says(JOINED))
    preview = world.prepare(advisor=helper)
    assert asked_paths(models) == {"c", *names[:19]}
    assert [decision.path for decision in preview.plan.decisions] == names[19:]


@pytest.mark.parametrize("content", [b"\xff\xfe latin\n", b"x" * 50_001, b"\0", b"\xc3\xa9" * 25_001 + b"\n" * 25_000])
def test_what_is_no_short_text_is_not_asked_about(world: World, content: bytes) -> None:
    world.push(world.main, MAIN | {"c": content}, world.theirs)
    helper, models = advisor(says(JOINED))
    assert (shown(world.prepare(advisor=helper))["c"], models.requests) == (None, [])


def test_a_provider_on_the_wire_is_asked(world: World) -> None:
    async def prepare(url: str) -> Preview:
        models = PydanticModels()
        target = Target("local", "demo", url, "key")
        helper = Advisor(models, lambda _tx, _user: Adviser(target, 4096))
        shelf = world.shelf
        found = await sync.prepare(shelf.db, shelf.blobs, helper, world.caller, world.side.id, None, seconds=1800)
        await models.stop()
        return found

    with running_in_thread() as fake:
        fake.play(Script(chunks=(json.dumps(JOINED),)), Script(status=401))
        assert shown(asyncio.run(prepare(fake.url)))["c"] == "model"
        assert shown(asyncio.run(prepare(fake.url)))["c"] is None
        assert '"main\\n"' in fake.calls[0].prompt


def conflict(ours: bytes, main: bytes, base: bytes = b"") -> Conflict:
    """Return a conflict of three texts."""
    contents = {"b": base, "o": ours, "m": main}
    sides = [[Entry(type="file", path="p", hash=name * 64, size=len(text))] for name, text in contents.items()]
    stored = {name * 64: text for name, text in contents.items()}
    plan = make_plan(from_entries(*sides), lambda names: {name: stored[name] for name in names}, source="main")
    [decision] = plan.decisions
    assert isinstance(decision, Decision)
    return Conflict(decision, base.decode(), ours.decode(), main.decode())


@pytest.mark.parametrize(
    ("merged", "expected"),
    [
        ("top\na\nb\nend\n", b"top\na\nb\nend\n"),
        ("top\na\nb\nend", b"top\na\nb\nend\n"),
        ("a\nb\nend\n", None),
        ("end\na\nb\ntop\n", None),
        ("top\n<<<<<<< ours\na\n=======\nb\n>>>>>>> main\nend\n", None),
        ("top\na\n=======\nb\nend\n", None),
        ("top\na\nb\0\nend\n", None),
        ("top\na\ud800\nend\n", None),
        ("top\n" + "a" * 500_000 + "\nend\n", None),
    ],
)
def test_a_merge_keeps_what_both_sides_have_in_order(merged: str, expected: bytes | None) -> None:
    found = conflict(b"top\na\nend\n", b"top\nb\nend\n", b"top\nx\nend\n")
    assert merged_by({"compatible": True, "merged": merged}, found) == expected


def test_line_ends_and_underlined_headings_survive() -> None:
    dos = conflict(b"top\r\na\r\nend\r\n", b"top\r\nb\r\nend\r\n")
    assert merged_by({"compatible": True, "merged": "top\nab\nend\n"}, dos) == b"top\r\nab\r\nend\r\n"
    rows = conflict(b"Heading\n=======\na\n", b"Heading\n=======\nb\n")
    assert merged_by({"compatible": True, "merged": "Heading\n=======\na\nb\n"}, rows) is not None
