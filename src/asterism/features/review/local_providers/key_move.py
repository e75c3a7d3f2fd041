"""Changing where keys are kept, and moving them there (Stargazer [3.3], [3.16])."""

import hmac
from collections.abc import Mapping
from typing import Any

import structlog

from asterism.base.errors import DomainError
from asterism.features.review.local_providers import store
from asterism.features.review.local_providers.errors import MigrationFailed, SecretMissing
from asterism.features.review.local_providers.keys import KeyPlaces
from asterism.features.review.local_settings import Settings, change_settings, patched, read_settings
from asterism.kernel.credentials import Credentials
from asterism.kernel.db import Database

log = structlog.get_logger("asterism.keys")


def change_all_settings(db: Database, keys: KeyPlaces, changes: Mapping[str, Any]) -> Settings:
    """Apply a patch of settings, moving the keys when it changes their storage; return all settings after it.

    The order is: read all, write all, read back and compare, commit, delete from the old place. Until the commit any
    failure leaves everything as it was. Raises the errors of the key storages, SecretMissing and MigrationFailed.
    """
    with keys.lock:
        with db.read() as tx:
            before = read_settings(tx)
            after = patched(before, changes)
            stored = [record.provider for record in store.all_saved(tx).values() if record.key_source == "stored"]
        if after.storage == before.storage:
            return _commit(db, changes)
        source, target = keys.storage(before.storage), keys.storage(after.storage)
        if after.storage == "keyring" or stored:
            keys.keyring.check()
        _copy(source, target, stored)
        try:
            settings = _commit(db, changes)
        except Exception as error:
            _clear(target, stored)
            raise MigrationFailed("The change of storage could not be saved.") from error
        _clear(source, stored)
        return settings


def _commit(db: Database, changes: Mapping[str, Any]) -> Settings:
    with db.write() as tx:
        return change_settings(tx, changes)


def _copy(source: Credentials, target: Credentials, providers: list[str]) -> None:
    """Copy keys and check the copies; on a failure take back what was written."""
    texts: dict[str, str] = {}
    for provider in providers:
        text = source.read(provider)
        if text is None:
            raise SecretMissing(f"The stored API key of {provider} is gone.", hint="Delete it and save it again.")
        texts[provider] = text
    try:
        for provider, text in texts.items():
            target.write(provider, text)
        for provider, text in texts.items():
            if not hmac.compare_digest((target.read(provider) or "").encode(), text.encode()):
                raise MigrationFailed("A key read back from the new storage differs from what was written.")
    except Exception:
        _clear(target, providers)
        raise


def _clear(place: Credentials, providers: list[str]) -> None:
    for provider in providers:
        try:
            place.delete(provider)
        except DomainError as error:
            log.warning("key left behind", provider=provider, code=error.code)
