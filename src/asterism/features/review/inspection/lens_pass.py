"""One lens at work on one chunk: ask, read, judge, place (Stargazer 5.8, 5.10)."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from asterism.features.review.findings import (
    Anchor,
    Claim,
    Issue,
    Lens,
    ReviewedFile,
    Trace,
    Unanchored,
    anchor,
    anchored_lines,
    code_evidence,
    identity,
    mask,
    patches,
    redact,
)
from asterism.features.review.inspection import answers, prompts
from asterism.features.review.inspection.answers import Draft, Malformed
from asterism.features.review.inspection.asker import Asker
from asterism.features.review.inspection.chunks import Chunk
from asterism.kernel.llm import FailureKind, ModelFailure, Turn, label

Now = Callable[[], str]
"""Returns the present as a stamp."""


@dataclass(slots=True)
class ChunkResult:
    """What a lens made of a chunk: placed issues, counters of what was dropped, whether the answer was cut."""

    issues: list[Issue] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Specialist:
    """A lens with everything it needs; `names` and `paths` tell reviewed files apart in answers."""

    lens: Lens
    asker: Asker
    files: Sequence[ReviewedFile]
    chunks: int

    async def examine(self, chunk: Chunk, now: Now) -> ChunkResult:
        """Ask about one chunk. Raises ModelFailure when there is no usable answer after one reminder."""
        question = Turn("user", await asyncio.to_thread(prompts.lens_user, chunk, self.chunks))
        system = prompts.lens_system(self.lens)
        answer = await self.asker.ask(system, question, schema=prompts.ISSUES_SCHEMA)
        raw = await asyncio.to_thread(answers.issues_of, answer.text, truncated=answer.truncated)
        if raw is None:
            turns = (
                question,
                Turn("assistant", redact(answer.text[:2000]) or "(empty)"),
                Turn("user", prompts.REMINDER),
            )
            answer = await self.asker.ask(system, *turns, schema=prompts.ISSUES_SCHEMA)
            raw = await asyncio.to_thread(answers.issues_of, answer.text, truncated=answer.truncated)
        if raw is None:
            raise ModelFailure(FailureKind.OTHER, name=label(self.asker.target.provider), model=self.asker.target.model)
        return await asyncio.to_thread(self._judge, raw, chunk, answer.truncated, now)

    def _judge(self, raw: Sequence[object], chunk: Chunk, truncated: bool, now: Now) -> ChunkResult:
        result = ChunkResult(truncated=truncated)
        names = answers.by_name(self.files)
        paths = [file.path for file in self.files]
        for entry in raw:
            try:
                drafted = answers.draft(entry, self.lens, names, paths)
            except Malformed:
                result.dropped.append("malformed")
                continue
            placed = self._place(drafted, chunk, now())
            if isinstance(placed, Unanchored):
                result.dropped.append(placed.reason)
            else:
                result.issues.append(placed)
        return result

    def _place(self, drafted: Draft, chunk: Chunk, now: str) -> Issue | Unanchored:
        file = drafted.file
        claim = Claim(self.lens, drafted.title, drafted.start, drafted.end, drafted.quote)
        where = anchor(file, claim)
        if isinstance(where, Unanchored):
            return where
        title = mask(drafted.title)
        print_ = identity.fingerprint(
            file=file.path,
            category=drafted.category.value,
            rule_key=identity.rule_key("model", None, title),
            anchor=identity.anchor_text(anchored_lines(file, where)),
        )
        files = len(chunk.pieces)
        return Issue(
            id=identity.issue_id(self.lens, print_),
            severity=drafted.severity,
            category=drafted.category,
            title=title,
            file=file.path,
            line_start=where.start,
            line_end=where.end,
            rationale=mask(drafted.rationale),
            recommendation=mask(drafted.recommendation),
            suggested_patch=_patch(drafted, file),
            confidence=min(drafted.confidence, where.ceiling),
            symptom=mask(drafted.symptom),
            why_it_matters=mask(drafted.why),
            evidence=(code_evidence(file, where),),
            fix_plan=drafted.fix_plan,
            better_options=drafted.better_options,
            tests_to_add=drafted.tests_to_add,
            trace=(
                Trace(
                    step=1,
                    tool=f"lens:{self.lens.value}",
                    input_summary=f"chunk {chunk.number} of {self.chunks}, {files} {'file' if files == 1 else 'files'}",
                    output_summary=f"reported by {self.asker.target.model}",
                    timestamp=now,
                ),
                Trace(
                    step=2,
                    tool="verify",
                    input_summary=_span(file, where),
                    output_summary=where.how,
                    timestamp=now,
                ),
            ),
            lens=self.lens,
            source="model",
            fingerprint=print_,
        )


def _span(file: ReviewedFile, where: Anchor) -> str:
    return file.path if where.start is None else f"{file.path}:{where.start}-{where.end}"


def _patch(drafted: Draft, file: ReviewedFile) -> str | None:
    patch = patches.checked(drafted.patch, file)
    return None if patch is None or mask(patch) != patch else patch
