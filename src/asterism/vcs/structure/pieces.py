"""A source as the merge sees it: collections of items, which own whole lines, and the text between them.

Every byte of the source is in exactly one place, so that text is copied and never printed anew.
"""

from dataclasses import dataclass, field


@dataclass
class Item:
    """One member of a collection: a function, a statement, a pair, a section.

    Its bytes are `gap` (blank lines), `lead` (comments above it), `parts` (text, and the collections inside it) and
    `rest` (what follows its comma, to the end of the line). `key` is what it is known by, None where it has no name;
    `movable` items stand in no order among themselves, and of those the `sortable` are put in order of key when both
    sides add some at one place. `label` is the name even where several share it and none is a key; `value` is what no
    other one of its kind may come to have.
    """

    kind: str
    key: str | None
    movable: bool
    sortable: bool
    gap: bytes
    lead: bytes
    parts: "list[bytes | Collection]"
    comma: bool = False
    rest: bytes = b""
    label: str = ""
    value: str = ""

    @property
    def body(self) -> bytes:
        """The text without comments above and blank lines."""
        return b"".join(part if isinstance(part, bytes) else part.render() for part in self.parts)

    @property
    def collections(self) -> "list[Collection]":
        """The collections inside."""
        return [part for part in self.parts if not isinstance(part, bytes)]


@dataclass
class Collection:
    """Items in the order of the source. `head` stands before the first one, `foot` after the last one.

    `commas` says that items are parted by commas, which belong to none of them.
    """

    kind: str
    commas: bool = False
    head: bytes = b""
    items: list[Item] = field(default_factory=list)
    foot: bytes = b""

    def render(self) -> bytes:
        """Return the text."""
        out = [self.head]
        for item in self.items:
            out += [item.gap, item.lead, item.body]
            if self.commas and item.comma:
                out.append(b",")
            out.append(item.rest)
        out.append(self.foot)
        return b"".join(out)


class Conflict(Exception):
    """Both sides changed the same thing in different ways."""
