"""SQL of facts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from asterism.features.versions.file_facts.tables import file_facts as table
from asterism.kernel.db import Tx, upsert
from asterism.vcs.facts import EXTRACTOR, Facts

AT_ONCE = 500
Key = tuple[str, str]
"""A blob and the language that it is read in."""

_facts = msgspec.msgpack.Decoder(Facts)
_used = msgspec.msgpack.Decoder(tuple[str, ...])


def load(tx: Tx, user_id: str, hashes: Sequence[str], *, using: Iterable[str] = ()) -> dict[Key, Facts]:
    """Return the facts of this extractor that are kept of some blobs, in whatever languages.

    Only those in the languages of `using` come with their references.
    """
    used = sa.case((table.c.language.in_(sorted(using)), table.c.used), else_=None)
    columns = sa.select(table.c.blob_hash, table.c.language, table.c.facts, used)
    found: dict[Key, Facts] = {}
    for start in range(0, len(hashes), AT_ONCE):
        mine = (table.c.user_id == user_id, table.c.blob_hash.in_(hashes[start : start + AT_ONCE]))
        rows: Any = tx.execute(columns.where(*mine, table.c.version == EXTRACTOR)).fetchall()
        for blob, language, facts, references in rows:
            one = _facts.decode(facts)
            if references is not None:
                one = msgspec.structs.replace(one, references=_used.decode(references))
            found[blob, language] = one
    return found


def keep(tx: Tx, user_id: str, found: Mapping[Key, Facts]) -> None:
    """Keep facts of stored blobs, in the place of those of an older extractor."""
    for (blob, language), facts in found.items():
        row = {
            "user_id": user_id,
            "blob_hash": blob,
            "language": language,
            "version": EXTRACTOR,
            "facts": msgspec.msgpack.encode(msgspec.structs.replace(facts, references=())),
            "used": msgspec.msgpack.encode(facts.references),
        }
        upsert(tx, table, row, key=("user_id", "blob_hash", "language"), update=("version", "facts", "used"))
