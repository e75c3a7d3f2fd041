"""Settings of the local review app: theme, default lenses, threshold, where keys are kept."""

from asterism.features.review.local_settings.models import (
    LENSES,
    PROFILES,
    SEVERITIES,
    STORAGES,
    SYNONYMS,
    THEMES,
    Settings,
    Storage,
)
from asterism.features.review.local_settings.service import change_settings, patched, read_settings

__all__ = [
    "LENSES",
    "PROFILES",
    "SEVERITIES",
    "STORAGES",
    "SYNONYMS",
    "THEMES",
    "Settings",
    "Storage",
    "change_settings",
    "patched",
    "read_settings",
]
