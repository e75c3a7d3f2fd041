"""The catalogue as use cases: which models a user has, in what order, and which one a run gets (Starbot 7.1, 7.2)."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from asterism.base.errors import Invalid
from asterism.features.accounts import apikeys, identity
from asterism.features.talk import catalogue
from asterism.features.talk.catalogue import ModelDirectory, ModelNotConfigured, ModelSpec, Tier, UnknownModel
from asterism.features.talk.catalogue.directory import fallbacks
from asterism.kernel.db import Database
from asterism.kernel.secrets import memory_secrets


def spec(provider: str, model: str, tier: Tier = "balanced") -> ModelSpec:
    return ModelSpec(provider=provider, model=model, label=model, tier=tier)


SPECS = (
    spec("openai", "o-best", "best"),
    spec("openai", "o-b", "balanced"),
    spec("anthropic", "a-best", "best"),
    spec("openai", "o-a", "balanced"),
    spec("openai", "o-fast", "fast"),
    spec("anthropic", "a-fast", "fast"),
    spec("nobody", "never listed"),
)
DIRECTORY = ModelDirectory(SPECS, base_urls={"local": "http://127.0.0.1:1/v1"})


class World:
    """A user without keys."""

    def __init__(self, db: Database) -> None:
        self.db, self.secrets = db, memory_secrets()
        with db.write() as tx:
            self.user = identity.add_user(tx, "ada@example.org").id

    def save(self, provider: str, key: str) -> None:
        with self.db.write() as tx:
            apikeys.set_key(tx, self.secrets, self.user, provider=provider, value=key)

    def chosen(self, directory: ModelDirectory, tier: Tier = "balanced", model: str | None = None) -> catalogue.Chosen:
        with self.db.read() as tx:
            return catalogue.choose(tx, self.secrets, directory, self.user, tier=tier, model=model)


@pytest.fixture
def world(db: Database) -> World:
    return World(db)


def test_models_are_listed_by_provider_then_tier_then_name(db: Database, world: World) -> None:
    world.save("openai", "a-key-of-openai")
    with db.read() as tx:
        listed = catalogue.list_models(tx, world.secrets, replace(DIRECTORY, local_model="demo"), world.user)
    assert [(one.spec.id, one.source) for one in listed] == [
        ("anthropic:a-fast", None),
        ("anthropic:a-best", None),
        ("local:demo", "server"),
        ("openai:o-fast", "user"),
        ("openai:o-a", "user"),
        ("openai:o-b", "user"),
        ("openai:o-best", "user"),
    ]


def test_the_users_key_wins_over_the_servers(world: World) -> None:
    directory = replace(DIRECTORY, server_keys={"openai": "servers", "anthropic": "servers"})
    world.save("openai", "users-own-key")
    assert world.chosen(directory, model="openai:o-a").target.api_key == "users-own-key"
    assert world.chosen(directory, model="anthropic:a-best").target.api_key == "servers"
    with world.db.read() as tx:
        usable = catalogue.usable_providers(tx, world.secrets, directory, world.user)
    assert usable == {"anthropic": "server", "openai": "user", "local": "server"}


@pytest.mark.parametrize(
    ("tier", "expected"), [("fast", "anthropic:a-fast"), ("balanced", "openai:o-b"), ("best", "anthropic:a-best")]
)
def test_a_tier_is_served_by_providers_in_their_order_then_as_the_catalogue_has_them(
    world: World, tier: Tier, expected: str
) -> None:
    directory = replace(DIRECTORY, server_keys={"openai": "k", "anthropic": "k"})
    assert world.chosen(directory, tier).spec.id == expected


@pytest.mark.parametrize(
    ("tier", "order"),
    [
        ("fast", ["fast", "balanced", "best"]),
        ("balanced", ["balanced", "fast", "best"]),
        ("best", ["best", "balanced", "fast"]),
    ],
)
def test_a_tier_without_a_model_falls_to_the_lower_ones_first(tier: Tier, order: list[str]) -> None:
    assert fallbacks(tier) == order


def test_the_setting_of_a_tier_comes_first_and_the_local_model_last(db: Database, world: World) -> None:
    local = replace(DIRECTORY, local_model="demo")
    assert world.chosen(local).spec.id == "local:demo", "nobody has a key"
    world.save("openai", "a-key-of-openai")
    assert world.chosen(local).spec.id == "openai:o-b"
    assert world.chosen(replace(local, tiers={"balanced": "openai:new"})).spec.id == "openai:new"
    with db.read() as tx:
        tiers: dict[str, Tier] = {"quick": "fast", "deep": "best"}
        found = catalogue.defaults(tx, world.secrets, DIRECTORY, world.user, tiers)
    assert found == {"quick": "openai:o-fast", "deep": "openai:o-best"}


def test_what_cannot_be_asked_is_refused(world: World) -> None:
    for tier in ("fast", "balanced", "best"):
        with pytest.raises(ModelNotConfigured):
            world.chosen(DIRECTORY, tier)
    with pytest.raises(ModelNotConfigured):
        world.chosen(DIRECTORY, model="openai:o-a")
    with pytest.raises(ModelNotConfigured):
        world.chosen(replace(DIRECTORY, base_urls={}), model="local:demo")
    with pytest.raises(UnknownModel):
        world.chosen(DIRECTORY, model="nobody:never listed")
    for name in ("gpt", ":gpt", "openai:", "openai: ", "openai:" + "x" * 201):
        with pytest.raises(Invalid):
            catalogue.check_name(name)
    assert catalogue.check_name("openai:" + "x" * 200) == ("openai", "x" * 200)


def test_a_price_counts_cached_tokens_at_their_own_price() -> None:
    priced = msgspec.structs.replace(SPECS[0], input_usd_per_mtok=3.0, output_usd_per_mtok=15.0)
    assert SPECS[0].cost_micros(1, 0, 1) is None
    assert priced.cost_micros(1_000, 400, 10) == 3_150
    assert msgspec.structs.replace(priced, cached_usd_per_mtok=0.5).cost_micros(1_000, 400, 10) == 2_150


def test_the_built_in_catalogue_can_be_read_and_a_broken_one_is_named(tmp_path: Path) -> None:
    assert {one.provider for one in catalogue.load_catalogue()} <= set(catalogue.RUN_PROVIDERS)
    (tmp_path / "models.json").write_text("[{}]")
    for name in ("models.json", "absent.json"):
        with pytest.raises(Invalid, match=name):
            catalogue.load_catalogue(tmp_path / name)
