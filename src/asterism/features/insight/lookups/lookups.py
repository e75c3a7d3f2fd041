"""The lookups of a turn, by the rights of whose conversation it is."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta

from asterism.base.errors import DomainError
from asterism.features.accounts.identity import acting_for
from asterism.features.insight import atlas
from asterism.features.insight.atlas import Embedder, Found, Maps, Prepared
from asterism.features.talk import memory
from asterism.features.talk.conversations import Conversation
from asterism.features.talk.tools import input_schema, read_arguments
from asterism.features.versions import projects
from asterism.kernel.agents import Lookup
from asterism.kernel.db import Tx
from asterism.kernel.llm import Tool

MAX_QUERY = 1_000
MAX_NEIGHBOURS = 50

A = TypeVar("A", bound=msgspec.Struct)
Query = Annotated[str, Meta(min_length=1, max_length=MAX_QUERY, description="Words, names, or a path.")]


class MapSearch(msgspec.Struct):
    """Arguments of `map_search`."""

    query: Query
    limit: Annotated[int, Meta(ge=1, le=20)] = 8


class MapFile(msgspec.Struct):
    """Arguments of `map_file`."""

    path: Annotated[str, Meta(min_length=1, max_length=4096, description="A path relative to the top of the tree.")]


class MemoryRead(msgspec.Struct):
    """Arguments of `memory_read`."""

    scope: Literal["project", "workspace"] = "project"


@dataclass(frozen=True, slots=True)
class Library:
    """Where agents look things up."""

    maps: Maps
    embedder: Embedder

    def of(self, conversation: Conversation, workspace_id: str) -> tuple[Lookup, ...]:
        """Return the lookups of a turn in a workspace."""
        db, caller = self.maps.db, acting_for(conversation.owner_user_id)

        async def search(asked: MapSearch) -> str:
            project_id = conversation.project_id
            found = await atlas.search(self.maps, self.embedder, caller, project_id, asked.query, asked.limit)
            return "\n".join(map(_line, found)) or "Nothing in the map fits."

        async def show(asked: MapFile) -> str:
            project = await db.run_read(projects.get_project, caller, conversation.project_id)
            return _file(await asyncio.to_thread(atlas.current, self.maps, project), asked.path.removeprefix("./"))

        async def remember(asked: MemoryRead) -> str:
            def read(tx: Tx) -> str:
                place = (
                    memory.place_of_project(tx, caller, conversation.project_id)
                    if asked.scope == "project"
                    else memory.place_of_workspace(tx, caller, workspace_id)
                )
                return memory.read(tx, place).content

            return await db.run_read(read) or f"Nothing is remembered for the {asked.scope}."

        return (
            _lookup(
                "map_search",
                "Search the map of the project's code: files by name and symbols, modules, capabilities and decisions.",
                MapSearch,
                search,
            ),
            _lookup(
                "map_file",
                "Show a file of the map: language, symbols, which files it imports and which import it.",
                MapFile,
                show,
            ),
            _lookup(
                "memory_read",
                "Read what people have noted for the project, or for this workspace: rules, wishes, facts.",
                MemoryRead,
                remember,
            ),
        )


def _lookup(name: str, description: str, shape: type[A], answer: Callable[[A], Awaitable[str]]) -> Lookup:
    async def answered(given: Mapping[str, Any]) -> str:
        try:
            return await answer(read_arguments(given, shape))
        except DomainError as error:
            return f"{error.message} {error.hint or ''}".strip()

    return Lookup(Tool(name, description, input_schema(shape)), answered)


def _line(found: Found) -> str:
    concept = found.concept
    where = concept.path if concept.layer == "code" else concept.name
    return f"- {concept.layer}: {where}" + (f" ({concept.description})" if concept.layer != "code" else "")


def _file(prepared: Prepared, path: str) -> str:
    """Tell what a map knows of a file."""
    wanted = f"code:{path}"
    concept = next((one for one in prepared.graph.concepts if one.id == wanted), None)
    if concept is None:
        return f"The map has no file {path}. It shows the newest tree that was pushed or indexed."
    depends = [edge for edge in prepared.graph.edges if edge.type == "depends_on"]
    imports = [edge.end for edge in depends if edge.start == wanted]
    importers = [edge.start for edge in depends if edge.end == wanted]
    facts = f"{path}: {concept.kind or 'text'}; facts {concept.metadata}"
    return "\n".join([facts, _listed("imports", imports), _listed("imported by", importers)])


def _listed(what: str, ids: Sequence[str]) -> str:
    names = ", ".join(one.removeprefix("code:") for one in ids[:MAX_NEIGHBOURS])
    more = f" and {len(ids) - MAX_NEIGHBOURS} more" if len(ids) > MAX_NEIGHBOURS else ""
    return f"{what}: {names or 'nothing'}{more}"
