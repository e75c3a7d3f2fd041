"""SQL of the settings."""

import sqlalchemy as sa

from asterism.features.review.local_settings.models import Settings
from asterism.features.review.local_settings.tables import local_settings
from asterism.kernel.db import RowDict, Tx, upsert

OWNER = "owner"
COLUMNS = ("theme", "default_lenses", "default_profile", "severity_threshold", "secrets_storage", "updated_at")


def read(tx: Tx) -> Settings:
    """Return the settings, those of a fresh installation when none were saved."""
    row = tx.one(sa.select(local_settings).where(local_settings.c.id == OWNER))
    return Settings() if row is None else _settings(row)


def read_to_change(tx: Tx) -> Settings:
    """Return the settings, and keep others from changing them until the transaction ends."""
    if tx.dialect == "postgresql":
        tx.execute(sa.text("LOCK TABLE local_settings IN SHARE ROW EXCLUSIVE MODE"))
    return read(tx)


def save(tx: Tx, settings: Settings) -> None:
    """Write all settings."""
    row = {
        "id": OWNER,
        "theme": settings.theme,
        "default_lenses": ",".join(settings.default_lenses),
        "default_profile": settings.default_profile,
        "severity_threshold": settings.severity_threshold,
        "secrets_storage": settings.secrets_storage,
        "updated_at": tx.now(),
    }
    upsert(tx, local_settings, row, key=["id"], update=COLUMNS)


def _settings(row: RowDict) -> Settings:
    return Settings(
        theme=row["theme"],
        default_lenses=tuple(row["default_lenses"].split(",")),
        default_profile=row["default_profile"],
        severity_threshold=row["severity_threshold"],
        secrets_storage=row["secrets_storage"],
    )
