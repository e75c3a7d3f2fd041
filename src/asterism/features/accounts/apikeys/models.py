"""Provider keys and how much of them is shown."""

from dataclasses import dataclass

# provider -> the environment variable in which its own tools expect the key
KEY_NAMES = {
    "anthropic": "ANTHROPIC_API_KEY",
    "openai": "OPENAI_API_KEY",
    "google": "GOOGLE_GENERATIVE_AI_API_KEY",
    "azure": "AZURE_OPENAI_API_KEY",
    "aws": "AWS_ACCESS_KEY_ID",
    "groq": "GROQ_API_KEY",
    "mistral": "MISTRAL_API_KEY",
}
DOT = "\u2022"
SHOW_FROM = 12  # a shorter key would be mostly shown by its last four characters


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A stored key as its owner may see it: `masked`, never the key."""

    id: str
    user_id: str
    provider: str
    masked: str
    created_at: str
    updated_at: str

    @property
    def key_name(self) -> str:
        """The environment variable of the provider."""
        return KEY_NAMES[self.provider]


def mask(value: str | None) -> str:
    """Return 20 dots and the last four characters; four dots for a short or unreadable (None) key."""
    if value is None or len(value) < SHOW_FROM:
        return DOT * 4
    return DOT * 20 + value[-4:]
