"""Searching and changing Notion (Starbot 8.3)."""

from typing import Any

import pytest

from asterism.kernel.upstreams.fakes import FakeNotion
from tests.support.trees import error, ok
from tests.wire.v1.integrations.conftest import Member

ENGINES = ["sqlite", "postgresql"]
PAGE = "59833787-2cf9-4fdf-8782-e53db20768a5"
BARE = PAGE.replace("-", "")


def test_search_finds_pages_and_data_sources_page_by_page(connected: Member, notion: FakeNotion) -> None:
    for number in range(5):
        notion.add_page(f"{number:032x}", f"Export {number}")
    notion.add_page(PAGE, "", object="data_source")
    notion.add_page("f" * 32, "Export secret", shared=False)
    first = ok(connected.tool("notion/search", query="export", page_size=3))
    assert (len(first["results"]), first["has_more"]) == (3, True)
    assert first["results"][0] == {
        "id": f"{0:032x}",
        "object": "page",
        "title": "Export 0",
        "url": f"https://www.notion.so/{0:032x}",
        "last_edited_time": "2026-11-20T10:01:00.000Z",
    }
    rest = ok(connected.tool("notion/search", query="export", page_size=3, cursor=first["next_cursor"]))
    assert (len(rest["results"]), rest["has_more"], rest["next_cursor"]) == (2, False, None)
    only = ok(connected.tool("notion/search", query="", filter="data_source"))["results"]
    assert [(one["object"], one["title"]) for one in only] == [("data_source", "")]
    ok(connected.tool("notion/search", query="", page_size=1000))
    sent = [asked.body for asked in notion.of("POST", "/v1/search")]
    assert sent[0] == {"query": "export", "page_size": 3}
    assert sent[2] == {"query": "", "page_size": 20, "filter": {"property": "object", "value": "data_source"}}
    assert sent[3]["page_size"] == 100
    error(connected.tool("notion/search", query="", cursor="no cursor"), 422, "UPSTREAM_VALIDATION")


@pytest.mark.parametrize("spelling", [PAGE, BARE, BARE.upper(), f"https://acme.notion.site/Export-format-{BARE}?pvs=4"])
def test_a_page_is_named_by_id_or_address(connected: Member, notion: FakeNotion, spelling: str) -> None:
    notion.add_page(PAGE, "Old")
    page = ok(connected.tool("notion/update", page_id=spelling, title="New"))["page"]
    assert page["id"] == PAGE
    assert set(page) == {"id", "url", "last_edited_time"}
    assert notion.pages[BARE].title == "New"
    assert {asked.path for asked in notion.asked[1:]} == {f"/v1/pages/{PAGE}"}


def test_properties_go_first_and_then_the_content(connected: Member, notion: FakeNotion) -> None:
    notion.add_page(PAGE, "Old", title_name="Aufgabe", properties={"Status": {}}, markdown="# A\n")
    status = {"select": {"name": "Done"}}
    ok(connected.tool("notion/update", page_id=PAGE, title="New", properties={"Status": status}, markdown="more"))
    page = notion.pages[BARE]
    assert (page.title, page.markdown, page.properties["Status"]) == ("New", "# A\nmore", status)
    assert [asked.method for asked in notion.asked[1:4]] == ["GET", "PATCH", "PATCH"]
    assert notion.of("PATCH", "/markdown")[0].body == {
        "type": "insert_content",
        "insert_content": {"content": "more", "position": {"type": "end"}},
    }
    ok(connected.tool("notion/update", page_id=PAGE, markdown="whole", mode="replace"))
    ok(connected.tool("notion/update", page_id=PAGE, mode="edit", edits=[{"old_str": "whole", "new_str": "part"}]))
    ok(connected.tool("notion/update", page_id=PAGE, in_trash=True))
    assert (page.markdown, page.in_trash) == ("part", True)


def test_child_pages_are_not_lost_unasked(connected: Member, notion: FakeNotion) -> None:
    page = notion.add_page(PAGE, children=True, markdown="with children")
    found = error(
        connected.tool("notion/update", page_id=PAGE, markdown="x", mode="replace"), 422, "UPSTREAM_VALIDATION"
    )
    assert found["details"]["upstream_message"] == "This would delete child pages."
    ok(connected.tool("notion/update", page_id=PAGE, markdown="x", mode="replace", allow_deleting_content=True))
    assert page.markdown == "x"


def test_what_was_applied_is_told_when_the_rest_fails(connected: Member, notion: FakeNotion) -> None:
    notion.add_page(PAGE, "Old")
    notion.fail("/markdown", 529, {"object": "error", "code": "service_overload"}, headers={"retry-after": "9"})
    answer = connected.tool("notion/update", page_id=PAGE, title="New", markdown="x")
    found = error(answer, 429, "UPSTREAM_RATE_LIMITED")
    assert (found["details"]["applied"], answer.headers["retry-after"]) == (["properties"], "9")
    assert notion.pages[BARE].title == "New"
    assert len(notion.of("PATCH", "/markdown")) == 1


EDIT = [{"old_str": "a", "new_str": "b"}]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"page_id": "http://10.0.0.1/", "title": "x"}, 422),
        ({"page_id": f"../{BARE}", "title": "x"}, 422),
        ({"page_id": f"https://x/{BARE}/more", "title": "x"}, 422),
        ({"page_id": BARE[:-1], "title": "x"}, 422),
        ({"page_id": BARE}, 422),
        ({"page_id": BARE, "properties": {}}, 422),
        ({"page_id": BARE, "title": "x" * 2001}, 422),
        ({"page_id": BARE, "title": "x", "properties": {"Name": {"title": []}}}, 422),
        ({"page_id": BARE, "markdown": "x", "mode": "edit"}, 422),
        ({"page_id": BARE, "edits": EDIT}, 422),
        ({"page_id": BARE, "edits": EDIT, "mode": "edit", "markdown": "x"}, 422),
        ({"page_id": BARE, "edits": [{"old_str": "", "new_str": "b"}], "mode": "edit"}, 422),
        ({"page_id": BARE, "edits": EDIT * 101, "mode": "edit"}, 422),
        ({"page_id": BARE, "mode": "append", "title": "x"}, 422),
        ({"page_id": BARE, "markdown": "x", "mode": "prepend"}, 422),
        ({"page_id": BARE, "markdown": "ü" * (200 * 1024 + 1)}, 413),
    ],
)
def test_what_makes_no_sense_is_never_sent(
    connected: Member, notion: FakeNotion, body: dict[str, Any], status: int
) -> None:
    notion.asked.clear()
    answer = connected.tool("notion/update", **body)
    assert answer.status_code == status, answer.text
    assert notion.asked == []


def test_a_page_that_is_not_shared(connected: Member, notion: FakeNotion) -> None:
    found = error(connected.tool("notion/update", page_id=BARE, markdown="x"), 404, "UPSTREAM_NOT_FOUND")
    assert "Share the page" in found["hint"]
    assert found["details"] == {
        "provider": "notion",
        "upstream_status": 404,
        "upstream_code": "object_not_found",
        "upstream_message": f"Could not find page with ID: {PAGE}.",
        "upstream_request_id": found["details"]["upstream_request_id"],
    }
    assert found["details"]["upstream_request_id"].startswith("req-")
