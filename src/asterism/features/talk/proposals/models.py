"""Proposals: writes that a model asked for, and that a person decides on (Starbot 8.7)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from asterism.features.accounts.identity import Caller
from asterism.features.talk.tools import RunPlace
from asterism.kernel.db import Tx

Status = Literal["pending", "executing", "done", "failed", "rejected", "expired"]
LIFETIME = 24 * 3600  # seconds
STREAM = "proposal/"
"""Streams of executions are called `proposal/<proposal id>`."""


class ProposalPreview(msgspec.Struct, frozen=True):
    """What a person is shown: one line, and what would change as lines that begin with `-` and `+`.

    The lines of files stand as `diff -u` writes them, after `---`, `+++` and `@@`.
    """

    title: str
    diff: str


class Problem(msgspec.Struct, frozen=True):
    """Why an execution failed: the error that the direct route would have answered."""

    code: str
    message: str
    details: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal. `basis` is what its writer noted when it was made."""

    id: str
    user_id: str
    run_id: str
    chat_id: str
    tool_name: str
    arguments: Mapping[str, Any]
    basis: Mapping[str, Any]
    preview: ProposalPreview
    status: Status
    result: Mapping[str, Any] | None
    error: Problem | None
    created_at: str
    expires_at: str
    decided_at: str | None

    @property
    def stream(self) -> str:
        """The name of its execution."""
        return STREAM + self.id


Basis = Mapping[str, Any]


def no_basis(_tx: Tx, _place: RunPlace, _arguments: Any) -> Basis:
    """Note nothing."""
    return {}


@dataclass(frozen=True, slots=True)
class Writer:
    """A tool that writes, as a model may call it. `arguments` is the Struct of its arguments.

    `check` raises what the direct route would refuse; `basis` notes what the write is meant for and may refuse too.
    What it would change is shown either by `preview`, or by `look`, which waits for somebody else. A write is either
    `send`, which waits too, or `apply`, which is part of the transaction that ends the execution; both return the
    result as JSON and raise DomainError.
    """

    name: str
    description: str
    arguments: type[Any]
    preview: Callable[[Tx, RunPlace, Any], ProposalPreview] | None = None
    look: Callable[[RunPlace, Any], Awaitable[ProposalPreview]] | None = None
    check: Callable[[Any], object] = lambda _arguments: None
    basis: Callable[[Tx, RunPlace, Any], Basis] = no_basis
    send: Callable[[Proposal, Any], Awaitable[Mapping[str, Any]]] | None = None
    apply: Callable[[Tx, Caller, Proposal, Any], Mapping[str, Any]] | None = None
    ready: Callable[[Tx, RunPlace], bool] = lambda _tx, _place: True
    require: Callable[[Tx, Caller], None] = lambda _tx, _caller: None
    target: Callable[[Any], str | None] = lambda _arguments: None
    by_name: bool = False
