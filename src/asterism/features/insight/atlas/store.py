"""SQL of the map."""

import zlib
from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from asterism.features.insight.atlas.models import Arrow, Chunk, Concept, Diagram, Drawing, Edge, Graph, Node, Source
from asterism.features.insight.atlas.tables import atlas_chunks, atlas_diagrams, atlas_indexes
from asterism.kernel.db import RowDict, Tx, upsert

Packed = tuple[list[Concept], list[Edge], list[str]]

_graph = msgspec.msgpack.Decoder(Packed)
_nodes = msgspec.json.Decoder(list[Node])
_arrows = msgspec.json.Decoder(list[Arrow])


def find_index(tx: Tx, project_id: str) -> tuple[Source, str] | None:
    """Return which tree the index of a project is of, and when it was made; None where there is none."""
    c = atlas_indexes.c
    row = tx.one(sa.select(c.manifest_hash, c.snapshot_id, c.made_at).where(c.project_id == project_id))
    return None if row is None else (Source(row["manifest_hash"], row["snapshot_id"]), row["made_at"])


def graph_of(tx: Tx, project_id: str) -> Graph:
    """Return the stored map of a project, an empty one where there is none."""
    packed = tx.scalar(sa.select(atlas_indexes.c.graph).where(atlas_indexes.c.project_id == project_id))
    return Graph() if packed is None else Graph(*_graph.decode(zlib.decompress(packed)))


def replace_index(tx: Tx, project_id: str, source: Source, graph: Graph) -> str:
    """Make this the map of a project; return when that was."""
    packed = (graph.concepts, graph.edges, graph.warnings)
    row = {
        "project_id": project_id,
        "manifest_hash": source.manifest_hash,
        "snapshot_id": source.snapshot_id,
        "made_at": tx.now(),
        "graph": zlib.compress(msgspec.msgpack.encode(packed), 1),
    }
    upsert(tx, atlas_indexes, row, key=("project_id",), update=("manifest_hash", "snapshot_id", "made_at", "graph"))
    return str(row["made_at"])


def chunks_of(tx: Tx, project_id: str) -> list[Chunk]:
    """Return the chunks of a project's map."""
    query = sa.select(atlas_chunks).where(atlas_chunks.c.project_id == project_id)
    return [Chunk(**{name: row[name] for name in Chunk.__slots__}) for row in tx.all(query)]


def replace_chunks(tx: Tx, project_id: str, found: Sequence[Chunk]) -> None:
    """Make these the chunks of a project's map."""
    tx.execute(sa.delete(atlas_chunks).where(atlas_chunks.c.project_id == project_id))
    rows = [{name: getattr(one, name) for name in Chunk.__slots__} | {"project_id": project_id} for one in found]
    if rows:
        tx.execute(sa.insert(atlas_chunks), rows)


def insert_diagram(tx: Tx, made: Diagram) -> None:
    """Add a diagram."""
    drawing = made.drawing
    tx.execute(
        sa.insert(atlas_diagrams).values(
            id=made.id,
            project_id=made.project_id,
            concept_id=made.concept_id,
            type=made.type,
            title=drawing.title,
            nodes=msgspec.json.encode(drawing.nodes).decode(),
            arrows=msgspec.json.encode(drawing.arrows).decode(),
            created_at=made.created_at,
        )
    )


def diagrams(tx: Tx, project_id: str, *, concept_id: str | None, limit: int | None) -> list[Diagram]:
    """Return diagrams of a project, newest first; of one concept where one is named."""
    query = sa.select(atlas_diagrams).where(atlas_diagrams.c.project_id == project_id)
    if concept_id is not None:
        query = query.where(atlas_diagrams.c.concept_id == concept_id)
    return [_diagram(row) for row in tx.all(query.order_by(atlas_diagrams.c.id.desc()).limit(limit))]


def prune_diagrams(tx: Tx, keep: int) -> None:
    """Remove the diagrams beyond the newest `keep` of each project."""
    place = sa.func.row_number().over(partition_by=atlas_diagrams.c.project_id, order_by=atlas_diagrams.c.id.desc())
    numbered = sa.select(atlas_diagrams.c.id, place.label("place")).subquery()
    over = sa.select(numbered.c.id).where(numbered.c.place > keep)
    tx.execute(sa.delete(atlas_diagrams).where(atlas_diagrams.c.id.in_(over)))


def _diagram(row: RowDict) -> Diagram:
    drawing = Drawing(row["title"], _nodes.decode(row["nodes"]), _arrows.decode(row["arrows"]))
    type_: Any = row["type"]
    return Diagram(row["id"], row["project_id"], row["concept_id"], type_, drawing, row["created_at"])
