"""Finding decisions without a model (Fastest 3.7). Pure, and in time that grows with the text alone."""

import re
from collections.abc import Iterator

from asterism.features.insight.decisions import Category, NewDecision
from asterism.features.insight.extraction.models import Thread

LEAST, MOST = 15, 240
MAX_RATIONALE = 1_000
MAX_TEXT = 200_000
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_DECIDES = re.compile(
    r"\b(?:we|I|let['’]s)\s+(?:\w+\s+){0,2}?(?:decided\s+to|chose|will\s+use|go\s+with|settled\s+on|agreed\s+to)\b"
    r"|\b(?:we|I)['’]ll\s+use\b|\blet['’]s\s+use\b",
    re.IGNORECASE,
)
_LABEL = re.compile(r"(?:[-*>\s]*|\*\*)Decision:(?:\*\*)?", re.IGNORECASE)
_BECAUSE = re.compile(r"\b(?:because|since|so that)\b\s*(.+)", re.IGNORECASE | re.DOTALL)
_TECH = re.compile(r"\b(?:[Uu]se|[Gg]o with)\s+(?:`[^`]+`|[A-Z]\w*)")


def find_decisions(thread: Thread) -> list[NewDecision]:
    """Return the sentences of a thread that say what was decided, in order, each once."""
    found: dict[str, NewDecision] = {}
    for line in thread.lines:
        for sentence in _sentences(line.text[:MAX_TEXT]):
            if LEAST <= len(sentence) <= MOST and (_DECIDES.search(sentence) or _LABEL.match(sentence)):
                found.setdefault(sentence, _decision(sentence, thread.conversation_id))
    return list(found.values())


def _sentences(text: str) -> Iterator[str]:
    """Yield sentences outside of code fences, with runs of white space as one space."""
    fenced = False
    kept: list[str] = []
    for line in text.split("\n"):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        kept.append("" if fenced else line)
    for sentence in _SENTENCE_END.split("\n".join(kept)):
        words = " ".join(sentence.split())
        if words and words.isprintable():
            yield words


def _decision(sentence: str, conversation_id: str | None) -> NewDecision:
    reason = _BECAUSE.search(sentence)
    rationale = reason[1].rstrip(" .!;").strip()[:MAX_RATIONALE] if reason else ""
    category: Category | None = "tech_choice" if _TECH.search(sentence) else None
    return NewDecision(sentence, rationale or None, category, conversation_id)
