"""Looking at an installation: what a server with these settings would meet, and what to do about it.

It works beside a running server and without one, and leaves everything as it is: nothing is made, brought up to date or
mended, apart from one small object that is written to the content store and removed again.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec
import sqlalchemy as sa

from asterism.base import ids
from asterism.base.errors import DomainError, Unavailable
from asterism.base.libraries import later
from asterism.base.masks import mask, needles
from asterism.features.operations import infrastructure
from asterism.features.talk.catalogue import RUN_PROVIDERS
from asterism.kernel.blobs import ObjectMissing
from asterism.kernel.db import Database, open_database
from asterism.kernel.db.migrate import COPYING, current_revision, newest_revision, serves_this
from asterism.kernel.git import Git
from asterism.kernel.llm import provider
from asterism.kernel.sandbox import isolation_problem
from asterism.kernel.secrets import prove_keys
from asterism.server.agents import choose_agent
from asterism.server.data_folder import find_open_files, is_installation, running_address
from asterism.server.model_access import build_directory
from asterism.server.serve import check_port, reachable_address
from asterism.server.settings import Settings, is_secret
from asterism.server.stores import open_settings_blobs, settings_key_store

if TYPE_CHECKING:
    import httpx
else:
    httpx = later("httpx")

MODEL_SECONDS = 5.0
SERVER_SECONDS = 5.0
LOW_BYTES, SCARCE_BYTES = 256 * 1024 * 1024, 2 * 1024 * 1024 * 1024
LOW_FILES = 10_000
NEVER_SERVED = "No server has kept its data here yet; the first `asterism serve` makes it."
SETTINGS_HINT = "Mend it, or choose another by the settings; docs/reference/settings.md lists them."

State = Literal["ok", "warns", "fails"]


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was found about one thing; `hint` says what to do when it is not well."""

    about: str
    state: State
    text: str
    hint: str | None = None


Check = Callable[[Settings], Iterator[Finding]]


def examine(settings: Settings) -> Iterator[Finding]:
    """Yield what is found, in the order of a start. Never raises for what is wrong, and never tells a secret."""
    hidden = needles(_secrets(settings))
    for about, check in CHECKS.items():
        try:
            for found in check(settings):
                yield _masked(found, hidden)
        except DomainError as error:
            yield _masked(Finding(about, "fails", error.message, error.hint or SETTINGS_HINT), hidden)
        except (OSError, sa.exc.SQLAlchemyError, ValueError) as error:  # their words may repeat an address
            text = getattr(error, "strerror", None) or type(error).__name__
            yield Finding(about, "fails", f"It cannot be looked at: {text}.", "The server's log may say more.")


def _data_folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir
    if not is_installation(folder):
        near = next(place for place in (folder, *folder.parents) if place.exists())
        if not near.is_dir() or not os.access(near, os.W_OK | os.X_OK):
            yield Finding("data folder", "fails", f"{near} cannot be written.", "Choose another one with --data-dir.")
        else:
            yield Finding("data folder", "warns", f"{folder}: {NEVER_SERVED}", "Or name the right one with --data-dir.")
        return
    if _of_others(folder):
        yield Finding(
            "data folder",
            "fails",
            f"{folder} belongs to another user.",
            "Run this as the user that the server runs as; what depends on the folder is not looked at.",
        )
        return
    opened = find_open_files(folder)
    if opened:
        text = f"{folder}: other users may read {len(opened)} files once they are copied elsewhere."
        yield Finding("data folder", "warns", text, "`asterism fsck --repair` closes them.")
    else:
        yield Finding("data folder", "ok", str(folder))


def _database(settings: Settings) -> Iterator[Finding]:
    file = settings.sqlite_file
    if file is not None and not _is_there(file, settings):
        yield Finding("database", "warns", NEVER_SERVED)
        return
    with _opened(settings) as db:
        found, newest = current_revision(db), newest_revision()
        name = f"SQLite, {file}" if file is not None else f"PostgreSQL, {_address(settings.database)}"
        if found is None:
            yield Finding("database", "warns", f"{name}: it is empty.", "The next `asterism serve` makes the tables.")
        elif found.startswith(COPYING):
            text = f"{name}: it is a copy that was not finished."
            yield Finding("database", "fails", text, "Run `asterism db copy` again with the same target.")
        elif found < newest:
            text = f"{name}: schema {found}, this version has {newest}."
            yield Finding("database", "warns", text, "The next `asterism serve` brings it up to date.")
        elif found > newest and serves_this(db, found):
            text = f"{name}: schema {found} is of a newer version, beside which this one ({newest}) works."
            yield Finding("database", "ok", text)
        elif found > newest:
            text = f"{name}: schema {found} is of a newer version than this one ({newest})."
            yield Finding("database", "fails", text, "Install that version, or restore a backup from before it.")
        else:
            yield Finding("database", "ok", f"{name}, schema {found}")
        for problem in db.check()[:3]:
            hint = "Stop the server and restore a backup; `asterism fsck` says what can be read."
            yield Finding("database", "fails", f"{name}: {problem}", hint)


