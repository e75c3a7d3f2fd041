"""Where apps run: accounts at providers, settings, resources, and what a tree needs (Fastest 10.1 to 10.4)."""

from asterism.features.operations.infrastructure.credentials import (
    check_credential,
    delete_credential,
    list_credentials,
    save_credential,
    token_of,
)
from asterism.features.operations.infrastructure.discards import destroy_discarded, discard_all, stubborn
from asterism.features.operations.infrastructure.errors import InvalidCredentials, ProviderDown, UnknownResource
from asterism.features.operations.infrastructure.models import (
    Credential,
    DeploymentSettings,
    NewCredential,
    NewHead,
    Resource,
    Status,
)
from asterism.features.operations.infrastructure.needs import Needs, compute_provider, detect_needs, detect_tree
from asterism.features.operations.infrastructure.provide import Provided, Wanted, provide
from asterism.features.operations.infrastructure.providers import Provisioners
from asterism.features.operations.infrastructure.resources import (
    Held,
    connections_of,
    delete_resource,
    get_resource,
    list_resources,
)
from asterism.features.operations.infrastructure.settings import (
    change_settings,
    get_settings,
    heads_to_deploy,
    settings_of,
    take_head,
)

__all__ = [
    "Credential",
    "DeploymentSettings",
    "Held",
    "InvalidCredentials",
    "Needs",
    "NewCredential",
    "NewHead",
    "Provided",
    "ProviderDown",
    "Provisioners",
    "Resource",
    "Status",
    "UnknownResource",
    "Wanted",
    "change_settings",
    "check_credential",
    "compute_provider",
    "connections_of",
    "delete_credential",
    "delete_resource",
    "destroy_discarded",
    "detect_needs",
    "detect_tree",
    "discard_all",
    "get_resource",
    "get_settings",
    "heads_to_deploy",
    "list_credentials",
    "list_resources",
    "provide",
    "save_credential",
    "settings_of",
    "stubborn",
    "take_head",
    "token_of",
]
