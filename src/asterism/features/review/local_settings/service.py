"""Use cases of the settings. Where keys are kept changes through `localproviders`, which moves them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from asterism.features.review.local_settings import store
from asterism.features.review.local_settings.models import Settings
from asterism.kernel.db import Tx


def read_settings(tx: Tx) -> Settings:
    """Return the settings in force."""
    return store.read(tx)


def patched(settings: Settings, changes: Mapping[str, Any]) -> Settings:
    """Return `settings` with `changes` (field names of `Settings`), normalised as they are stored."""
    values = dict(changes)
    lenses = values.pop("default_lenses", None)
    if values.get("default_profile") == "":
        values["default_profile"] = None
    result = replace(settings, **values)
    return result if lenses is None else result.with_lenses(lenses)


def change_settings(tx: Tx, changes: Mapping[str, Any]) -> Settings:
    """Apply `changes` and return all settings after them."""
    settings = patched(store.read_to_change(tx), changes)
    store.save(tx, settings)
    return settings
