"""A syntax check by tree-sitter for languages that have no other analyzer here; beyond the contract's analyzers.

Grammars lag behind their languages, so a file is reported only when the change broke it: its old text must parse.
"""

import asyncio
from collections.abc import Iterator
from functools import lru_cache

import tree_sitter

from asterism.features.review.analyzers.models import Finding, Job
from asterism.features.review.findings import Category, Lens, ReviewedFile, Severity

_BYTES = 1 << 20
_KINDS = {
    "js": "javascript", "jsx": "javascript", "mjs": "javascript", "cjs": "javascript",
    "ts": "typescript", "mts": "typescript", "cts": "typescript", "tsx": "tsx", "go": "go",
}  # fmt: skip


class Syntax:
    """The analyzer `syntax`."""

    id = "syntax"

    def skipped(self, job: Job) -> str | None:
        """Run where there is a file in one of the languages with its whole text."""
        return None if any(_kind(file) for file in job.files) else ""

    async def run(self, job: Job) -> list[Finding]:
        """Parse every file in a worker thread."""
        return await asyncio.to_thread(lambda: [found for file in job.files for found in check(file)])


def check(file: ReviewedFile) -> Iterator[Finding]:
    """Yield the first syntax error of a file that the change introduced."""
    kind = _kind(file)
    if kind is None or file.new_text is None or len(file.new_text) > _BYTES:
        return
    problem = _first_error(kind, file.new_text)
    if problem is None:
        return
    old = file.old_text
    if file.diff.operation != "add" and (old is None or _first_error(kind, old) is not None):
        return
    line = _changed_line(file, *problem)
    if line is not None:
        yield Finding(
            source="syntax", rule_id=f"{kind}-syntax", file=file.path, start=line, end=line, lens=Lens.CORRECTNESS,
            category=Category.CORRECTNESS, severity=Severity.HIGH, confidence=0.85, title="Syntax error",
            message=f"the text does not parse as {kind}",
            rationale="The parser cannot read the file around this line.",
            why="The file cannot be compiled or loaded, so everything that needs it fails at once.",
            recommendation="Complete or correct the statement so that the file parses.",
        )  # fmt: skip


def _kind(file: ReviewedFile) -> str | None:
    return _KINDS.get(file.path.rpartition(".")[2]) if not file.deleted else None


@lru_cache(maxsize=8)
def _language(kind: str) -> tree_sitter.Language:
    import tree_sitter_go
    import tree_sitter_javascript
    import tree_sitter_typescript

    makers = {
        "javascript": tree_sitter_javascript.language,
        "typescript": tree_sitter_typescript.language_typescript,
        "tsx": tree_sitter_typescript.language_tsx,
        "go": tree_sitter_go.language,
    }
    return tree_sitter.Language(makers[kind]())


def _first_error(kind: str, text: str) -> tuple[int, int] | None:
    """Return first and last line (from 1) of the innermost first error, None when the text parses."""
    tree = tree_sitter.Parser(_language(kind)).parse(text.encode("utf-8", "replace"))
    if not tree.root_node.has_error:
        return None
    node = tree.root_node
    while True:
        inner = next((child for child in node.children if child.has_error or child.is_missing or child.is_error), None)
        if inner is None:
            return node.start_point[0] + 1, node.end_point[0] + 1
        node = inner


def _changed_line(file: ReviewedFile, first: int, last: int) -> int | None:
    """Return the added line that the error stands on, or the last one before it."""
    added = sorted(file.diff.added_numbers)
    inside = [number for number in added if first <= number <= last]
    before = [number for number in added if number <= first]
    return inside[0] if inside else before[-1] if before else None
