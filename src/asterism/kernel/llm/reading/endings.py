"""Why an answer ended, in the words of many providers.

Compared in lower case with `_` between words, so that `MAX_TOKENS`, `maxTokens` and `max tokens` are one. A word that
is not listed is a regular end: providers invent words, and the text has come.
"""

import re
from enum import Enum
from typing import Any


class Ending(Enum):
    """What the words come down to."""

    END = "end"
    MAX_TOKENS = "max_tokens"
    FILTERED = "filtered"
    BROKEN = "broken"


_WORDS = {
    Ending.MAX_TOKENS: (
        "length max_tokens model_length max_output_tokens max_completion_tokens max_new_tokens max_length token_limit "
        "length_limit output_limit truncated incomplete context_length context_length_exceeded context_window_exceeded "
        "model_context_window_exceeded"
    ),
    Ending.FILTERED: (
        "content_filter content_filtered content_filtering filtered filter sensitive safety recitation refusal refused "
        "blocklist blocked prohibited_content spii image_safety image_prohibited_content image_recitation model_armor "
        "guardrail_intervened moderation content_policy content_policy_violation policy_violation censored jailbreak"
    ),
    Ending.BROKEN: (
        "network_error insufficient_system_resource insufficient_system_resources abort aborted error server_error "
        "internal_error internal_server_error unavailable overloaded overloaded_error timeout cancelled canceled "
        "interrupted connection_error malformed_function_call malformed_response unexpected_tool_call"
    ),
}
_MEANING = {word: ending for ending, words in _WORDS.items() for word in words.split()}
_NO_WORDS = frozenset({"null", "none"})


def ending_of(reason: Any) -> Ending | None:
    """Return what a finish reason means, None when it is none (yet): null, blank, the word null, not a text."""
    if not isinstance(reason, str) or not (said := reason.strip()[:100]) or said.lower() in _NO_WORDS:
        return None
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", said)
    word = re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_").removeprefix("finish_reason_")
    return _MEANING.get(word, Ending.END)
