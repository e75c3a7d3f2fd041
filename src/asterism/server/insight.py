"""Builds what understands projects: the maps, who indexes them, and the way to an embedding model."""

from asterism.faces.runtime import InsightServices
from asterism.features.insight.atlas import Embedder, Indexer, Maps
from asterism.features.insight.extraction import Extractor
from asterism.features.talk import catalogue
from asterism.features.talk.catalogue import ModelDirectory
from asterism.features.versions.sync import Advisor
from asterism.kernel.blobs import Blobs
from asterism.kernel.db import Database, Tx
from asterism.kernel.llm import HttpEmbeddings, Target
from asterism.kernel.secrets import Secrets


def build_insight(
    db: Database, blobs: Blobs, advisor: Advisor, secrets: Secrets, directory: ModelDirectory
) -> InsightServices:
    """Return the services of maps, decisions and next steps."""

    def choose(tx: Tx, user_id: str) -> Target | None:
        if directory.embedding_model is None:
            return None
        spec = catalogue.named(directory, directory.embedding_model)
        return catalogue.target_of(tx, secrets, directory, user_id, spec)

    maps, embedder = Maps(db, blobs), Embedder(HttpEmbeddings(), choose)
    return InsightServices(maps, embedder, Indexer(maps, advisor, embedder), Extractor(maps, advisor))
