"""Builds the way from versions to models: a model of the user's, as the catalogue above them knows it."""

from asterism.features.talk import catalogue
from asterism.features.talk.catalogue import ModelDirectory, ModelNotConfigured
from asterism.features.versions.sync import Adviser, Advisor
from asterism.kernel.db import Tx
from asterism.kernel.llm import Models
from asterism.kernel.secrets import Secrets


def build_advisor(models: Models, secrets: Secrets, directory: ModelDirectory) -> Advisor:
    """Return what joins files and words analyses with the user's balanced model, or a near one."""

    def choose(tx: Tx, user_id: str) -> Adviser | None:
        try:
            chosen = catalogue.choose(tx, secrets, directory, user_id, tier="balanced")
        except ModelNotConfigured:
            return None
        return Adviser(chosen.target, chosen.spec.max_output_tokens)

    return Advisor(models, choose)
