"""The map of a project's code: concepts in layers and edges between them (Fastest 11, beyond.md 6).

    counts = await indexer.index(caller, project_id, embed=False, max_files=200)   # kept, replaces the last one
    read_atlas(maps, caller, project_id)                                           # the kept one
    read_tree(maps, caller, project_id, manifest_hash=…, snapshot_id=None)         # of any tree; nothing is kept
    compare(maps, caller, project_id, old, new)

Everything is made from facts (`versions/file_facts`), so a map costs its new blobs. `Maps` keeps a few of them in
memory, ready to be searched and drawn.
"""

from asterism.features.insight.atlas.decision_links import relink
from asterism.features.insight.atlas.embeddings import Embedder
from asterism.features.insight.atlas.graph import MappedTree
from asterism.features.insight.atlas.indexer import Indexer
from asterism.features.insight.atlas.maps import Maps, Prepared
from asterism.features.insight.atlas.models import (
    Atlas,
    Changed,
    Concept,
    Counts,
    Diagram,
    DiagramType,
    Difference,
    Edge,
    Found,
    Graph,
    Layer,
    Link,
)
from asterism.features.insight.atlas.service import (
    compare,
    current,
    draw,
    list_diagrams,
    prune_diagrams,
    read_atlas,
    read_tree,
    search,
)

__all__ = [
    "Atlas",
    "Changed",
    "Concept",
    "Counts",
    "Diagram",
    "DiagramType",
    "Difference",
    "Edge",
    "Embedder",
    "Found",
    "Graph",
    "Indexer",
    "Layer",
    "Link",
    "MappedTree",
    "Maps",
    "Prepared",
    "compare",
    "current",
    "draw",
    "list_diagrams",
    "prune_diagrams",
    "read_atlas",
    "read_tree",
    "relink",
    "search",
]
