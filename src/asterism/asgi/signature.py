"""What the signature of a handler declares: path, query, headers, body, and the answers with their statuses.

    def change(call: Call, project_id: str, body: ProjectChange) -> ProjectAnswer: ...
    def index(call: Call, project_id: str, query: Paging) -> Created[X] | Conflicting[Y]: ...

`call` comes first. `query` is a Struct (`asgi/query.py`), `body` a Struct (a JSON body) or `Upload` annotated with what
it takes; a parameter annotated with `Header` is a request header, None when it was not sent; every other one is named
in the path.
"""

import inspect
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin, get_type_hints

import msgspec

from asterism.asgi.answers import Answer, Content, Events, Media
from asterism.asgi.body import Upload


@dataclass(frozen=True, slots=True)
class Header:
    """Marks a parameter that is a request header."""

    name: str


@dataclass(frozen=True, slots=True)
class Reads:
    """Marks a path parameter that is read by a function, which may raise a DomainError."""

    read: Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Takes:
    """Says which media types an `Upload` takes, and which Struct describes them where they have fields."""

    media: tuple[str, ...]
    shape: type[Any] | None = None

    @classmethod
    def of(cls, *media: str, shape: type[Any] | None = None) -> "Takes":
        """Make one."""
        return cls(media, shape)


class Outcome(NamedTuple):
    """One answer: `media` is None without a body; `type` is a Struct, a union of events, or None for plain bytes."""

    status: int
    media: str | None
    type: Any


@dataclass(frozen=True, slots=True)
class Signature:
    """A handler's declarations."""

    path: dict[str, Any] = field(default_factory=dict)
    readers: dict[str, Callable[[str], Any]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    query: type[msgspec.Struct] | None = None
    body: type[Any] | None = None
    takes: Takes | None = None
    outcomes: tuple[Outcome, ...] = ()


def read_signature(func: Callable[..., Any]) -> Signature:
    """Read the declarations of a handler. Raises TypeError where they make no sense."""
    hints = get_type_hints(func, include_extras=True)
    found = Signature()
    query = body = takes = None
    for name in list(inspect.signature(func).parameters)[1:]:
        kind, marks = split(hints[name])
        if name == "query":
            query = kind
        elif name == "body" and kind is Upload:
            takes = next(mark for mark in marks if isinstance(mark, Takes))
        elif name == "body":
            body = kind
        elif header := next((mark for mark in marks if isinstance(mark, Header)), None):
            found.headers[name] = header.name
        else:
            found.path[name] = hints[name]
            if reads := next((mark for mark in marks if isinstance(mark, Reads)), None):
                found.readers[name] = reads.read
    answers = tuple(outcome(one) for one in members(hints.get("return", Any)))
    return Signature(found.path, found.readers, found.headers, query, body, takes, answers)


def split(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return the type under Annotated, and what annotates it."""
    if get_origin(hint) is not Annotated:
        return hint, ()
    kind, *marks = get_args(hint)
    return kind, tuple(marks)


def members(hint: Any) -> tuple[Any, ...]:
    """Return the members of a union, or the one type."""
    return get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)


def outcome(hint: Any) -> Outcome:
    """Return what one member of a return annotation answers."""
    kind = get_origin(hint) or hint
    if not (isinstance(kind, type) and issubclass(kind, Answer)):
        return Outcome(200, "application/json", hint)
    [argument] = get_args(hint) or (None,)
    if issubclass(kind, Events):
        return Outcome(kind.status, "text/event-stream", argument)
    if issubclass(kind, Content):
        media: type[Media] = argument
        return Outcome(kind.status, media.type, None)
    return Outcome(kind.status, None if argument is None else "application/json", argument)
