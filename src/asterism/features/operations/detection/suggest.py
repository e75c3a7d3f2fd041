"""Which resources an app would want, and who can provide them (Fastest 10.1, 10.4)."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Final

from asterism.features.operations.detection.models import Requirements, Runtime

_CLOUDFLARE: Final = frozenset({"compute:edge", "storage:blob"})
_RAILWAY: Final = frozenset({"compute", "database:postgres", "database:redis"})
_ORDER: Final = ("cloudflare", "railway", "local")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A resource to have; `provider` is who would provide it today, None when nobody can yet."""

    type: str
    provider: str | None
    candidates: tuple[str, ...]
    name: str
    env_var: str | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be had: providers with credentials, types that this machine can make, providers in use by type."""

    credentials: Set[str] = frozenset()
    local_types: Set[str] = frozenset()
    in_use: Mapping[str, str] | None = None


def suggest(requirements: Requirements, offer: Offer) -> list[Suggestion]:
    """Return a resource for compute, each database and storage; a type that nobody offers is left out."""
    wanted: list[tuple[str, str, str | None]] = []
    edge = requirements.is_edge_compatible and "cloudflare" in offer.credentials
    if edge or requirements.runtime is not None:  # a Worker may be all source, with no file that names a runtime
        wanted.append(("compute:edge" if edge else "compute", "app", None))
    wanted += [(f"database:{one}", one.value, requirements.variable_of(one)) for one in requirements.databases]
    if requirements.needs_storage:
        wanted.append(("storage:blob", "storage", None))
    made = []
    for kind, name, env_var in wanted:
        usable = usable_providers(kind, requirements.runtime, offer)
        candidates = _supporting(kind, requirements.runtime)
        if candidates:
            ordered = (*usable, *(one for one in candidates if one not in usable))
            made.append(Suggestion(kind, usable[0] if usable else None, ordered, name, env_var))
    return made


def usable_providers(kind: str, runtime: Runtime | None, offer: Offer) -> tuple[str, ...]:
    """Return who can provide a type right now, the one to take first.

    Who provides the type already goes before who has credentials, and `local` comes last.
    """
    found = [one for one in _supporting(kind, runtime) if one in offer.credentials or _local_can(one, kind, offer)]
    current = (offer.in_use or {}).get(kind)
    return tuple(sorted(found, key=lambda one: (one != current, _ORDER.index(one))))


def _supporting(kind: str, runtime: Runtime | None) -> tuple[str, ...]:
    local = (
        kind in {"compute", "storage:blob"}
        or kind.startswith("database:")
        or (kind == "compute:edge" and runtime in {Runtime.STATIC, Runtime.NODE})
    )
    supports = {"cloudflare": kind in _CLOUDFLARE, "railway": kind in _RAILWAY, "local": local}
    return tuple(provider for provider in _ORDER if supports[provider])


def _local_can(provider: str, kind: str, offer: Offer) -> bool:
    if provider != "local":
        return False
    return not kind.startswith("database:") or kind in offer.local_types
