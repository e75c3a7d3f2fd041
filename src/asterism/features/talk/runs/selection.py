"""Which texts go into a prompt: the filling order of Starbot 6.4. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from asterism.features.talk.runs.models import ContextItem
from asterism.features.talk.runs.tokens import PER_ITEM, PER_MESSAGE, message_tokens, shortened

MAX_WINDOW = 200
SHORTEST = 32  # tokens; a shortened message below this says nothing
MARKER = "[… shortened …]"


class DoesNotFit(Exception):
    """The newest user message is larger than the model's window; `limit` is what would fit, in tokens."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


@dataclass(frozen=True, slots=True)
class Line:
    """A message of the conversation as it would be sent, and its estimated tokens."""

    id: str
    role: str
    text: str
    tokens: int

    @classmethod
    def of(cls, id_: str, role: str, text: str) -> "Line":
        """Make a line and estimate it."""
        return cls(id_, role, text, message_tokens(text))


@dataclass(frozen=True, slots=True)
class Document:
    """A memory document: whole, and its chunks, best matching first and, where those are fewer than `k`, in order.

    `places` gives the place of each chunk in the document, by `chunk_id`. An item of `in_order` and its match in
    `ranked` have the same `chunk_id`.
    """

    whole: ContextItem
    ranked: tuple[ContextItem, ...] = ()
    in_order: tuple[ContextItem, ...] = ()
    k: int = 0
    places: Mapping[str | None, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that could be sent. `lines` are oldest first and end with the newest user message U.

    `documents` are in order of who wins on disagreement. `fixed` are the tokens of system text and instructions.
    `budget` is B, `window_limit` what the model takes at most.
    """

    lines: Sequence[Line]
    documents: Sequence[Document]
    candidates: Sequence[ContextItem]
    fixed: int
    budget: int
    window_limit: int


@dataclass(slots=True)
class Filled:
    """What is sent. `documents` holds the items per document, in the order of `Material.documents`."""

    lines: list[Line] = field(default_factory=list)
    documents: list[list[ContextItem]] = field(default_factory=list)
    retrieved: list[ContextItem] = field(default_factory=list)


@dataclass(slots=True)
class Room:
    """Tokens left for memory, retrieval, conversation and fixed parts."""

    memory: int
    retrieval: int
    conversation: int
    fixed: int

    def use_fixed(self, tokens: int) -> None:
        """Take from the fixed share; what it lacks is taken from retrieval, conversation and memory, in this order."""
        self.fixed -= tokens
        lacking, self.fixed = max(0, -self.fixed), max(0, self.fixed)
        for name in ("retrieval", "conversation", "memory"):
            taken = min(lacking, getattr(self, name))
            setattr(self, name, getattr(self, name) - taken)
            lacking -= taken


def fill(material: Material) -> Filled:
    """Choose. Raises DoesNotFit when even the newest user message alone is too long."""
    _check(material)
    room = _shares(material.budget)
    room.use_fixed(material.fixed)
    _admit(material.lines[-1], room)
    base = _window(material.lines, room.conversation)
    filled = Filled()
    _fill_memory(material.documents, room, filled)
    room.retrieval += room.memory
    shown = {line.id for line in base}
    _fill_retrieval([item for item in material.candidates if item.source_id not in shown], room, filled)
    filled.lines = _window(material.lines, room.conversation + room.retrieval)
    shown = {line.id for line in filled.lines}
    filled.retrieved = [item for item in filled.retrieved if item.source_id not in shown]
    return filled


def base_window(material: Material) -> list[Line]:
    """Return the messages that are sent whatever else is found. Raises DoesNotFit."""
    _check(material)
    room = _shares(material.budget)
    room.use_fixed(material.fixed)
    _admit(material.lines[-1], room)
    return _window(material.lines, room.conversation)


def _check(material: Material) -> None:
    if material.lines[-1].tokens + material.fixed > material.window_limit:
        raise DoesNotFit(max(0, material.window_limit - material.fixed - PER_MESSAGE))


def _shares(budget: int) -> Room:
    memory, retrieval, conversation = budget * 15 // 100, budget * 35 // 100, budget * 40 // 100
    return Room(memory, retrieval, conversation, budget - memory - retrieval - conversation)


def _admit(newest: Line, room: Room) -> None:
    """Make room for U: its share, then retrieval's, then memory's, then beyond the budget."""
    lacking = newest.tokens - room.conversation
    if lacking <= 0:
        return
    for name in ("retrieval", "memory"):
        taken = min(lacking, getattr(room, name))
        setattr(room, name, getattr(room, name) - taken)
        lacking -= taken
    room.conversation = newest.tokens


def _window(lines: Sequence[Line], room: int) -> list[Line]:
    """Return the newest whole messages without a gap; when U stands alone, the one before it shortened."""
    chosen = [lines[-1]]
    left = room - lines[-1].tokens
    for line in reversed(lines[:-1]):
        if line.tokens > left or len(chosen) == MAX_WINDOW:
            break
        chosen.append(line)
        left -= line.tokens
    if len(chosen) == 1 and len(lines) > 1 and left >= SHORTEST:
        before = lines[-2]
        chosen.append(Line.of(before.id, before.role, shortened(before.text, left - PER_MESSAGE, MARKER)))
    return chosen[::-1]


def _fill_memory(documents: Sequence[Document], room: Room, filled: Filled) -> None:
    for place, document in enumerate(documents):
        competing = place == 0 and len(documents) > 1
        items = _of_document(document, room.memory * 2 // 3 if competing else room.memory)
        filled.documents.append(items)
        room.memory -= sum(item.tokens for item in items)
        room.use_fixed(PER_ITEM * len(items))


def _of_document(document: Document, room: int) -> list[ContextItem]:
    """Return the whole document if it fits, else its best chunks, in document order."""
    if document.whole.tokens <= room:
        return [document.whole]
    chosen: list[ContextItem] = []
    matched = document.ranked[: document.k]
    left = room
    for item in matched:
        if item.tokens > left:
            break
        chosen.append(item)
        left -= item.tokens
    if len(matched) < document.k and len(chosen) == len(matched):
        known = {item.chunk_id for item in matched}
        for item in (item for item in document.in_order if item.chunk_id not in known):
            if item.tokens > left or len(chosen) == document.k:
                break
            chosen.append(item)
            left -= item.tokens
    return sorted(chosen, key=lambda item: document.places.get(item.chunk_id, 0))


def _fill_retrieval(candidates: Sequence[ContextItem], room: Room, filled: Filled) -> None:
    """Take candidates by score; the first that does not fit stops it. A wrapper that the fixed share lacks counts."""
    for item in candidates:
        cost = item.tokens + max(0, PER_ITEM - room.fixed)
        if cost > room.retrieval:
            return
        filled.retrieved.append(item)
        room.retrieval -= item.tokens
        room.use_fixed(PER_ITEM)
