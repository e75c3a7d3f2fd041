"""The older review: one streamed call over the whole change (Stargazer 9)."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import structlog

from asterism.base.clock import stamp
from asterism.features.review.findings import Lens, Severity
from asterism.features.review.inspection import (
    CALL_SECONDS,
    RETRIES,
    Asker,
    Change,
    ModelUse,
    Options,
    Piece,
    ReviewFailed,
    collection,
    prompts,
    view,
)
from asterism.features.review.local_chats import MaskedText
from asterism.features.review.reviews import frame_size, store
from asterism.features.review.reviews.events import Chunk, LegacyCause, LegacyComplete, LegacyError, LegacyEvent
from asterism.features.review.reviews.legacy_answer import read_answer
from asterism.features.review.reviews.models import LegacyRecord
from asterism.features.review.reviews.services import Services
from asterism.features.review.reviews.stages import INTERNAL, INTERRUPTED
from asterism.features.review.reviews.triage import CANCELLED
from asterism.kernel import git
from asterism.kernel.db import Tx
from asterism.kernel.llm import Delta, FailureKind, ModelFailure, Request, Target, Turn, asked
from asterism.kernel.runs import BrokenOff, Done, Ending, Stopped

DIFF_BYTES = 512 << 10
TOKENS = 16_384
CHUNK_CHARACTERS = 32 << 10
STREAM = "legacy-review/"
_log = structlog.get_logger("asterism.reviews")


@dataclass(frozen=True, slots=True)
class LegacyRequest:
    """What is to be reviewed."""

    root: Path
    staged: bool
    target: Target
    run_commands: bool = False


class LegacyReview:
    """One review as the host performs it; it goes on when its reader leaves, and cannot be joined again ([9.5])."""

    opening: Sequence[LegacyEvent] = ()

    def __init__(self, services: Services, request: LegacyRequest, review_id: str) -> None:
        self.id, self.request = review_id, request
        self._services = services
        self._created_at = stamp(services.clock.now())

    @property
    def stream(self) -> str:
        """The name of its stream."""
        return STREAM + self.id

    async def perform(self) -> LegacyRecord:
        """Ask the model and read its answer. Raises ReviewFailed, ModelFailure or TimeoutError."""
        change = await self._services.git.work(self._collect)
        async with asyncio.timeout(CALL_SECONDS):
            text = await self._ask(change)
        result = await asyncio.to_thread(read_answer, text, change)
        return LegacyRecord(
            id=self.id,
            project_path=str(self.request.root),
            created_at=self._created_at,
            staged=self.request.staged,
            branch=change.branch,
            file_count=len(change.files),
            summary=result.summary,
            issues=result.issues,
            overall_score=result.overall_score,
        )

    def finish(self, tx: Tx, ending: Ending[LegacyRecord]) -> Sequence[LegacyEvent]:
        """Save the review, where there is one; return the terminal event."""
        if not isinstance(ending, Done):
            return [failed(ending)]
        record = ending.value
        store.add_running(
            tx,
            review_id=record.id,
            kind="legacy",
            project_path=record.project_path,
            mode="staged" if record.staged else "unstaged",
            created_at=record.created_at,
        )
        store.save(tx, record.id, record, branch=record.branch, snapshot=None)
        return [LegacyComplete(frame_size.fitting_legacy(record), record.id)]

    def _collect(self) -> Change:
        options = Options("staged" if self.request.staged else "unstaged", tuple(Lens), None, Severity.NIT)
        try:
            change = collection.collect(
                self._services.git, self.request.root, options, run_commands=self.request.run_commands
            )
        except (git.NotGitRepo, git.GitNotFound) as error:
            raise ReviewFailed("AI_ERROR", error.message) from error
        check_size(change.diff_bytes)
        return change

    async def _ask(self, change: Change) -> str:
        pieces = [Piece(index, file, file.diff.hunks) for index, file in enumerate(change.files)]
        question = Turn("user", prompts.fenced(view.render(pieces), "Review this change."))
        target = self.request.target
        asker = Asker(self._services.models, target, self._services.server_gate, ModelUse(target.provider, ""))
        request = asker.request(prompts.LEGACY_SYSTEM, question, schema=None, tokens=TOKENS, seconds=CALL_SECONDS)
        given: list[str] = []
        await asked(lambda: self._stream(asker, request, given), RETRIES, told=lambda: bool(given))
        return "".join(given)

    async def _stream(self, asker: Asker, request: Request, given: list[str]) -> None:
        """Ask once, and pass the answer on with its secrets masked."""
        masked = MaskedText()
        async with self._services.server_gate, aclosing(asker.parts(request)) as parts:
            async for part in parts:
                if isinstance(part, Delta):
                    await self._give(masked.feed(part.text), given)
        await self._give(masked.finish(), given)

    async def _give(self, text: str, given: list[str]) -> None:
        for at in range(0, len(text), CHUNK_CHARACTERS):
            piece = text[at : at + CHUNK_CHARACTERS]
            given.append(piece)
            await self._services.streams.append(self.stream, Chunk(piece))


def settle(_tx: Tx, _stream: str, ending: BrokenOff | Stopped) -> Sequence[LegacyEvent]:
    """End a review whose process is gone; nothing of it was stored."""
    return [failed(ending)]


def failed(ending: Ending[LegacyRecord]) -> LegacyError:
    """Return the terminal event of a review that left no result (Stargazer 9.2)."""
    if isinstance(ending, BrokenOff):
        return _error("AI_ERROR", CANCELLED.get(ending.reason, INTERNAL))
    if isinstance(ending, Done | Stopped):
        return _error("INTERNAL_ERROR", INTERRUPTED)
    error = ending.error
    if isinstance(error, ReviewFailed):
        return _error("NO_DIFF" if error.code == "NO_DIFF" else "AI_ERROR", error.message)
    if isinstance(error, ModelFailure):
        return _error("RATE_LIMITED" if error.failure is FailureKind.RATE_LIMITED else "AI_ERROR", error.message)
    if isinstance(error, TimeoutError):
        return _error("AI_ERROR", "The model did not answer in time.")
    _log.error("legacy review failed", exc_info=error)
    return _error("INTERNAL_ERROR", INTERNAL)


def _error(code: str, message: str) -> LegacyError:
    return LegacyError(LegacyCause(code, message))


def check_size(size: int) -> None:
    """Raise ReviewFailed when a diff is larger than one call to a model takes."""
    if size > DIFF_BYTES:
        raise ReviewFailed("AI_ERROR", f"The diff of {size} bytes is larger than the limit of {DIFF_BYTES} bytes.")
