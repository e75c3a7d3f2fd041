"""The Model Context Protocol, spoken by the official SDK's client: over `/mcp`, and by `asterism mcp`."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from asterism.faces.mcp.http import McpHttp, load_sdk
from asterism.faces.mcp.tools import ADDING, CHANGING, REQUESTS, TOOLS
from asterism.features.accounts import identity
from tests.support.process import clean_environment
from tests.support.server import TestServer
from tests.support.trees import make_project, make_workspace, name_of, push

FILE = b"def greet():\n    return 'hello'\n"
MESSAGE = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}


def token_of(client: httpx.Client) -> str:
    return client.headers["authorization"].removeprefix("Bearer ")


@asynccontextmanager
async def over_http(server: TestServer, token: str) -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=60, trust_env=False) as http,
        Client(streamable_http_client(f"{server.url}/mcp", http_client=http)) as client,
    ):
        yield client


@asynccontextmanager
async def over_pipes(server: TestServer, token: str, home: Path) -> AsyncIterator[Client]:
    environment = clean_environment(home, {"ASTERISM_URL": server.url, "ASTERISM_TOKEN": token})
    program = StdioServerParameters(
        command=sys.executable, args=["-m", "asterism", "mcp"], env=environment, cwd=str(home)
    )
    async with Client(program) as client:
        yield client


async def called(client: Client, tool: str, **arguments: Any) -> Any:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    return result.structured_content


async def refused(client: Client, tool: str, **arguments: Any) -> str:
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    return str(result.content[0].text)


async def look_around(client: Client, project: str, snapshot: str) -> None:
    """Find the file that was pushed, from nothing but the token."""
    tools = (await client.list_tools()).tools
    assert {tool.name for tool in tools} == set(TOOLS)
    hints = {tool.name: tool.annotations for tool in tools if tool.annotations}
    assert {name for name, hint in hints.items() if not hint.read_only_hint} == set(ADDING) | set(CHANGING)
    assert {name for name, hint in hints.items() if hint.destructive_hint} == set(CHANGING)
    [found] = (await called(client, "list_projects"))["projects"]
    assert found["id"] == project
    assert [one["id"] for one in (await called(client, "list_snapshots", project_id=project))["snapshots"]] == [
        snapshot
    ]
    [entry] = (await called(client, "list_files", snapshot_id=snapshot, path="src"))["entries"]
    content = await client.call_tool("read_content", {"hash": entry["hash"]})
    assert content.content[0].text == FILE.decode()


def run(body: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(body())  # type: ignore[arg-type]


def test_a_model_finds_its_way_over_http(server: TestServer, alice: httpx.Client, bob: httpx.Client) -> None:
    project = make_project(alice)
    main = make_workspace(alice, project)
    snapshot = push(alice, project, main, {"src/greet.py": FILE, "raw.bin": b"\xff\x00"})["id"]

    async def body() -> None:
        async with over_http(server, token_of(alice)) as client:
            await look_around(client, project, snapshot)
            assert (await called(client, "list_decisions", project_id=project))["decisions"] == []
            await called(client, "search_map", project_id=project, query="greet")
            await called(client, "list_drift", workspace_id=main, limit=1)
            for tool in ("forecast_project", "read_project_memory", "show_map", "read_project_log", "read_brief"):
                await called(client, tool, project_id=project)
            for tool in ("list_tags", "list_chats"):
                await called(client, tool, project_id=project)
            for tool in ("list_action_items", "list_conversations"):
                await called(client, tool)
            await called(client, "list_deployments", workspace_id=main)
            assert await refused(client, "read_conversation", conversation_id="nowhere")
            assert "no text" in await refused(client, "read_content", hash=name_of(b"\xff\x00"))
            assert "no argument 'nonsense'" in await refused(client, "list_projects", nonsense=1)
            assert "project_id" in await refused(client, "show_project")
            assert "limit" in await refused(client, "list_projects", limit=0)
            assert "no tool" in await refused(client, "delete_project", project_id=project)
        async with over_http(server, token_of(bob)) as client:
            assert (await called(client, "list_projects"))["projects"] == []
            assert await refused(client, "show_project", project_id=project)
            assert await refused(client, "read_content", hash=name_of(FILE))

    run(body)


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)  # which database it is makes no difference here
def test_a_command_speaks_it_over_pipes(server: TestServer, alice: httpx.Client, tmp_path: Path) -> None:
    project = make_project(alice)
    main = make_workspace(alice, project)
    snapshot = push(alice, project, main, {"src/greet.py": FILE})["id"]

    async def body() -> None:
        async with over_pipes(server, token_of(alice), tmp_path) as client:
            await look_around(client, project, snapshot)
            assert await refused(client, "show_project", project_id="nowhere")

    run(body)


async def merge_and_review(client: Client, project: str, main: str, idea: str) -> None:
    """Bring main into a workspace and back out of it, review that, and write down what was learned."""
    preview = (await called(client, "prepare_sync", workspace_id=idea, source_workspace_id=main))["preview"]
    await called(client, "execute_sync", workspace_id=idea, preview_id=preview["id"])
    assert "preview" in (await refused(client, "execute_sync", workspace_id=idea, preview_id="nothing")).lower()
    await called(client, "undo_sync", workspace_id=idea)
    review = (await called(client, "start_review", workspace_id=idea, against="head"))["review"]["id"]
    assert (await called(client, "read_review", review_id=review))["review"]["id"] == review
    await called(client, "write_project_memory", project_id=project, content="We greet.")
    assert (await called(client, "read_project_memory", project_id=project))["content"] == "We greet."
    for tool, argument in (("change_decision", "decision_id"), ("dismiss_action_item", "item_id")):
        more = {"project_id": project, "status": "confirmed"} if tool == "change_decision" else {}
        assert await refused(client, tool, **{argument: "nowhere"}, **more)


def test_a_model_merges_reviews_and_writes(server: TestServer, alice: httpx.Client) -> None:
    project = make_project(alice)
    main = make_workspace(alice, project)
    base = push(alice, project, main, {"src/greet.py": FILE})["id"]
    idea = make_workspace(alice, project, name="idea", base_snapshot_id=base)
    push(alice, project, main, {"src/greet.py": FILE, "more.py": b"x = 1\n"})

    async def body() -> None:
        async with over_http(server, token_of(alice)) as client:
            await merge_and_review(client, project, main, idea)

    run(body)


def test_a_token_that_only_reads_has_tools_that_only_read(server: TestServer, alice: httpx.Client) -> None:
    project = make_project(alice)
    with server.rt.db.write() as tx:
        user = identity.find_user(tx, alice.get("/v1/auth/me").json()["user"]["email"])
        made = identity.create_token(tx, user, kind="u", name="r", client="cli", seconds=600, scope=identity.READ)

    async def body() -> None:
        async with over_http(server, made.text) as client:
            assert {tool.name for tool in (await client.list_tools()).tools} == set(REQUESTS)
            assert await refused(client, "write_project_memory", project_id=project, content="x")

    run(body)


def test_nobody_is_let_in_without_a_token(server: TestServer) -> None:
    for headers in ({}, {"Authorization": "Bearer nonsense"}):
        answer = httpx.post(f"{server.url}/mcp", json=MESSAGE, headers=headers, trust_env=False)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "UNAUTHORIZED")
    answer = httpx.get(f"{server.url}/mcp", trust_env=False)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_a_library_that_cannot_be_loaded_is_tried_again_and_keeps_no_server_from_stopping() -> None:
    """Everybody who asks meanwhile is told, and whoever asks once it is there is served."""
    missing = [True]

    def load(ask: Any) -> Any:
        if missing:
            raise ImportError("no such library")
        return load_sdk(ask)

    async def front(scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    async def body() -> None:
        mcp = McpHttp(front, front, load=load)
        transport = httpx.ASGITransport(app=mcp)
        headers = {"accept": "application/json, text/event-stream", "mcp-protocol-version": "2025-06-18"}
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers) as client:
            for answer in await asyncio.gather(*(client.post("/mcp", json=MESSAGE) for _ in range(2))):
                assert (answer.status_code, answer.json()["error"]["code"]) == (503, "MCP_UNAVAILABLE")
            missing.clear()
            served = await client.post("/mcp", json=MESSAGE)
            assert served.status_code == 200, served.text
        await mcp.stop()
        broken = McpHttp(front, front, load=lambda _ask: 1 // 0)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=broken), base_url="http://localhost") as client:
            assert (await client.post("/mcp", json=MESSAGE)).status_code == 503
        await broken.stop()

    run(body)
