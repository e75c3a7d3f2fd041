"""Model providers of the local app: which one is active, its model, and where its key is."""

from asterism.features.localproviders.errors import (
    BadChoice,
    KeyMissing,
    MigrationFailed,
    NoProvider,
    NotUsable,
    SecretMissing,
    UnknownProvider,
)
from asterism.features.localproviders.keys import KeyPlaces
from asterism.features.localproviders.models import DOCUMENTED, EXTENSIONS, KNOWN, ActiveProvider, ProviderStatus
from asterism.features.localproviders.moving import change_all_settings
from asterism.features.localproviders.service import (
    activate,
    active_provider,
    find_model,
    forget_active,
    forget_provider,
    list_providers,
    require_known,
    save_key,
)

__all__ = [
    "DOCUMENTED",
    "EXTENSIONS",
    "KNOWN",
    "ActiveProvider",
    "BadChoice",
    "KeyMissing",
    "KeyPlaces",
    "MigrationFailed",
    "NoProvider",
    "NotUsable",
    "ProviderStatus",
    "SecretMissing",
    "UnknownProvider",
    "activate",
    "active_provider",
    "change_all_settings",
    "find_model",
    "forget_active",
    "forget_provider",
    "list_providers",
    "require_known",
    "save_key",
]
