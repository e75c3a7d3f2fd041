"""What agents tell and what editors send, put into each other's words."""

from typing import Any

import acp
import pytest
from acp import schema

from asterism.base.errors import Unsupported
from asterism.client.acp.content import prompt_of
from asterism.client.acp.updates import Teller
from asterism.client.talk import Shown

TOP = "/srv/copy"


def call(tool: str, status: str, given: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "tool", "id": f"p-{tool}", "tool": tool, "state": {"status": status, "input": given, **more}}


def test_text_is_told_once_however_it_comes() -> None:
    teller = Teller(TOP, Shown("m"))
    part = {"type": "text", "id": "p", "text": ""}
    told = [teller.part({**part, "text": "Hel"}), teller.part(part, "lo"), teller.part({**part, "text": "Hello."})]
    assert [[one.content.text for one in updates] for updates in told] == [["Hel"], ["lo"], ["."]]
    assert teller.part({**part, "text": "Hello."}) == []


def test_an_edit_is_a_diff_of_the_file_that_the_editor_shows() -> None:
    teller = Teller(TOP, Shown("m"))
    given = {"filePath": "/run/turn/src/a.py", "oldString": "1", "newString": "2"}
    [start] = teller.part(call("edit", "running", given), folder="/run/turn")
    assert isinstance(start, schema.ToolCallStart)
    assert start.content == [acp.tool_diff_content(f"{TOP}/src/a.py", "2", "1")]
    assert teller.part(call("edit", "running", given), folder="/run/turn") == []
    [end] = teller.part(call("edit", "error", given, error="Not found."), folder="/run/turn")
    assert isinstance(end, schema.ToolCallProgress)
    assert (end.status, end.content and end.content[-1]) == ("failed", acp.tool_content(acp.text_block("Not found.")))


@pytest.mark.parametrize("path", ["../other/a.py", "/etc/passwd", "", 7, "."])
def test_what_lies_elsewhere_has_no_place_in_the_editor(path: object) -> None:
    [start] = Teller(TOP, Shown("m")).part(call("read", "running", {"filePath": path}), folder="/run/turn")
    assert isinstance(start, schema.ToolCallStart)
    assert start.locations is None


def test_a_list_of_things_to_do_is_a_plan() -> None:
    listed = [
        {"id": "1", "content": "Look", "status": "completed", "priority": "high"},
        {"id": "2", "content": "Mend", "status": "in_progress", "priority": "odd"},
        {"id": "3", "content": "Rest", "status": "cancelled", "priority": "low"},
        "nonsense",
    ]
    teller = Teller(TOP, Shown("m"))
    assert len(teller.part(call("todowrite", "running", {"todos": listed}))) == 1
    [_, plan] = teller.part(call("todowrite", "completed", {"todos": listed}, metadata={"todos": listed}))
    assert isinstance(plan, schema.AgentPlanUpdate)
    told = [(one.content, one.status, one.priority) for one in plan.entries]
    assert told == [("Look", "completed", "high"), ("Mend", "in_progress", "medium")]


def test_files_of_a_prompt_are_named_from_the_top() -> None:
    link = acp.resource_link_block("a", f"file://{TOP}/src/a%20b.py#L3")
    inside = acp.resource_block(acp.embedded_text_resource(f"file://{TOP}/c.py", "x = 1"))
    elsewhere = acp.resource_link_block("x", "file:///etc/hosts")
    sent = prompt_of([acp.text_block("Mend"), link, inside, elsewhere], TOP)
    assert sent == "Mend\n\nsrc/a b.py (L3)\n\nc.py:\n```\nx = 1\n```\n\nfile:///etc/hosts"
    with pytest.raises(Unsupported, match="audio"):
        prompt_of([acp.audio_block("AAAA", "audio/wav")], TOP)
