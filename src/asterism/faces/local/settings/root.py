"""`/api/settings`: what the owner chose (Stargazer 3.1)."""

from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from asterism.faces.local import wire
from asterism.faces.local.call import LocalCall, get, post
from asterism.features.review import local_providers
from asterism.features.review.local_settings import read_settings

BODY = 10 << 10
Lens = Literal["correctness", "security", "performance", "simplicity", "tests"]
Severity = Literal["blocker", "high", "medium", "low", "nit", "critical", "warning", "suggestion", "nitpick", "info"]


class Changes(msgspec.Struct, rename="camel"):
    """Any subset of the settings."""

    theme: Literal["auto", "dark", "light", "terminal"] | UnsetType = UNSET
    default_lenses: list[Lens] | UnsetType = UNSET
    default_profile: Literal["quick", "strict", "perf", "security", "default", ""] | UnsetType | None = UNSET
    severity_threshold: Severity | UnsetType = UNSET
    secrets_storage: Literal["file", "keyring"] | UnsetType | None = UNSET


@get("/api/settings")
def read(call: LocalCall[None]) -> Any:
    """GET /api/settings: all settings."""
    return wire.settings(read_settings(call.tx))


@post("/api/settings", body=Changes, max_body=BODY, invalid="INVALID_BODY", tx="none")
def change(call: LocalCall[Changes]) -> Any:
    """POST /api/settings: change some settings, moving keys when their storage changes."""
    sent = {name: getattr(call.body, name) for name in call.body.__struct_fields__}
    changes = {name: value for name, value in sent.items() if value is not UNSET}
    return wire.settings(local_providers.change_all_settings(call.rt.db, call.rt.local.keys, changes))
