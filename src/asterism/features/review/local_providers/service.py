"""Use cases of providers and keys.

What touches a key storage takes the `Database` and opens its own transactions, because a keyring can be slow and must
not hold one open. All of them block; on an event loop run them in a thread.
"""

import contextlib
from dataclasses import replace
from unicodedata import category

import structlog

from asterism.base.errors import DomainError
from asterism.features.review.local_providers import store
from asterism.features.review.local_providers.errors import (
    BadChoice,
    KeyMissing,
    NoProvider,
    NotUsable,
    SecretMissing,
    UnknownProvider,
)
from asterism.features.review.local_providers.keys import KeyPlaces
from asterism.features.review.local_providers.models import (
    DOCUMENTED,
    KNOWN,
    LONGEST_KEY,
    LONGEST_MODEL,
    ActiveProvider,
    ProviderStatus,
    Saved,
    listed,
)
from asterism.features.review.local_settings import Storage, read_settings
from asterism.kernel.credentials import Credentials
from asterism.kernel.db import Database, Tx
from asterism.kernel.llm import PROVIDERS, BadBaseUrl, Target, base_url

log = structlog.get_logger("asterism.keys")
CHOOSE = "Name one: `asterism providers use {provider} --model MODEL`, or in the provider's settings."


def list_providers(tx: Tx, keys: KeyPlaces, *, everything: bool = False) -> list[ProviderStatus]:
    """Return the providers to show, in their fixed order. Never touches a key storage."""
    records = store.all_saved(tx)
    statuses = [_status(keys, records.get(name, Saved(name))) for name in KNOWN]
    return listed(statuses, everything=everything, view=keys.view)


def active_provider(tx: Tx, keys: KeyPlaces) -> ActiveProvider | None:
    """Return the active provider as the app is told about it: an extension is hidden in the documented view."""
    record = store.active(tx)
    if record is None or (keys.view == "documented" and record.provider not in DOCUMENTED):
        return None
    configured = keys.has_key(record) or not PROVIDERS[record.provider].needs_key
    return ActiveProvider(record.provider, record.model, configured)


def save_key(db: Database, keys: KeyPlaces, *, provider: str, key: str | None, model: str | None) -> None:
    """Save a provider's key (or the reference that `key` names), make it the active one, keep or change its model.

    Raises BadChoice for an unknown provider or an unusable key or model, SecretMissing for a reference to a variable
    that is not set, and the errors of the key storage.
    """
    if provider not in KNOWN:
        raise BadChoice("provider: is not a known provider")
    key = None if key is None else key.strip()
    _check(provider, key, model)
    variable = keys.variable(provider, key) if key is not None else None
    if variable is not None and keys.referenced(variable) is None:
        raise SecretMissing(f"The environment variable {variable} is not set for this server.")
    with keys.lock:
        with db.read() as tx:
            before = store.saved(tx, provider)
            place = keys.storage(read_settings(tx).storage)
        record = replace(before, model=model or before.model)
        if variable is not None:
            _record(db, replace(record, key_source="environment", variable=variable))
            if before.key_source == "stored":
                _drop(place, provider)
        elif key is not None:
            _write(keys, place, provider, key, before, db, replace(record, key_source="stored", variable=None))
        else:
            _record(db, record)


def activate(tx: Tx, provider: str, model: str | None) -> ActiveProvider:
    """Make a provider the active one; without `model` it keeps its own. Raises UnknownProvider, BadChoice."""
    require_known(provider)
    _check(provider, None, model, key_needed=False)
    record = store.saved(tx, provider)
    chosen = store.activate(tx, replace(record, model=model or record.model))
    return ActiveProvider(chosen.provider, chosen.model, configured=True)


