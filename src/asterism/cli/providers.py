"""`asterism providers`: which models reviews and chats use, with or without a running server."""

import asyncio
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer

from asterism.base.errors import DomainError, Invalid
from asterism.cli.local import DataDir, local_database
from asterism.cli.options import AsJson, verb_app
from asterism.cli.output import command, emit, say, show
from asterism.features.accounts import apikeys, identity
from asterism.features.review import local_providers
from asterism.features.talk import catalogue
from asterism.kernel.db import Database
from asterism.kernel.llm import PROVIDERS, Limits, ModelFailure, PydanticModels, Request, Target, Turn, provider
from asterism.kernel.secrets import EnvelopeSecrets, check_keys
from asterism.server.data_folder import running_address
from asterism.server.model_access import build_directory, key_places
from asterism.server.schema import declare_tables
from asterism.server.settings import Settings
from asterism.server.stores import settings_key_store

app = verb_app("Choose the models that reviews and chats use.")
Name = Annotated[str, typer.Argument(metavar="PROVIDER", help="gemini, openai, anthropic, local …; see `list`.")]
Side = Annotated[
    Literal["reviews", "chats", "both"], typer.Option("--for", help="Reviews (/api), chats (/v1), or both.")
]
Model = Annotated[
    str | None, typer.Option(metavar="MODEL", help="The model's name; default: the provider's usual one.")
]
QUESTION = "Answer with the single word: ready"
SECONDS = 60.0


@dataclass(frozen=True)
class _Place:
    """What the commands work on: the data folder's database, its keys, and the owner of the installation."""

    settings: Settings
    db: Database
    secrets: EnvelopeSecrets
    keys: local_providers.KeyPlaces
    directory: catalogue.ModelDirectory
    owner: str


@contextmanager
def _opened(data_dir: Path | None, *, make: bool = False) -> Iterator[_Place]:
    declare_tables()
    with local_database(data_dir, make=make) as (settings, db):
        store = settings_key_store(settings)
        check_keys(db, store)
        secrets = EnvelopeSecrets(store)
        with db.write() as tx:
            identity.ensure_owner(tx, settings.owner_email)
            owner = identity.find_user(tx, None).id
        yield _Place(settings, db, secrets, key_places(settings, secrets), build_directory(settings), owner)


@app.callback(no_args_is_help=True)
def group() -> None:
    """Choose the models that reviews and chats use."""


