"""Keeping a conversation short enough: first old results go, then old turns become a cited summary. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from asterism.kernel.llm import Text, ToolCall, ToolResult, Turn, TurnPart

REMOVED = "(This result was removed to save room. Call the tool again if it is needed.)"
_SHORT = 400
_CITED = re.compile(r"\[(\d{1,4})\]")


def size(turns: Sequence[Turn]) -> int:
    """Estimate the tokens of a conversation: a quarter of its characters, a third of those that are not ASCII."""
    return sum(_size(part) for turn in turns for part in turn.content)


def _size(part: TurnPart) -> int:
    text = part.json + part.name if isinstance(part, ToolCall) else part.text
    wide = 0 if text.isascii() else sum(not char.isascii() for char in text)
    return 8 + (len(text) - wide) // 4 + wide


def pruned(turns: Sequence[Turn], keep: int) -> list[Turn]:
    """Return the conversation with long results removed that lie more than `keep` tokens back."""
    found: list[Turn] = []
    behind = 0
    for turn in reversed(turns):
        old = behind > keep and any(isinstance(part, ToolResult) for part in turn.parts)
        found.append(replace(turn, parts=tuple(_shortened(part) for part in turn.parts)) if old else turn)
        behind += size(found[-1:])
    return found[::-1]


def _shortened(part: TurnPart) -> TurnPart:
    if isinstance(part, ToolResult) and len(part.text) > _SHORT:
        return replace(part, text=REMOVED)
    return part


def divided(turns: Sequence[Turn], keep: int) -> tuple[list[Turn], list[Turn]]:
    """Divide into old turns and the newest ones of about `keep` tokens, so that no call is parted from its result."""
    behind, at = 0, len(turns)
    while at > 0 and (behind == 0 or behind + size([turns[at - 1]]) <= keep):
        at -= 1
        behind += size([turns[at]])
    while at < len(turns) and any(isinstance(part, ToolResult) for part in turns[at].content):
        at += 1
    return list(turns[:at]), list(turns[at:])


def fitting(turns: Sequence[Turn], room: int) -> list[Turn]:
    """Drop the oldest turns of plain text until the rest fits."""
    kept = list(turns)
    while kept and size(kept) > room:
        kept.pop(0)
    return kept


def passages(turns: Sequence[Turn], longest: int = 4000) -> list[str]:
    """Write each turn as a numbered passage, for the model that summarises."""
    return [f"[{number}] {'; '.join(_said(turn, longest))}" for number, turn in enumerate(turns, 1)]


def _said(turn: Turn, longest: int) -> Iterator[str]:
    for part in turn.content:
        if isinstance(part, ToolCall):
            yield f"called {part.name} with {part.json[:longest]}"
        elif isinstance(part, ToolResult):
            yield f"{'error' if part.error else 'result'}: {part.text[:longest]}"
        elif isinstance(part, Text):
            yield f"{turn.role}: {part.text[:longest]}"


def cited(summary: str, turns: Sequence[Turn]) -> str:
    """Return a summary with its sources: citations of passages that there are, and what those passages are.

    A number that is no passage is taken out: models invent them.
    """
    used: set[int] = set()

    def keep(match: re.Match[str]) -> str:
        number = int(match[1])
        if not 1 <= number <= len(turns):
            return ""
        used.add(number)
        return match[0]

    text = _CITED.sub(keep, summary)
    sources = [f"[{number}] {_source(turns[number - 1])}" for number in sorted(used)]
    return text + ("\n\nSources:\n" + "\n".join(sources) if sources else "")


def _source(turn: Turn) -> str:
    calls = ", ".join(f"{call.name} {call.json[:80]}" for call in turn.calls)
    text = " ".join(" ".join(part.text for part in turn.content if isinstance(part, Text | ToolResult)).split())[:80]
    return f"{turn.role}: {calls or text}"
