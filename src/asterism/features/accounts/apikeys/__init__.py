"""Keys for model providers, one per user and provider, sealed at rest (Fastest 1.4)."""

from asterism.features.accounts.apikeys.models import KEY_NAMES, ApiKey
from asterism.features.accounts.apikeys.service import delete_key, environment, key_of, list_keys, set_key

__all__ = ["KEY_NAMES", "ApiKey", "delete_key", "environment", "key_of", "list_keys", "set_key"]