def _store(settings: Settings) -> Iterator[Finding]:
    name = "the data folder" if settings.object_store is None else _address(settings.object_store)
    own = None if settings.object_store and "://" in settings.object_store else settings.object_store or "blobs"
    if own is not None and not _is_there(settings.data_dir / own, settings):
        yield Finding("store", "warns", NEVER_SERVED)
        return
    blobs, key, content = open_settings_blobs(settings), f"doctor/{ids.ulid()}", b"written to see that it can be"
    try:
        blobs.put(key, content)
        whole = blobs.get(key) == content and b"".join(blobs.read(key, 3, 9)) == content[3:9]
        listed = any(found.key == key for found in blobs.list("doctor"))
    except ObjectMissing:
        whole = listed = False
    finally:
        with suppress(Unavailable):  # what failed before says more
            blobs.delete([key])
    if not whole:
        text = f"Content in {name} does not come back as it was written."
        yield Finding("store", "fails", text, "Look for what else writes there, or choose another store.")
    elif not listed or blobs.size(key) is not None:
        text = f"What is written to {name} is not listed, or not removed when it should be."
        yield Finding("store", "fails", text, "The store must show at once what was written and removed.")
    else:
        yield Finding("store", "ok", f"content in {name} can be written, read, listed and removed")


def _disk(settings: Settings) -> Iterator[Finding]:
    near = next(place for place in (settings.data_dir, *settings.data_dir.parents) if place.exists())
    free = shutil.disk_usage(near).free
    files = os.statvfs(near)
    text = f"{free / 1024**3:.1f} GiB free at {near}"
    state: State = "fails" if free < LOW_BYTES else "warns" if free < SCARCE_BYTES else "ok"
    if files.f_files and files.f_favail < LOW_FILES:
        state, text = "fails", f"{text}, but room for {files.f_favail} more files only"
    hint = "Free some space, or collect what nothing refers to (`POST /v1/blobs/gc`)."
    yield Finding("disk", state, text, None if state == "ok" else hint)


def _keys(settings: Settings) -> Iterator[Finding]:
    file = settings.sqlite_file
    if not _is_there(settings.data_dir, settings) or (file is not None and not _is_there(file, settings)):
        yield Finding("keys", "warns", NEVER_SERVED)
        return
    store = settings_key_store(settings)
    with _opened(settings) as db:
        ring = None if current_revision(db) is None else prove_keys(db, store)
    if ring is None:
        yield Finding("keys", "warns", "There is no master key yet.", "The first `asterism serve` makes it.")
    else:
        yield Finding("keys", "ok", f"the master key opens this database ({ring.active})")


def _resources(settings: Settings) -> Iterator[Finding]:
    """Tell of databases and folders of purged projects that their providers do not destroy (ADR 0175)."""
    file = settings.sqlite_file
    if file is not None and not _is_there(file, settings):
        return
    with _opened(settings) as db:
        if current_revision(db) != newest_revision():
            return
        with db.read() as tx:
            left = infrastructure.stubborn(tx)
    if left:
        shown = ", ".join(f"{one.provider} {one.type} {one.provider_resource_id}" for one in left[:3])
        text = f"{len(left)} of deleted projects could not be destroyed: {shown}{', …' if len(left) > 3 else ''}"
        yield Finding("resources", "warns", text, "The log names why. The server goes on trying.")


def _address_to_listen(settings: Settings) -> Iterator[Finding]:
    running = running_address(settings.data_dir) if is_installation(settings.data_dir) else None
    if running is None:
        check_port(settings.host, settings.port)
        yield Finding("server", "ok", f"none is running; {reachable_address(settings)} is free for one")
        return
    try:
        answer = httpx.get(f"{running}/health", timeout=SERVER_SECONDS, trust_env=False)
        well = answer.status_code == 200
    except httpx.HTTPError:
        well = False
    if well:
        yield Finding("server", "ok", f"running at {running}")
    else:
        text = f"A server holds the data folder, but does not answer at {running}."
        yield Finding("server", "fails", text, "Its log may say why; stop it and start it anew.")


def _git(_settings: Settings) -> Iterator[Finding]:
    git = Git()
    try:
        yield Finding("git", "ok", git.require())
    finally:
        git.close()


