"""Providers as the local app knows them (Stargazer 1.2, 1.3). Who they are is registered in `kernel.llm`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

DOCUMENTED = ("gemini", "zai", "zai-coding", "openrouter")
EXTENSIONS = ("openai", "anthropic", "local")
KNOWN = DOCUMENTED + EXTENSIONS

LONGEST_KEY = 8192
LONGEST_MODEL = 200

KeySource = Literal["stored", "environment"]
View = Literal["auto", "documented"]


@dataclass(frozen=True, slots=True)
class Saved:
    """What is recorded about one provider. `variable` names the environment variable of a referenced key."""

    provider: str
    model: str | None = None
    active: bool = False
    key_source: KeySource | None = None
    variable: str | None = None


@dataclass(frozen=True, slots=True)
class ProviderStatus:
    """One line of the list of providers."""

    provider: str
    has_key: bool
    active: bool
    model: str | None = None


@dataclass(frozen=True, slots=True)
class ActiveProvider:
    """The provider in use; `configured` when it has a key or needs none."""

    provider: str
    model: str | None
    configured: bool


def listed(statuses: Sequence[ProviderStatus], *, everything: bool, view: View) -> list[ProviderStatus]:
    """Return the entries to show: the documented four, then extensions that are in use or asked for."""
    return [
        status
        for status in statuses
        if status.provider in DOCUMENTED or (view == "auto" and (everything or status.has_key or status.active))
    ]
