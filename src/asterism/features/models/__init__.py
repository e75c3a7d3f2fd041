"""Which models a user can use: catalogue, tiers, keys, prices (Starbot 7.1, 7.2).

The keys of a user win over the server's. Addresses and wire formats are `kernel.llm.providers`; asking is `kernel.llm`.
"""

from asterism.features.models.catalogue import load_catalogue
from asterism.features.models.directory import RUN_PROVIDERS, ModelDirectory
from asterism.features.models.errors import ModelNotConfigured, UnknownModel
from asterism.features.models.models import Chosen, ListedModel, ModelSpec, Tier
from asterism.features.models.service import check_name, choose, defaults, list_models, target_of, usable_providers

__all__ = [
    "RUN_PROVIDERS",
    "Chosen",
    "ListedModel",
    "ModelDirectory",
    "ModelNotConfigured",
    "ModelSpec",
    "Tier",
    "UnknownModel",
    "check_name",
    "choose",
    "defaults",
    "list_models",
    "load_catalogue",
    "target_of",
    "usable_providers",
]
