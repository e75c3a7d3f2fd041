"""What the tools of the built-in agent work with, and what they give back."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from msgspec import Struct

from asterism.kernel.agents.builtin.shell import Shell
from asterism.kernel.agents.builtin.tree import Tree
from asterism.kernel.agents.local import LocalSession


class ToolRefused(Exception):
    """The tool cannot do that; the text tells the model why and what to do instead."""


class Todo(Struct, frozen=True):
    """One thing to do."""

    content: str
    status: str = "pending"
    priority: str = "medium"
    id: str = ""


@dataclass(slots=True)
class Bench:
    """The working copy, the shell, and the session to ask questions in; one for each turn."""

    tree: Tree
    shell: Shell
    session: LocalSession
    todos: list[Todo] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Result:
    """What a call came to: text for the model, and for people a title and data."""

    text: str
    title: str | None = None
    metadata: dict[str, Any] | None = None
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Spec:
    """A tool: its arguments as a Struct, and what it does. Tools that may change files run one after the other."""

    name: str
    arguments: type[Struct]
    run: Callable[[Bench, Any], Awaitable[Result]]
    writes: bool = False
