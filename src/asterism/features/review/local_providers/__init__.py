"""Model providers of the local app: which one is active, its model, and where its key is."""

from asterism.features.review.local_providers.errors import (
    KEY_ERRORS,
    BadChoice,
    KeyMissing,
    MigrationFailed,
    NoProvider,
    NotUsable,
    SecretMissing,
    UnknownProvider,
)
from asterism.features.review.local_providers.key_move import change_all_settings
from asterism.features.review.local_providers.keys import KeyPlaces
from asterism.features.review.local_providers.models import (
    DOCUMENTED,
    EXTENSIONS,
    KNOWN,
    ActiveProvider,
    ProviderStatus,
)
from asterism.features.review.local_providers.service import (
    activate,
    active_provider,
    find_model,
    forget_active,
    forget_provider,
    list_providers,
    require_known,
    require_usable,
    save_key,
)

__all__ = [
    "DOCUMENTED",
    "EXTENSIONS",
    "KEY_ERRORS",
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
    "require_usable",
    "save_key",
]
