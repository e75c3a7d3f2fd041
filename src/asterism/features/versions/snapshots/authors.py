"""Authors (name and address) whom a user's clients put into the ids of snapshots and do not send (Fastest 6.3).

A pair becomes known when it is sent once, or taught. Snapshots that could not be verified before are tried again with
what is taught, around the time of their registration.
"""

from collections.abc import Sequence

from asterism.base.clock import parse
from asterism.base.errors import Invalid
from asterism.features.versions.snapshots import author_store, store
from asterism.features.versions.snapshots.content_id import Author, Recovered, content_id, recover
from asterism.features.versions.snapshots.models import MAX_AUTHOR, NewSnapshot, Snapshot
from asterism.kernel.db import Tx
from asterism.vcs.content import is_hash

MAX_TAUGHT = 20  # pairs that are kept for a user, the last taught ones
RETRIED = 100  # snapshots that are tried again when pairs are taught


def teach_authors(tx: Tx, user_id: str, pairs: Sequence[Author]) -> list[Author]:
    """Note pairs; return all that are known now, the last taught first. Raises Invalid for one that no id can hold."""
    if len(pairs) > MAX_TAUGHT:
        raise Invalid.field("authors", f"must have at most {MAX_TAUGHT} items")
    cleaned = [_cleaned(index, *pair) for index, pair in enumerate(pairs)]
    author_store.remember(tx, user_id, cleaned, MAX_TAUGHT)
    for snapshot in author_store.unverified(tx, user_id, RETRIED):
        found = recover(
            snapshot.id,
            snapshot.manifest_hash,
            snapshot.parents,
            given=None,
            authors=cleaned,
            now=parse(snapshot.registered_at),
        )
        if found is not None:
            author_store.heal(tx, snapshot, found)
    return author_store.known(tx, user_id)


def known_authors(tx: Tx, user_id: str) -> list[Author]:
    """Return the pairs that were sent or taught, the last one first."""
    return author_store.known(tx, user_id)


def note_sent_author(tx: Tx, user_id: str, new: NewSnapshot) -> None:
    """Note the pair that a client sent with a snapshot, if it sent one."""
    if new.author_name or new.author_email:
        author_store.remember(tx, user_id, [(new.author_name or "", new.author_email or "")], MAX_TAUGHT)


def healed(tx: Tx, known: Snapshot, new: NewSnapshot) -> Snapshot:
    """Return a registered snapshot, with the author and time of a repetition where only those make its id verify."""
    if known.verified or new.created_at is None or not is_hash(known.id):
        return known
    try:
        created_at = f"{parse(new.created_at):%Y-%m-%dT%H:%M:%SZ}"
    except (ValueError, OverflowError):
        return known
    author = (new.author_name or "", new.author_email or "")
    if content_id(known.manifest_hash, known.parents, author, created_at) != known.id:
        return known
    author_store.heal(tx, known, Recovered(*author, created_at))
    return store.in_project(tx, known.project_id, known.id) or known


def _cleaned(index: int, name: str, email: str) -> Author:
    for field, text in (("name", name), ("email", email)):
        if len(text) > MAX_AUTHOR or not text.isprintable():
            raise Invalid.field(f"authors[{index}].{field}", f"must be one line of at most {MAX_AUTHOR} characters")
    if not (name or email):
        raise Invalid.field(f"authors[{index}]", "must not be empty")
    return name, email
