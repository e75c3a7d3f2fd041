"""`/api/settings`: what the owner chose (Stargazer 3.1)."""

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from asterism.faces.local.call import LocalCall, get, post
from asterism.faces.local.wire import Lens, Profile, Settings, Severity, Storage, Theme
from asterism.features.review import local_providers
from asterism.features.review.local_settings import read_settings

BODY = 10 << 10


class SettingsChanges(msgspec.Struct, rename="camel"):
    """Any subset of the settings."""

    theme: Theme | UnsetType = UNSET
    default_lenses: list[Lens] | UnsetType = UNSET
    default_profile: Profile | Literal[""] | UnsetType | None = UNSET
    severity_threshold: Severity | UnsetType = UNSET
    secrets_storage: Storage | UnsetType | None = UNSET


@get("/api/settings")
def read(call: LocalCall) -> Settings:
    """GET /api/settings: all settings."""
    return Settings.of(read_settings(call.tx))


@post(
    "/api/settings",
    max_body=BODY,
    invalid="INVALID_BODY",
    tx="none",
    errors=(local_providers.MigrationFailed, local_providers.SecretMissing, *local_providers.KEY_ERRORS),
)
def change(call: LocalCall, body: SettingsChanges) -> Settings:
    """POST /api/settings: change some settings, moving keys when their storage changes."""
    sent = msgspec.structs.asdict(body)
    changes = {name: value for name, value in sent.items() if value is not UNSET}
    return Settings.of(local_providers.change_all_settings(call.rt.db, call.rt.local.keys, changes))
