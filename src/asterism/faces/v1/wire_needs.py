"""What an app needs, as it is written (Fastest 10.4)."""

from collections.abc import Sequence
from typing import Literal, Self

import msgspec
from msgspec import UNSET, UnsetType

from asterism.features.operations import detection


class DatabaseNeed(msgspec.Struct, rename="camel"):
    """A database that the app connects to, and the variable with its address."""

    type: str
    env_var: str


class Requirements(msgspec.Struct, rename="camel"):
    """What the app needs. Commands are texts for a shell in the folder `root`, with PORT set."""

    runtime: str | None
    runtime_version: str | None
    framework: str | None
    databases: list[DatabaseNeed]
    is_edge_compatible: bool
    needs_storage: bool
    build_command: str | None
    start_command: str | None
    package_manager: str | None
    install_command: str | None
    output_directory: str | None
    root: str

    @classmethod
    def of(cls, found: detection.Requirements) -> Self:
        """Write requirements."""
        recipe = found.recipe
        return cls(
            runtime=found.runtime,
            runtime_version=recipe.version,
            framework=found.framework,
            databases=[DatabaseNeed(one.value, found.variable_of(one)) for one in found.databases],
            is_edge_compatible=found.is_edge_compatible,
            needs_storage=found.needs_storage,
            build_command=recipe.build,
            start_command=recipe.start,
            package_manager=recipe.package_manager,
            install_command=recipe.install,
            output_directory=recipe.output,
            root=found.root,
        )


class SuggestedResource(msgspec.Struct, kw_only=True):
    """A resource to have; `provider` is who would provide it today, null when nobody can yet."""

    type: str
    provider: str | None
    provider_candidates: Sequence[str]
    name: str
    env_var: str | UnsetType = msgspec.field(name="envVar", default=UNSET)

    @classmethod
    def of(cls, found: detection.Suggestion) -> Self:
        """Write a suggestion."""
        return cls(
            type=found.type,
            provider=found.provider,
            provider_candidates=found.candidates,
            name=found.name,
            env_var=UNSET if found.env_var is None else found.env_var,
        )


class Signal(msgspec.Struct):
    """A rule that matched, with its weight."""

    id: str
    confidence: float
    reason: str


class HowFound(msgspec.Struct):
    """How sure it is and why; `roots` are folders that look like apps of their own."""

    confidence: float
    reasons: list[str]
    signals: list[Signal]
    source: Literal["rules", "rules+llm"]
    roots: Sequence[str]

    @classmethod
    def of(cls, found: detection.Detection) -> Self:
        """Write how requirements were found."""
        signals = [Signal(one.id, one.confidence, one.reason) for one in found.signals]
        source: Literal["rules", "rules+llm"] = "rules+llm" if found.by_model else "rules"
        return cls(found.confidence, detection.reasons(found.signals), signals, source, found.roots)


class Needs(msgspec.Struct):
    """What the tree needs, which resources would serve it, and how that was found."""

    requirements: Requirements
    suggested_resources: list[SuggestedResource]
    detection: HowFound
