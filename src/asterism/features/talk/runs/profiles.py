"""Modes are profiles (Starbot 7.1)."""

from collections.abc import Mapping
from dataclasses import dataclass

from asterism.features.talk.catalogue import ModelSpec, Tier
from asterism.features.talk.runs.models import Mode
from asterism.kernel.llm import Limits, Reasoning

RESERVE = 512  # tokens of the model's window that nobody plans with
SMALL_SHARE = 4  # a model answers at most with this fraction of its window


@dataclass(frozen=True, slots=True)
class Profile:
    """What a mode means. `excerpts` are the k of workspace and project scope, `memory_chunks` those of the project's
    and the workspace's memory.
    """

    tier: Tier
    budget: int
    max_output: int
    reasoning: Reasoning
    reasoning_allowance: int
    excerpts: tuple[int, int]
    memory_chunks: tuple[int, int]
    foreign_chunks: int
    tool_rounds: int
    limits: Limits
    style: str


PROFILES: Mapping[Mode, Profile] = {
    "quick": Profile(
        "fast", 8_000, 1_024, "lowest", 0, (2, 4), (3, 2), 1, 0, Limits(30, 60, 120),
        "Give the answer first, briefly and without preamble.",
    ),
    "standard": Profile(
        "balanced", 16_000, 4_096, "default", 4_096, (5, 8), (5, 3), 3, 4, Limits(60, 60, 300),
        "Be balanced: direct, with steps where they help.",
    ),
    "deep": Profile(
        "best", 32_000, 8_192, "high", 16_384, (8, 12), (8, 5), 5, 8, Limits(240, 60, 900),
        "Be thorough: give reasons, edge cases, alternatives, and say what you checked.",
    ),
}  # fmt: skip


def max_output(profile: Profile, spec: ModelSpec) -> int:
    """Return the longest answer to ask for, the allowance for reasoning included where the model reasons."""
    share = spec.context_window // SMALL_SHARE
    answer = min(profile.max_output, spec.max_output_tokens, share)
    extra = profile.reasoning_allowance if spec.reasoning else 0
    return min(answer + extra, spec.max_output_tokens, share)


def window_limit(profile: Profile, spec: ModelSpec) -> int:
    """Return how much input the model takes beside the longest answer."""
    return spec.context_window - max_output(profile, spec) - RESERVE


def input_budget(profile: Profile, spec: ModelSpec) -> int:
    """Return B: the mode's budget, lowered for small models."""
    return min(profile.budget, window_limit(profile, spec))