@app.command("list")
def list_all(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the providers: whether reviews use one, and whose key chats would use, by the settings of this shell."""
    with command(as_json=as_json), _opened(data_dir) as place:
        rows = _rows(place)
        _tell_whose_settings(place.settings)
    if as_json:
        emit({"providers": rows})
        return
    for row in rows:
        chats = f"chats: {row['chats']}" if row["chats"] != "unknown" else "chats: not offered"
        reviews = f"reviews: {row['reviews']}" if row["reviews"] != "unknown" else "reviews: not offered"
        model = f" ({row['model']})" if row["model"] else ""
        show(f"{row['provider']:<12} {reviews + model:<42} {chats}")
    if not any(row["reviews"] == "in use" for row in rows):
        say("hint: `asterism providers set PROVIDER` saves a key and chooses the provider for reviews.")


@app.command("set")
def save(
    name: Name, model: Model = None, side: Side = "both", data_dir: DataDir = None, as_json: AsJson = False
) -> None:
    """Save a provider's key and use it. The key is asked for, or read from standard input; it is never an argument."""
    with command(as_json=as_json), _opened(data_dir, make=True) as place:
        known = _known(name)
        key = _read_key(known) if PROVIDERS[known].needs_key else None
        done = []
        if side != "chats" and known in local_providers.KNOWN:
            local_providers.save_key(place.db, place.keys, provider=known, key=key, model=model)
            done.append("reviews")
        if side != "reviews" and (chat_name := _chat_name(known)) in apikeys.KEY_NAMES and key is not None:
            with place.db.write() as tx:
                apikeys.set_key(tx, place.secrets, place.owner, provider=chat_name, value=key)
            done.append("chats")
        if not done:
            raise Invalid(f"{PROVIDERS[known].label} is not offered for {side}.", hint=_hint(known))
    _tell(as_json, {"provider": known, "saved_for": done}, f"{PROVIDERS[known].label} is set for {' and '.join(done)}.")
    if known == "local" and side != "reviews":
        say("hint: " + _hint(known))


@app.command()
def use(name: Name, model: Model = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Let reviews use a provider whose key is saved already, or another of its models."""
    with command(as_json=as_json), _opened(data_dir) as place:
        known = _known(name)
        local_providers.require_usable(place.db, place.keys, known, model)
        with place.db.write() as tx:
            active = local_providers.activate(tx, known, model)
    shown = active.model or PROVIDERS[known].default_model
    _tell(as_json, {"provider": known, "model": shown}, f"Reviews use {PROVIDERS[known].label}, model {shown}.")


@app.command("test")
def try_out(side: Side = "both", data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Ask the models of reviews and chats one short question each, by the settings of this shell.

    Exits with 1 when one does not answer.
    """
    with command(as_json=as_json), _opened(data_dir) as place:
        _tell_whose_settings(place.settings)
        results = [_tried(place, one) for one in ("reviews", "chats") if side in {one, "both"}]
    if as_json:
        emit({"tests": results})
    else:
        for result in results:
            show(f"{result['for']:<8} {'ok' if result['ok'] else 'failed'}: {result['message']}")
    if not all(result["ok"] for result in results):
        sys.exit(1)


def _tell_whose_settings(settings: Settings) -> None:
    """Say that a running server may have been started with other settings than those of this shell."""
    if url := running_address(settings.data_dir):
        say(f"the server at {url} may have other settings than this shell, such as keys in its environment")


def _rows(place: _Place) -> list[dict[str, str | None]]:
    with place.db.read() as tx:
        reviews = {one.provider: one for one in local_providers.list_providers(tx, place.keys, everything=True)}
        chats = catalogue.usable_providers(tx, place.secrets, place.directory, place.owner)
    rows: list[dict[str, str | None]] = []
    for name, entry in PROVIDERS.items():
        found, chat_name = reviews.get(name), _chat_name(name)
        state = "unknown" if found is None else "in use" if found.active else "key saved" if found.has_key else "no key"
        offered = chat_name in catalogue.RUN_PROVIDERS
        source = {"user": "your key", "server": "the server's"}.get(chats.get(chat_name, ""), "no key")
        model = (found.model or entry.default_model) if found is not None and found.active else None
        rows.append({"provider": name, "reviews": state, "model": model, "chats": source if offered else "unknown"})
    return rows


def _tried(place: _Place, side: str) -> dict[str, str | bool | None]:
    """Ask the model of one side."""
    try:
        target = _target(place, side)
        started = time.monotonic()
        asyncio.run(_asked(target))
    except (DomainError, ModelFailure) as error:
        return {"for": side, "ok": False, "message": f"{error.message} {error.hint or ''}".strip(), "model": None}
    label = PROVIDERS[_known(target.provider)].label
    seconds = time.monotonic() - started
    return {"for": side, "ok": True, "message": f"{label}, {target.model}, {seconds:.1f} s", "model": target.model}


def _target(place: _Place, side: str) -> Target:
    if side == "reviews":
        return local_providers.find_model(place.db, place.keys)
    with place.db.read() as tx:
        return catalogue.choose(tx, place.secrets, place.directory, place.owner, tier="balanced").target


async def _asked(target: Target) -> None:
    models = PydanticModels()
    try:
        limits = Limits(first_token=SECONDS, gap=SECONDS, total=SECONDS)
        await models.complete(Request(target, (Turn("user", QUESTION),), max_output_tokens=512, limits=limits))
    finally:
        await models.stop()


def _known(name: str) -> str:
    """Return a provider's id for a name or alias. Raises Invalid that lists the legal ones."""
    entry = provider(name)
    if entry is None:
        raise Invalid(f"There is no provider {name!r}.", hint=f"Providers: {', '.join(PROVIDERS)}.")
    return entry.id


def _chat_name(known: str) -> str:
    """Return what chats call a provider."""
    return "google" if known == "gemini" else known


def _hint(known: str) -> str:
    if known == "local":
        return "For chats, set ASTERISM_LOCAL_BASE_URL and ASTERISM_LOCAL_MODEL where the server runs."
    return f"Reviews: {', '.join(local_providers.KNOWN)}. Chats: {', '.join(catalogue.RUN_PROVIDERS)}."


def _read_key(known: str) -> str:
    if sys.stdin.isatty():
        return str(typer.prompt(f"API key of {PROVIDERS[known].label}", hide_input=True, err=True))
    key = sys.stdin.readline().strip()
    if not key:
        raise Invalid("There is no key on standard input.", hint=f"Try: asterism providers set {known} < key.txt")
    return key


def _tell(as_json: bool, result: dict[str, object], text: str) -> None:
    if as_json:
        emit(result)
    else:
        show(text)