def _sandbox(settings: Settings) -> Iterator[Finding]:
    problem = isolation_problem(settings.sandbox)
    if problem is not None:
        hint = "Install bubblewrap, or set ASTERISM_SANDBOX=plain to run agents and apps without isolation."
        yield Finding("sandbox", "warns", f"Agents, builds and deployed apps cannot run: {problem}", hint)
    elif settings.sandbox == "plain":
        hint = "Unset ASTERISM_SANDBOX where bubblewrap is installed."
        yield Finding("sandbox", "warns", "Agents and apps run without isolation, as the settings ask.", hint)
    else:
        yield Finding("sandbox", "ok", "bubblewrap isolates agents, builds and apps")


def _agent(settings: Settings) -> Iterator[Finding]:
    chosen = choose_agent(settings)
    if chosen.problem is not None:
        hint = "Run `asterism agent install`, or set ASTERISM_AGENT=builtin."
        yield Finding("agent", "warns", f"Conversations cannot run: {chosen.problem}", hint)
    else:
        yield Finding("agent", "ok", f"conversations use {chosen.agent}")


def _models(settings: Settings) -> Iterator[Finding]:
    directory = build_directory(settings)
    names = [name for name in RUN_PROVIDERS if directory.server_key(name) or (name == "local" and directory.has_local)]
    if not names:
        hint = "docs/models.md says how; users may also bring keys of their own."
        yield Finding("models", "warns", "The server has no key of any provider.", hint)
    for name in names:
        yield _reach(name, directory.address(name), directory.server_key(name))


def _reach(name: str, address: str, key: str | None) -> Finding:
    """Ask a provider for its list of models, which costs nothing and shows whether it takes the key."""
    about, entry = f"model {name}", provider(name)
    wire = entry.wire if entry is not None else "openai"
    headers = {
        "openai": {"Authorization": f"Bearer {key}"},
        "anthropic": {"x-api-key": key or "", "anthropic-version": "2023-06-01"},
        "google": {"x-goog-api-key": key or ""},
    }[wire]
    try:
        status = httpx.get(f"{address}/models", headers=headers if key else {}, timeout=MODEL_SECONDS).status_code
    except (httpx.HTTPError, ValueError) as error:
        hint = "Look at the address, the network and the proxy of this machine."
        return Finding(about, "fails", f"{address} cannot be reached ({type(error).__name__}).", hint)
    if status in (401, 403):
        hint = f"Set ASTERISM_{name.upper().replace('-', '_')}_API_KEY to one that is valid."
        return Finding(about, "fails", f"{address} refuses the server's key ({status}).", hint)
    if status >= 400:
        text = f"{address} answers, but does not list its models (status {status})."
        return Finding(about, "warns", text, "Look at the address: it ends with the version, as /v1.")
    return Finding(about, "ok", f"{address} answers{' and takes the key' if key else ''}")


CHECKS: dict[str, Check] = {
    "data folder": _data_folder,
    "database": _database,
    "store": _store,
    "disk": _disk,
    "keys": _keys,
    "resources": _resources,
    "server": _address_to_listen,
    "git": _git,
    "sandbox": _sandbox,
    "agent": _agent,
    "models": _models,
}


def _secrets(settings: Settings) -> Iterator[str]:
    """Yield what must not be told: whole settings, and of addresses the password in them."""
    for name in settings.__struct_fields__:
        value = getattr(settings, name)
        if not isinstance(value, str) or not is_secret(name):
            continue
        if name.endswith(("_key", "_secret")):
            yield value
            continue
        credentials = value.partition("://")[2].rpartition("@")[0]
        yield from (credentials.partition(":")[2], value.partition("?")[2])


def _masked(found: Finding, hidden: tuple[str, ...]) -> Finding:
    hint = None if found.hint is None else mask(found.hint, hidden)
    return msgspec.structs.replace(found, text=mask(found.text, hidden), hint=hint)


def _address(value: str) -> str:
    """Return an address without user, password and options."""
    scheme, sign, rest = value.partition("?")[0].partition("://")
    return f"{scheme}{sign}{rest.rpartition('@')[2]}"


def _of_others(folder: Path) -> bool:
    return os.name == "posix" and folder.stat().st_uid != os.geteuid()


@contextmanager
def _opened(settings: Settings) -> Iterator[Database]:
    db = open_database(settings.database)
    try:
        yield db
    finally:
        db.close()


def _is_there(path: Path, settings: Settings) -> bool:
    """Say whether something exists that may be looked at: as another user we would leave files in the server's way."""
    folder = settings.data_dir
    return path.exists() and is_installation(folder) and not _of_others(folder)
