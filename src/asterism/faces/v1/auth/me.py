"""`PATCH /v1/auth/me`: what the server should know about the caller."""

import msgspec

from asterism.faces.v1.call import Call, patch
from asterism.features.versions import snapshots


class Author(msgspec.Struct):
    """A name and an address that a client puts into ids of snapshots."""

    name: str
    email: str


class Teaching(msgspec.Struct):
    """Pairs to learn, besides those that are known."""

    authors: list[Author]


class KnownAuthors(msgspec.Struct):
    """All pairs that are known, the last taught first."""

    authors: list[Author]


@patch("/v1/auth/me")
def change(call: Call, body: Teaching) -> KnownAuthors:
    """PATCH /v1/auth/me: teach the authors whom the caller's clients put into ids of snapshots (Fastest 6.3)."""
    pairs = [(author.name, author.email) for author in body.authors]
    known = snapshots.teach_authors(call.tx, call.caller.user_id, pairs)
    return KnownAuthors([Author(*pair) for pair in known])
