"""What agents may look up: the map and memory, by the rights of whose conversation it is."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from asterism.features.accounts import identity
from asterism.features.insight.lookups import Library
from asterism.features.talk import conversations, memory
from asterism.kernel.agents import Lookup
from asterism.kernel.streams import DatabaseStreams
from tests.features.insight.conftest import Workshop

TREE = {"app/store.py": b"class OrderStore: pass\n", "app/main.py": b"import app.store\n", "README.md": b"# R\n"}


@pytest.fixture
def lookups(workshop: Workshop) -> dict[str, Lookup]:
    workshop.push(TREE)
    with workshop.db.write() as tx:
        made = conversations.create_conversation(tx, DatabaseStreams(workshop.db), workshop.caller, workshop.workspace)
        memory.write(tx, memory.place_of_project(tx, workshop.caller, workshop.project), "Ship on Mondays.")
    library = Library(workshop.maps, workshop.embedder)
    return {one.tool.name: one for one in library.of(made, workshop.workspace)}


def ask(lookups: dict[str, Lookup], name: str, **given: Any) -> str:
    async def answered() -> str:
        return await lookups[name].answer(given)

    return asyncio.run(answered())


def test_the_map_is_searched_and_a_file_shown(lookups: dict[str, Lookup]) -> None:
    assert ask(lookups, "map_search", query="order store", limit=1) == "- code: app/store.py"
    assert ask(lookups, "map_search", query="zebra") == "Nothing in the map fits."
    shown = ask(lookups, "map_file", path="./app/store.py").split("\n")
    assert "OrderStore" in shown[0]
    assert shown[1:] == ["imports: nothing", "imported by: app/main.py"]
    assert ask(lookups, "map_file", path="gone.py").startswith("The map has no file gone.py.")


def test_memory_is_read(lookups: dict[str, Lookup]) -> None:
    assert ask(lookups, "memory_read") == "Ship on Mondays."
    assert ask(lookups, "memory_read", scope="workspace") == "Nothing is remembered for the workspace."


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("map_search", {}),
        ("map_search", {"query": "x" * 1001}),
        ("map_file", {"path": 3}),
        ("memory_read", {"scope": "all"}),
    ],
)
def test_wrong_arguments_are_told_to_the_model(lookups: dict[str, Lookup], name: str, given: dict[str, Any]) -> None:
    assert ask(lookups, name, **given).startswith("The arguments are wrong")


def test_another_users_project_is_not_there(workshop: Workshop, lookups: dict[str, Lookup]) -> None:
    with workshop.db.write() as tx:
        stranger = identity.add_user(tx, "stranger@example.org")
        made = conversations.create_conversation(tx, DatabaseStreams(workshop.db), workshop.caller, workshop.workspace)
    forged = replace(made, owner_user_id=stranger.id)
    others = {one.tool.name: one for one in Library(workshop.maps, workshop.embedder).of(forged, workshop.workspace)}
    for name, given in (
        ("map_search", {"query": "order"}),
        ("map_file", {"path": "app/store.py"}),
        ("memory_read", {}),
    ):
        assert "There is no such project" in ask(others, name, **given)