def forget_provider(db: Database, keys: KeyPlaces, provider: str) -> bool:
    """Clear key, model and active flag; return whether there was anything. Raises UnknownProvider and key errors.

    When the key cannot be deleted nothing changes.
    """
    require_known(provider)
    with keys.lock:
        with db.read() as tx:
            record = store.saved(tx, provider)
            place = keys.storage(read_settings(tx).storage)
        if record.key_source == "stored":
            place.delete(provider)
        with db.write() as tx:
            return store.delete(tx, provider)


def forget_active(db: Database, keys: KeyPlaces) -> None:
    """Do `forget_provider` for the active provider. Raises NoProvider."""
    with keys.lock:
        with db.read() as tx:
            active = active_provider(tx, keys)
        if active is None:
            raise NoProvider
        forget_provider(db, keys, active.provider)


def find_model(db: Database, keys: KeyPlaces) -> Target:
    """Return how to call the active provider's model.

    Raises NoProvider, KeyMissing (also when the storage does not give the key) or NotUsable.
    """
    with db.read() as tx:
        record, storage = store.active(tx), read_settings(tx).storage
    if record is None:
        raise NoProvider
    return _target(keys, record, storage)


def require_usable(db: Database, keys: KeyPlaces, provider: str, model: str | None) -> None:
    """Raise what `find_model` would once this provider were active; without `model` it keeps its own."""
    require_known(provider)
    with db.read() as tx:
        record, storage = store.saved(tx, provider), read_settings(tx).storage
    _target(keys, replace(record, model=model or record.model), storage)


def _target(keys: KeyPlaces, record: Saved, storage: Storage) -> Target:
    entry = PROVIDERS[record.provider]
    key = keys.referenced(record.variable)
    if record.key_source == "stored":
        with contextlib.suppress(DomainError):
            key = keys.storage(storage).read(record.provider)
    if key is None and entry.needs_key:
        raise KeyMissing(entry.label)
    model = record.model or entry.default_model
    if model is None:
        raise NotUsable(f"No model is chosen for {entry.label}.", hint=CHOOSE.format(provider=record.provider))
    try:
        address = base_url(record.provider, keys.base_urls)
    except BadBaseUrl as error:
        raise NotUsable(error.message, hint=error.hint) from error
    return Target(record.provider, model, address, key)


def require_known(provider: str) -> None:
    """Raise UnknownProvider unless the id is one of the seven."""
    if provider not in KNOWN:
        raise UnknownProvider("There is no provider of that id.")


def _record(db: Database, record: Saved) -> None:
    with db.write() as tx:
        store.activate(tx, record)


def _write(
    keys: KeyPlaces, place: Credentials, provider: str, key: str, before: Saved, db: Database, record: Saved
) -> None:
    """Store a key and its record; when the record cannot be written, put the former key back."""
    if place is keys.keyring:
        place.check()
    former: str | None = None
    if before.key_source == "stored":
        with contextlib.suppress(DomainError):
            former = place.read(provider)
    place.write(provider, key)
    try:
        _record(db, record)
    except Exception:
        if former is None:
            _drop(place, provider)
        else:
            place.write(provider, former)
        raise


def _drop(place: Credentials, provider: str) -> None:
    try:
        place.delete(provider)
    except DomainError as error:
        log.warning("key left behind", provider=provider, code=error.code)


def _status(keys: KeyPlaces, record: Saved) -> ProviderStatus:
    return ProviderStatus(record.provider, keys.has_key(record), record.active, record.model)


def _check(provider: str, key: str | None, model: str | None, *, key_needed: bool = True) -> None:
    if key is None:
        if key_needed and PROVIDERS[provider].needs_key:
            raise BadChoice("apiKey: is required")
    elif not 1 <= len(key) <= LONGEST_KEY or any(category(c) == "Cc" for c in key):
        raise BadChoice(f"apiKey: must have 1 to {LONGEST_KEY} characters and no control characters")
    if model is not None and not 1 <= len(model) <= LONGEST_MODEL:
        raise BadChoice(f"model: must have 1 to {LONGEST_MODEL} characters")
