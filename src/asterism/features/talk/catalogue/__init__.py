"""Which models a user can use: catalogue, tiers, keys, prices (Starbot 7.1, 7.2).

The keys of a user win over the server's. Addresses and wire formats are `kernel.llm.providers`; asking is `kernel.llm`.
"""

from asterism.features.talk.catalogue.catalogue import load_catalogue
from asterism.features.talk.catalogue.directory import RUN_PROVIDERS, ModelDirectory
from asterism.features.talk.catalogue.errors import ModelNotConfigured, UnknownModel
from asterism.features.talk.catalogue.models import Chosen, ListedModel, ModelSpec, Tier
from asterism.features.talk.catalogue.service import (
    check_name,
    choose,
    defaults,
    list_models,
    named,
    target_of,
    usable_providers,
)
from asterism.features.talk.catalogue.trial import Trial, try_model

__all__ = [
    "RUN_PROVIDERS",
    "Chosen",
    "ListedModel",
    "ModelDirectory",
    "ModelNotConfigured",
    "ModelSpec",
    "Tier",
    "Trial",
    "UnknownModel",
    "check_name",
    "choose",
    "defaults",
    "list_models",
    "load_catalogue",
    "named",
    "target_of",
    "try_model",
    "usable_providers",
]
