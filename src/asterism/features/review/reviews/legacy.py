"""The older review: one streamed call over the whole change (Stargazer 9)."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import structlog

from asterism.base.clock import stamp
from asterism.base.ids import uuid4
from asterism.features.review.findings import (
    LegacyIssue,
    LegacyResult,
    Lens,
    ReviewedFile,
    Severity,
    harmless,
    mask,
)
from asterism.features.review.inspection import (
    CALL_SECONDS,
    RETRIES,
    Asker,
    Change,
    Data,
    ModelUse,
    Options,
    Piece,
    ReviewFailed,
    collection,
    prompts,
    view,
)
from asterism.features.review.local_chats import MaskedText
from asterism.features.review.reviews import store
from asterism.features.review.reviews.models import LegacyRecord
from asterism.features.review.reviews.running import Services
from asterism.kernel import git
from asterism.kernel.db import Tx
from asterism.kernel.llm import Delta, FailureKind, ModelFailure, Request, Target, Turn, json_object

DIFF_BYTES = 512 << 10
SUMMARY = 20_000
TEXT = 8000
_log = structlog.get_logger(__name__)
Event = tuple[str, Data]
Tell = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class LegacyRequest:
    """What is to be reviewed."""

    root: Path
    staged: bool
    target: Target
    run_commands: bool = False


class LegacyRun:
    """One run; it goes on when its reader leaves, and cannot be joined again ([9.5])."""

    def __init__(self, services: Services, request: LegacyRequest) -> None:
        self.id = uuid4()
        self._services, self._request = services, request
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._left = False

    async def run(self) -> None:
        """Do the review; whatever happens, exactly one terminal event comes last."""
        try:
            self._tell(await self._review())
        except ReviewFailed as failure:
            code = "NO_DIFF" if failure.code == "NO_DIFF" else "AI_ERROR"
            self._fail(code, failure.message)
        except ModelFailure as failure:
            limited = failure.failure is FailureKind.RATE_LIMITED
            self._fail("RATE_LIMITED" if limited else "AI_ERROR", failure.message)
        except TimeoutError:
            self._fail("AI_ERROR", "The model did not answer in time.")
        except asyncio.CancelledError:
            self._fail("INTERNAL_ERROR", "The review was interrupted by a restart of the server.")
        except Exception:  # noqa: BLE001 - the reader is owed a terminal event
            _log.exception("legacy review failed", review_id=self.id)
            self._fail("INTERNAL_ERROR", "The review failed because of an internal error.")
        finally:
            self._events.put_nowait(None)

    async def follow(self) -> AsyncGenerator[Event, None]:
        """Yield the events to the one reader."""
        try:
            while (event := await self._events.get()) is not None:
                yield event
        finally:
            self._left = True

    def _tell(self, event: Event) -> None:
        if not self._left:
            self._events.put_nowait(event)

    def _fail(self, code: str, message: str) -> None:
        self._tell(("error", {"error": {"code": code, "message": message}}))

    async def _review(self) -> Event:
        created_at = stamp(self._services.clock.now())
        change = await self._services.git.work(self._collect)
        async with asyncio.timeout(CALL_SECONDS):
            text = await self._ask(change)
        result = read_answer(text, change)
        record = LegacyRecord(
            id=self.id,
            project_path=str(self._request.root),
            created_at=created_at,
            staged=self._request.staged,
            branch=change.branch,
            file_count=len(change.files),
            summary=result.summary,
            issues=result.issues,
            overall_score=result.overall_score,
        )
        await asyncio.shield(self._services.db.run(self._save, record))
        return "complete", {"result": msgspec.to_builtins(result), "reviewId": self.id}

    def _save(self, tx: Tx, record: LegacyRecord) -> None:
        store.add_running(
            tx,
            review_id=record.id,
            kind="legacy",
            project_path=record.project_path,
            mode="staged" if record.staged else "unstaged",
            created_at=record.created_at,
        )
        store.save(tx, record.id, record, branch=record.branch, snapshot=None)

    def _collect(self) -> Change:
        options = Options("staged" if self._request.staged else "unstaged", tuple(Lens), None, Severity.NIT)
        try:
            change = collection.collect(
                self._services.git, self._request.root, options, run_commands=self._request.run_commands
            )
        except (git.NotGitRepo, git.GitNotFound) as error:
            raise ReviewFailed("AI_ERROR", error.message) from error
        if change.diff_bytes > DIFF_BYTES:
            raise ReviewFailed(
                "AI_ERROR", f"The diff of {change.diff_bytes} bytes is larger than the limit of {DIFF_BYTES} bytes."
            )
        return change

    async def _ask(self, change: Change) -> str:
        pieces = [Piece(index, file, file.diff.hunks) for index, file in enumerate(change.files)]
        question = Turn("user", prompts.fenced(view.render(pieces), "Review this change."))
        target = self._request.target
        asker = Asker(self._services.models, target, self._services.server_gate, ModelUse(target.provider, ""))
        request = asker.request(prompts.LEGACY_SYSTEM, question, schema=None, tokens=16_384, seconds=CALL_SECONDS)
        attempt = 0
        while True:
            attempt += 1
            masked = MaskedText()
            try:
                return await self._stream(request, masked)
            except ModelFailure as failure:
                pause = RETRIES.pause(failure, attempt)
                if pause is None or masked.text:  # what was told cannot be taken back
                    raise
                await asyncio.sleep(pause)

    async def _stream(self, request: Request, masked: MaskedText) -> str:
        async with self._services.server_gate, aclosing(self._services.models.stream(request)) as parts:
            async for part in parts:
                if isinstance(part, Delta):
                    self._chunk(masked.feed(part.text))
        self._chunk(masked.finish())
        return masked.text

    def _chunk(self, text: str) -> None:
        if text:
            self._tell(("chunk", {"content": text}))


def read_answer(text: str, change: Change) -> LegacyResult:
    """Read the model's answer; issues are judged alone, an answer that is no JSON becomes the summary ([9.3])."""
    data = json_object(text)
    raw = data.get("issues") if data is not None else None
    if data is None or not isinstance(raw, list):
        return LegacyResult(harmless(text)[:SUMMARY], (), None)
    issues = []
    malformed = 0
    for entry in raw:
        issue = _issue(entry, change)
        if issue is None:
            malformed += 1
        else:
            issues.append(issue)
    summary = harmless(data["summary"])[:SUMMARY] if isinstance(data.get("summary"), str) else ""
    if malformed:
        summary = f"{summary}\n{malformed} malformed findings were left out.".strip()
    return LegacyResult(mask(summary), tuple(issues), _score(data.get("overallScore")))


def _score(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        return None
    return int(value + 0.5)


def _issue(entry: Any, change: Change) -> LegacyIssue | None:
    if not isinstance(entry, Mapping):
        return None
    file = _file(entry.get("file"), change)
    line = entry.get("line")
    shown = file is not None and isinstance(line, int) and not isinstance(line, bool) and line in file.diff.new_lines
    try:
        return msgspec.convert(
            {
                "severity": entry.get("severity"),
                "category": entry.get("category"),
                "file": None if file is None else file.path,
                "line": line if shown else None,
                "title": _text(entry.get("title"))[:200],
                "description": _text(entry.get("description")),
                "suggestion": _text(entry["suggestion"]) if isinstance(entry.get("suggestion"), str) else None,
            },
            LegacyIssue,
        )
    except (msgspec.ValidationError, ValueError):
        return None


def _file(name: Any, change: Change) -> ReviewedFile | None:
    if not isinstance(name, str):
        return None
    by_id = {view.file_id(index): file for index, file in enumerate(change.files)}
    return by_id.get(name) or change.file(name.removeprefix("./"))


def _text(value: Any) -> str:
    text = mask(harmless(value).strip()[:TEXT]) if isinstance(value, str) else ""
    if not text:
        raise ValueError("an empty text")
    return text
