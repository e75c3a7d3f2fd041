"""The toolbox: which tools a run is offered, and what a call becomes, in the answer and in the audit log."""

import asyncio
import json
from typing import Annotated, Any

import msgspec
import pytest

from asterism.base.errors import Conflict, Invalid
from asterism.features.accounts import audit
from asterism.features.accounts.identity import Caller
from asterism.features.talk.tools import ChatTool, IntegrationNotConnected, RunPlace, ToolAnswer, Toolbox, input_schema
from asterism.kernel.db import Tx
from asterism.kernel.llm import ToolCall
from tests.features.talk.tools.conftest import Reading


class Inner(msgspec.Struct):
    """A part."""

    names: list[str]


class Arguments(msgspec.Struct):
    """What the tool takes."""

    count: Annotated[int, msgspec.Meta(ge=1, description="How many.")]
    part: Inner | None = None


async def echo(_place: RunPlace, asked: Arguments) -> ToolAnswer:
    if asked.count == 13:
        raise Conflict("Thirteen is taken.", hint="Take twelve.", details={"upstream_message": "Nobody likes it."})
    if asked.count == 14:
        raise RuntimeError("password=hunter2")
    if asked.count == 15:
        await asyncio.Event().wait()
    return ToolAnswer(f"{asked.count} it is")


def refuse(_tx: Tx, _caller: Caller) -> None:
    raise IntegrationNotConnected("GitHub")


def box(reading: Reading) -> Toolbox:
    tools = [
        ChatTool("echo", "Says it again.", Arguments, echo, target=lambda asked: f"no. {asked.count}"),
        ChatTool("never", "Is nowhere ready.", Arguments, echo, ready=lambda _tx, _place: False),
        ChatTool("shy", "Has to be named.", Arguments, echo, by_name=True, require=refuse),
    ]
    return Toolbox(reading.db, tools)


@pytest.mark.parametrize(
    ("asked", "names"),
    [("auto", ["echo"]), ("none", []), ([], []), (["shy", "echo"], ["echo", "shy"]), (["never"], [])],
)
def test_who_is_offered_what(reading: Reading, asked: str | list[str], names: list[str]) -> None:
    with reading.db.read() as tx:
        assert [tool.name for tool in box(reading).offered(tx, reading.place(), asked)] == names


@pytest.mark.parametrize(
    ("asked", "field"), [("all", "tools"), (["echo", "shell"], "tools[1]"), ("auto", ""), (["echo"], "")]
)
def test_only_known_names_can_be_asked_for(reading: Reading, asked: str | list[str], field: str) -> None:
    if not field:
        box(reading).check(asked)
        return
    with pytest.raises(Invalid) as refused:
        box(reading).check(asked)
    assert refused.value.message.startswith(f"{field}: ")


def test_a_tool_that_is_named_may_refuse(reading: Reading) -> None:
    with reading.db.read() as tx:
        box(reading).require(tx, reading.caller, "auto")
        box(reading).require(tx, reading.caller, ["echo"])
        with pytest.raises(IntegrationNotConnected):
            box(reading).require(tx, reading.caller, ["shy"])


def entries(reading: Reading) -> list[tuple[str | None, Any, Any]]:
    """Return tool, target and outcome of every audited call, oldest first; times are checked to be there."""
    with reading.db.read() as tx:
        found = audit.list_entries(tx, reading.caller.user_id, limit=10).items
    called = [one for one in reversed(found) if one.action == "tool_called"]
    assert all(one.details["duration_ms"] >= 0 for one in called)
    return [(one.subject, one.details["target"], one.details["outcome"]) for one in called]


@pytest.mark.parametrize(
    ("arguments", "text", "error", "audited"),
    [
        ({"count": 7}, "7 it is", False, ("no. 7", "ok")),
        ({"count": 13}, "Thirteen is taken. Nobody likes it. Take twelve.", True, ("no. 13", "CONFLICT")),
        ({"count": 14}, "The tool failed on the server. Do not call it again.", True, ("no. 14", "INTERNAL_ERROR")),
        ({"count": 0}, "The arguments are wrong: Expected `int` >= 1 - at `$.count`.", True,
         (None, "VALIDATION_ERROR")),
        ({"count": "7"}, "The arguments are wrong: Expected `int`, got `str` - at `$.count`.", True,
         (None, "VALIDATION_ERROR")),
        (None, "The arguments are no JSON object. Call the tool again with valid JSON.", True,
         (None, "VALIDATION_ERROR")),
        ({"count": 7, "part": {"names": ["a\0"]}}, "The arguments hold U+0000.", True, (None, "VALIDATION_ERROR")),
        ({"count": 7, "odd\ud800": 1}, "The arguments hold text that is not valid Unicode.", True,
         (None, "VALIDATION_ERROR")),
    ],
)  # fmt: skip
def test_a_call_is_answered_and_written_down(
    reading: Reading, arguments: Any, text: str, error: bool, audited: tuple[str | None, str]
) -> None:
    async def main() -> ToolAnswer:
        made, place = box(reading), reading.place()
        with reading.db.read() as tx:
            offered = made.offered(tx, place, "auto")
        return await made.call(
            place, offered, ToolCall("c1", "echo", "{" if arguments is None else json.dumps(arguments))
        )

    answer = asyncio.run(main())
    assert (answer.text, answer.error) == (text, error)
    assert entries(reading) == [("echo", *audited)]


def test_a_tool_that_was_not_offered_is_not_there(reading: Reading) -> None:
    answer = asyncio.run(box(reading).call(reading.place(), (), ToolCall("c1", "echo")))
    assert (answer.text, answer.error, entries(reading)) == ("There is no tool 'echo' here.", True, [])


def test_a_call_that_is_cancelled_is_written_down(reading: Reading) -> None:
    async def main() -> None:
        made, place = box(reading), reading.place()
        with reading.db.read() as tx:
            offered = made.offered(tx, place, "auto")
        calling = asyncio.create_task(made.call(place, offered, ToolCall("c1", "echo", '{"count": 15}')))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        calling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await calling

    asyncio.run(main())
    assert entries(reading) == [("echo", "no. 15", "CANCELLED")]


def test_the_schema_of_arguments_has_no_references() -> None:
    assert input_schema(Arguments) == {
        "type": "object",
        "description": "What the tool takes.",
        "properties": {
            "count": {"type": "integer", "minimum": 1, "description": "How many."},
            "part": {
                "anyOf": [
                    {
                        "type": "object",
                        "description": "A part.",
                        "properties": {"names": {"type": "array", "items": {"type": "string"}}},
                        "required": ["names"],
                    },
                    {"type": "null"},
                ],
                "default": None,
            },
        },
        "required": ["count"],
    }
