"""The tools of the built-in agent: what the model is told of them, and running a call, whatever it holds."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import structlog

from asterism.kernel.agents.builtin import tools_files, tools_search, tools_work
from asterism.kernel.agents.builtin.bench import Bench, Result, Spec, ToolRefused
from asterism.kernel.agents.builtin.matches import EditRefused
from asterism.kernel.agents.builtin.prompts import descriptions
from asterism.kernel.agents.builtin.tree import PathRefused
from asterism.kernel.agents.port import Lookup
from asterism.kernel.llm import Tool, ToolCall

log = structlog.get_logger(__name__)

SPECS: Mapping[str, Spec] = {spec.name: spec for spec in (*tools_work.TOOLS, *tools_files.TOOLS, *tools_search.TOOLS)}
_ALIASES = {"apply_patch": "patch", "shell": "bash", "todo": "todowrite", "ls": "list"}
_MOST = 60_000


class Toolbox:
    """The tools of one turn: ours, and `lookups` that the server adds."""

    def __init__(self, bench: Bench, lookups: Sequence[Lookup] = ()) -> None:
        self._bench = bench
        self._lookups = {lookup.tool.name: lookup for lookup in lookups if lookup.tool.name not in SPECS}

    @property
    def tools(self) -> tuple[Tool, ...]:
        """What the model is told."""
        told = descriptions()
        ours = (Tool(spec.name, told[spec.name], schema_of(spec.arguments)) for spec in SPECS.values())
        return (*ours, *(lookup.tool for lookup in self._lookups.values()))

    def writes(self, call: ToolCall) -> bool:
        """Whether a call may change files, or has to be alone for another reason."""
        spec = SPECS.get(_ALIASES.get(call.name, call.name))
        return spec is not None and spec.writes

    def changes(self, call: ToolCall) -> bool:
        """Whether a call changes files by what it says, not by chance."""
        return _ALIASES.get(call.name, call.name) in ("write", "edit", "patch")

    async def run(self, call: ToolCall) -> Result:
        """Run a call; whatever is wrong with it becomes text for the model. Raises Rejected, CancelledError."""
        given = call.arguments
        if given is None:
            return _failed(f"The arguments of {call.name} are no JSON object, or were cut off. Call it again.")
        try:
            result = await self._run(_ALIASES.get(call.name, call.name), given)
        except (ToolRefused, PathRefused, EditRefused) as refused:
            return _failed(str(refused))
        except msgspec.ValidationError as error:
            return _failed(f"The arguments of {call.name} are wrong: {error}.")
        except (OSError, MemoryError, RecursionError) as error:
            log.warning("agent.tool_failed", tool=call.name, error=type(error).__name__)
            return _failed(f"The tool failed ({type(error).__name__}).")
        text = result.text if len(result.text) <= _MOST else f"{result.text[:_MOST]}\n… cut"
        return Result(text, result.title, result.metadata, result.failed)

    async def _run(self, name: str, given: Mapping[str, Any]) -> Result:
        if lookup := self._lookups.get(name):
            return Result(await lookup.answer(given), name)
        spec = SPECS.get(name)
        if spec is None:
            raise ToolRefused(f"There is no tool {name!r}. The tools are: {', '.join([*SPECS, *self._lookups])}.")
        return await spec.run(self._bench, msgspec.convert(given, spec.arguments, strict=False))


def _failed(text: str) -> Result:
    return Result(text, failed=True)


def schema_of(arguments: type[msgspec.Struct]) -> dict[str, Any]:
    """Return the JSON schema of arguments without references, which not every provider follows."""
    (schema,), components = msgspec.json.schema_components([arguments])
    found = _without_references(schema, components)
    return {key: found[key] for key in ("type", "properties", "required") if key in found}


def _without_references(schema: Any, components: Mapping[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_without_references(item, components) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _without_references(components[schema["$ref"].rpartition("/")[2]], components)
    dropped = ("title", "default", "exclusiveMinimum", "minLength")
    return {key: _without_references(value, components) for key, value in schema.items() if key not in dropped}
