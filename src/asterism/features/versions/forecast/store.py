"""SQL of the forecast."""

import zlib
from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from asterism.features.versions.forecast.models import Details, Outcome
from asterism.features.versions.forecast.tables import forecast_pairs as pairs
from asterism.kernel.db import RowDict, Tx, upsert

_details = msgspec.msgpack.Decoder(Details)
_COLUMNS = tuple(column.name for column in pairs.columns)


def of_project(tx: Tx, project_id: str) -> list[Outcome]:
    """Return the pairs of a project as they were computed last."""
    return [_outcome(row) for row in tx.all(sa.select(pairs).where(pairs.c.project_id == project_id))]


def put(tx: Tx, project_id: str, outcome: Outcome) -> None:
    """Store what was computed of a pair in place of what was known."""
    values: dict[str, Any] = {name: getattr(outcome, name) for name in Outcome.__slots__}
    values |= {
        "project_id": project_id,
        "base": msgspec.json.encode(outcome.base).decode(),
        "details": zlib.compress(msgspec.msgpack.encode(outcome.details), 1),
    }
    upsert(tx, pairs, values, key=("a", "b"), update=[name for name in _COLUMNS if name not in {"a", "b"}])


def remove(tx: Tx, project_id: str, gone: Sequence[tuple[str, str]]) -> None:
    """Forget pairs that are no pairs any more."""
    for a, b in gone:
        tx.execute(sa.delete(pairs).where(pairs.c.project_id == project_id, pairs.c.a == a, pairs.c.b == b))


def _outcome(row: RowDict) -> Outcome:
    values = {name: value for name, value in row.items() if name != "project_id"}
    values["base"] = tuple(msgspec.json.decode(row["base"], type=list[str]))
    values["details"] = _details.decode(zlib.decompress(row["details"]))
    return Outcome(**values)
