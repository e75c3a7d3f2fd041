"""`asterism acp`, spoken by the client side of the protocol's official SDK, against a server with scripted agents."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import acp
import pytest
from acp import schema

from asterism.client.workcopy.state import Binding, State
from asterism.kernel.agents import Ask, Fail, Inquiry, Option, Plan, Spend, Think, Wait, Write
from asterism.kernel.llm import Usage
from tests.support.facts import PATIENCE
from tests.support.process import clean_environment
from tests.support.turns import Person, Scripts
from tests.wire.v1.conversations.conftest import Gate

ONLY_SQLITE = pytest.mark.parametrize("turn_server", ["sqlite"], indirect=True)  # the protocol sees no database


class Editor:
    """What an editor is told, and what its user chooses."""

    def __init__(self, choice: str = "") -> None:
        self.told: list[Any] = []
        self.asked: list[Any] = []
        self.choice = choice
        self.heard = asyncio.Event()

    async def session_update(self, session_id: str, update: Any, **_: Any) -> None:
        self.told.append(update)
        if isinstance(update, schema.AgentMessageChunk):
            self.heard.set()

    async def request_permission(
        self, session_id: str, tool_call: Any, options: list[schema.PermissionOption], **_: Any
    ) -> schema.RequestPermissionResponse:
        self.asked.append((tool_call, options))
        option = next(one for one in options if one.name.startswith(self.choice))
        outcome = schema.AllowedOutcome(outcome="selected", option_id=option.option_id)
        return schema.RequestPermissionResponse(outcome=outcome)

    def text(self, kind: type) -> str:
        return "".join(one.content.text for one in self.told if isinstance(one, kind))

    def of(self, kind: type) -> list[Any]:
        return [one for one in self.told if isinstance(one, kind)]


@asynccontextmanager
async def editing(person: Person, editor: Editor, home: Path, *options: str) -> AsyncIterator[Any]:
    """Run the command as an editor does, and yield the SDK's connection to it."""
    token = person.client.headers["authorization"].removeprefix("Bearer ")
    environment = clean_environment(home, {"ASTERISM_TOKEN": token, "ASTERISM_URL": str(person.client.base_url)})
    program = (sys.executable, "-m", "asterism", "acp", *options)
    patient = {"shutdown_timeout": PATIENCE}
    async with acp.spawn_agent_process(
        cast("acp.Client", editor), *program, env=environment, cwd=home, transport_kwargs=patient
    ) as (agent, process):
        yield agent
    assert process.returncode == 0, "it did not leave with the editor"


def bound(person: Person, folder: Path) -> str:
    """Bind a folder to the workspace of somebody's conversation."""
    folder.mkdir()
    url = str(person.client.base_url).rstrip("/")
    State(str(folder)).save(Binding(url, person.project, "p", person.workspace, "main"))
    return str(folder)


def say(text: str) -> list[Any]:
    return [acp.text_block(text)]


def test_an_editor_holds_a_conversation(person: Person, scripts: Scripts, tmp_path: Path) -> None:
    asks = Inquiry("Where to?", "Place", [Option("left", "the old way"), Option("right", "the new way")])
    used = Usage(100, 20, reported=True)
    plan = Plan((("Look", "completed"), ("Mend", "in_progress")))
    scripts["Go on"] = (Think("hm"), "On ", "it.", plan, Write("made.txt", "1"), Ask((asks,)), "Done.", Spend(used))
    cwd = bound(person, tmp_path / "copy")

    async def body() -> None:
        editor = Editor("right")
        async with editing(person, editor, tmp_path) as agent:
            hello = await agent.initialize(protocol_version=acp.PROTOCOL_VERSION)
            assert (hello.protocol_version, hello.agent_info.name) == (1, "asterism")
            session = (await agent.new_session(cwd=cwd)).session_id
            ended = await agent.prompt(session_id=session, prompt=say("Go on"))
            assert (ended.stop_reason, ended.usage.total_tokens) == ("end_turn", 120)
            assert editor.text(schema.AgentMessageChunk) == "On it.Done."
            assert editor.text(schema.AgentThoughtChunk) == "hm"
            [planned] = editor.of(schema.AgentPlanUpdate)
            assert [(one.content, one.status) for one in planned.entries] == list(plan.todos)
            [_, written, asked] = editor.of(schema.ToolCallStart)
            assert (written.kind, written.status, written.title) == ("edit", "in_progress", "write made.txt")
            assert written.locations[0].path == f"{cwd}/made.txt"
            statuses = {one.tool_call_id: one.status for one in editor.of(schema.ToolCallProgress)}
            assert statuses[written.tool_call_id] == statuses[asked.tool_call_id] == "completed"
            [(call, options)] = editor.asked
            assert call.title == "Place"
            assert [one.name for one in options] == ["left: the old way", "right: the new way", "Leave it unanswered"]
            [listed] = [one for one in (await agent.list_sessions(cwd=cwd)).sessions if one.session_id == session]
            assert listed.cwd == cwd
            editor.told.clear()
            await agent.load_session(cwd=cwd, session_id=session)
            assert editor.text(schema.UserMessageChunk) == "Go on"
            assert editor.text(schema.AgentMessageChunk) == "On it.Done."
            assert len(editor.of(schema.ToolCallStart)) == 3
            assert editor.of(schema.AgentPlanUpdate) == [planned]
        [question] = person.client.get(person.path("/opencode-questions", session), params={"status": "all"}).json()[
            "questions"
        ]
        assert question["answers"] == [["right"]]

    asyncio.run(body())


