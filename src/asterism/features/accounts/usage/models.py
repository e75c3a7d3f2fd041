"""Records of use and their sums."""

from dataclasses import dataclass
from typing import Literal

GroupBy = Literal["day", "model", "project", "chat"]
MAX_DAYS = 366


@dataclass(frozen=True, slots=True)
class RunUsage:
    """What one run used. `cost_micros` is in millionths of a dollar, None when the model has no known price."""

    run_id: str
    user_id: str
    project_id: str
    chat_id: str
    model: str
    ended_at: str
    input_tokens: int
    output_tokens: int
    cached_input_tokens: int
    reasoning_tokens: int
    cost_micros: int | None


@dataclass(frozen=True, slots=True)
class Spent:
    """A sum over runs; `cost_micros` is over the priced ones, None when there is none."""

    runs: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_input_tokens: int = 0
    reasoning_tokens: int = 0
    cost_micros: int | None = None
    unpriced_runs: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """The sum of one day, model, project or chat."""

    key: str
    spent: Spent
