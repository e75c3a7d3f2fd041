"""The places keys can be in, and the environment they can be references to."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from asterism.features.review.local_providers.models import Saved, View
from asterism.features.review.local_settings import Storage
from asterism.kernel.credentials import Credentials
from asterism.kernel.llm import PROVIDERS


@dataclass(frozen=True)
class KeyPlaces:
    """Where keys live, given at start by the composition root.

    `environment` is looked at whenever a referenced key is needed. `base_urls` maps provider ids to configured
    addresses. `lock` keeps changes of keys and a move between storages apart; a keyring may be slow, so this is not
    left to a database transaction.
    """

    file: Credentials
    keyring: Credentials
    environment: Mapping[str, str]
    base_urls: Mapping[str, str] = field(default_factory=dict)
    view: View = "auto"
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def storage(self, name: Storage) -> Credentials:
        """Return the place of that name."""
        return self.keyring if name == "keyring" else self.file

    def variable(self, provider: str, text: str) -> str | None:
        """Return `text` when it names one of the provider's environment variables."""
        return text if text in PROVIDERS[provider].env_names else None

    def referenced(self, variable: str | None) -> str | None:
        """Return the value of a referenced variable, None while it is unset or empty."""
        return (self.environment.get(variable or "") or "").strip() or None

    def has_key(self, record: Saved) -> bool:
        """Whether the provider has a key; `local` counts as having one while it is active."""
        if record.key_source == "environment":
            return self.referenced(record.variable) is not None
        return record.key_source == "stored" or (not PROVIDERS[record.provider].needs_key and record.active)