@ONLY_SQLITE
def test_what_ends_a_turn_otherwise_is_told(person: Person, scripts: Scripts, gate: Gate, tmp_path: Path) -> None:
    asks = Inquiry("Where to?", "Place", [Option("left")])
    scripts["for ever"] = ("begun", Wait(gate.event))
    scripts["fails"] = (Fail("The key was rejected."),)
    scripts["is left"] = (Ask((asks,)), "Left.")
    cwd = bound(person, tmp_path / "copy")

    async def refusal(request: Any) -> str:
        with pytest.raises(acp.RequestError) as refused:
            await request
        return str(refused.value)

    async def body() -> None:
        editor = Editor("Leave")
        async with editing(person, editor, tmp_path) as agent:
            await agent.initialize(protocol_version=acp.PROTOCOL_VERSION)
            assert "asterism init" in await refusal(agent.new_session(cwd=str(tmp_path)))
            assert "no folder" in await refusal(agent.new_session(cwd=str(tmp_path / "none")))
            assert "no such conversation" in await refusal(agent.load_session(cwd=cwd, session_id="nope"))
            assert "no such session" in await refusal(agent.prompt(session_id="nope", prompt=say("x")))
            session = (await agent.new_session(cwd=cwd)).session_id
            image = [acp.image_block("AAAA", "image/png")]
            assert "type 'image'" in await refusal(agent.prompt(session_id=session, prompt=image))
            assert "The key was rejected." in await refusal(agent.prompt(session_id=session, prompt=say("fails")))
            await agent.prompt(session_id=session, prompt=say("is left"))
            editor.heard.clear()
            turn = asyncio.create_task(agent.prompt(session_id=session, prompt=say("for ever")))
            await asyncio.wait_for(editor.heard.wait(), 60)
            assert "already" in await refusal(agent.prompt(session_id=session, prompt=say("x")))
            await agent.cancel(session_id=session)
            assert (await asyncio.wait_for(turn, 60)).stop_reason == "cancelled"
            editor.heard.clear()
            left = asyncio.create_task(agent.prompt(session_id=session, prompt=say("for ever")))
            await asyncio.wait_for(editor.heard.wait(), 60)
        left.cancel()
        [question] = person.client.get(person.path("/opencode-questions", session), params={"status": "all"}).json()[
            "questions"
        ]
        assert question["status"] == "rejected"

    asyncio.run(body())


@ONLY_SQLITE
def test_the_folder_is_carried_there_and_back(person: Person, scripts: Scripts, tmp_path: Path) -> None:
    seen: list[bytes] = []
    scripts["look"] = (lambda job: seen.append((job.tree / "mine.txt").read_bytes()), Write("made.txt", "1"), "ok")
    scripts["clash"] = (lambda _: (tmp_path / "copy" / "mine.txt").write_text("here"), Write("mine.txt", "there"))
    cwd = bound(person, tmp_path / "copy")
    (tmp_path / "copy" / "mine.txt").write_text("edited")

    async def body() -> None:
        editor = Editor()
        async with editing(person, editor, tmp_path, "--push-pull") as agent:
            await agent.initialize(protocol_version=acp.PROTOCOL_VERSION)
            session = (await agent.new_session(cwd=cwd)).session_id
            await agent.prompt(session_id=session, prompt=say("look"))
            assert seen == [b"edited"]
            assert (tmp_path / "copy" / "made.txt").read_text() == "1"
            await agent.prompt(session_id=session, prompt=say("clash"))
            assert (tmp_path / "copy" / "mine.txt").read_text() == "here"
            assert "asterism pull" in editor.text(schema.AgentMessageChunk)

    asyncio.run(body())
