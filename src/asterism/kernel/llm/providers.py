"""Who can be asked: the providers, their addresses and wire formats (Stargazer 1.2, Starbot 7.2).

One registry serves all three contracts. `google` is another name for `gemini`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from asterism.base.errors import Invalid
from asterism.base.hosts import is_loopback

Wire = Literal["openai", "anthropic", "google"]


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider. `default_base_url` includes the version path; `env_names` may hold its key."""

    id: str
    label: str
    wire: Wire
    default_base_url: str
    env_names: tuple[str, ...]
    default_model: str | None = None
    needs_key: bool = True


_GEMINI = "https://generativelanguage.googleapis.com/v1beta"

PROVIDERS: Mapping[str, Provider] = {
    entry.id: entry
    for entry in (
        Provider(
            "gemini", "Google Gemini", "google", _GEMINI, ("GOOGLE_API_KEY", "GEMINI_API_KEY"), "gemini-2.5-flash"
        ),
        Provider("zai", "Z.ai", "openai", "https://api.z.ai/api/paas/v4", ("ZAI_API_KEY",), "glm-4.7"),
        Provider(
            "zai-coding", "Z.ai Coding", "openai", "https://api.z.ai/api/coding/paas/v4", ("ZAI_API_KEY",), "glm-4.7"
        ),
        Provider("openrouter", "OpenRouter", "openai", "https://openrouter.ai/api/v1", ("OPENROUTER_API_KEY",)),
        Provider("openai", "OpenAI", "openai", "https://api.openai.com/v1", ("OPENAI_API_KEY",)),
        Provider("anthropic", "Anthropic", "anthropic", "https://api.anthropic.com/v1", ("ANTHROPIC_API_KEY",)),
        Provider("groq", "Groq", "openai", "https://api.groq.com/openai/v1", ("GROQ_API_KEY",)),
        Provider("mistral", "Mistral", "openai", "https://api.mistral.ai/v1", ("MISTRAL_API_KEY",)),
        Provider(
            "local",
            "your local model server",
            "openai",
            "http://127.0.0.1:11434/v1",
            ("ASTERISM_LOCAL_API_KEY",),
            needs_key=False,
        ),
    )
}

_ALIASES = {"google": "gemini"}


class BadBaseUrl(Invalid):
    """A configured base URL is no http(s) address, or would send a key in clear over a network."""

    code = "INVALID_BASE_URL"


def provider(name: str) -> Provider | None:
    """Return the provider of that id or alias, None when there is none."""
    return PROVIDERS.get(_ALIASES.get(name, name))


def label(name: str) -> str:
    """Return what messages call a provider: its label, or the name itself when it is none of ours."""
    entry = provider(name)
    return entry.label if entry is not None else name


def base_url(name: str, configured: Mapping[str, str]) -> str:
    """Return where a provider is reached, without a trailing slash.

    `configured` maps provider ids (aliases too) to addresses from the settings. Raises BadBaseUrl when the address is
    not https; plain http is accepted for loopback hosts, and for `local` on any host.
    """
    entry = PROVIDERS[_ALIASES.get(name, name)]
    names = [entry.id, *(alias for alias, target in _ALIASES.items() if target == entry.id)]
    url = next((configured[n] for n in names if configured.get(n)), entry.default_base_url).rstrip("/")
    parts = urlsplit(url)
    secure = parts.scheme == "https" or (
        parts.scheme == "http" and (entry.id == "local" or is_loopback(parts.hostname or ""))
    )
    if not secure or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise BadBaseUrl(
            f"The base URL configured for {entry.id} is not usable.",
            hint="Use https://HOST/PATH; plain http works for loopback addresses and for the provider `local`.",
        )
    return url
