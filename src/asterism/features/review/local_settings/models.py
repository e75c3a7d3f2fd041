"""What the owner chose for reviews and for the look of the local app (Stargazer 3.1, 3.2)."""

from dataclasses import dataclass, replace
from typing import Literal

Storage = Literal["file", "keyring"]

LENSES = ("correctness", "security", "performance", "simplicity", "tests")
THEMES = ("auto", "dark", "light", "terminal")
PROFILES = ("quick", "strict", "perf", "security")
STORAGES = ("file", "keyring")
NO_PROFILE = "default"

SEVERITIES = ("blocker", "high", "medium", "low", "nit")
SYNONYMS = {"critical": "high", "warning": "medium", "suggestion": "low", "info": "low", "nitpick": "nit"}


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings as chosen; synonyms and `default` are kept as they were sent.

    `secrets_storage` None means that nobody has chosen yet, and works like `file`.
    """

    theme: str = "auto"
    default_lenses: tuple[str, ...] = LENSES
    default_profile: str | None = None
    severity_threshold: str = "low"
    secrets_storage: Storage | None = None

    @property
    def profile(self) -> str | None:
        """The profile that reviews use, None for none."""
        return None if self.default_profile == NO_PROFILE else self.default_profile

    @property
    def minimum_severity(self) -> str:
        """The threshold in the words of `SEVERITIES`."""
        return SYNONYMS.get(self.severity_threshold, self.severity_threshold)

    @property
    def storage(self) -> Storage:
        """Where API keys are kept."""
        return self.secrets_storage or "file"

    def with_lenses(self, lenses: list[str]) -> "Settings":
        """Return settings with these lenses, in their fixed order; none means all."""
        chosen = tuple(lens for lens in LENSES if lens in lenses) or LENSES
        return replace(self, default_lenses=chosen)
