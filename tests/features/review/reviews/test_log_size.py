"""How large a review's log can become: frames, and the events of many files."""

import msgspec
import pytest

from asterism.features.review.findings import Category, Issue, LegacyIssue, Lens, Result, Severity
from asterism.features.review.inspection import Chunk, Piece, change_of
from asterism.features.review.inspection.facts import ChunkRead
from asterism.features.review.reviews import frame_size
from asterism.features.review.reviews.file_events import MANY, file_events
from asterism.features.review.reviews.models import GitContext, LegacyRecord, Metadata, Record

NOW = "2026-02-04T12:00:00.000Z"
LIMIT = 256 << 10
DIFF = "".join(f"--- /dev/null\n+++ b/f{n}.py\n@@ -0,0 +1,2 @@\n+a = {n}\n+b = {n}\n" for n in range(4))


def issue(number: int, text: str) -> Issue:
    return Issue(
        id=f"security-{number:010d}", severity=Severity.HIGH, category=Category.SECURITY, title=f"T{number}",
        file="a.py", line_start=1, line_end=1, rationale=text, recommendation=text, suggested_patch=None,
        confidence=0.5, symptom=text, why_it_matters=text, evidence=(), lens=Lens.SECURITY, source="model",
        fingerprint="f",
    )  # fmt: skip


def record(issues: tuple[Issue, ...]) -> Record:
    metadata = Metadata(
        id="review", project_path="/p", created_at=NOW, mode="staged", staged=True, branch=None, profile=None,
        lenses=(), issue_count=0, blocker_count=0, high_count=0, medium_count=0, low_count=0, nit_count=0,
        file_count=0, duration_ms=1,
    )  # fmt: skip
    return Record(
        metadata=metadata, result=Result("Found.", issues), git_context=GitContext(None, None, 0, 0, 0), coverage=None
    )


def test_a_frame_is_at_most_a_quarter_of_a_mib() -> None:
    assert frame_size.FRAME_BYTES == LIMIT


@pytest.mark.parametrize(("amount", "size"), [(1, 100), (60, 4000), (300, 4000), (300, 900)])
def test_the_last_event_fits_whatever_was_found(amount: int, size: int) -> None:
    found = tuple(issue(number, "\u00e9\n" * (size // 2)) for number in range(amount))
    event = frame_size.complete(record(found))
    assert len(msgspec.json.encode(event)) <= LIMIT
    left = amount - len(event.result.issues)
    assert (event.truncated is True) == (amount > 1)
    assert (f"{left} more issues are stored with review review." in event.result.summary) == (left > 0)


def test_the_last_event_is_cut_from_the_first_byte_too_many_on() -> None:
    found = record((issue(1, "x" * 1000), issue(2, "x" * 1000)))
    size = len(msgspec.json.encode(found.result))
    room = 512  # what stands around the result
    whole = frame_size.complete(found, size + room)
    assert (whole.result, whole.truncated) == (found.result, msgspec.UNSET)
    cut = frame_size.complete(found, size + room - 1)
    assert cut.truncated is True
    assert len(msgspec.json.encode(cut.result)) < size


def test_one_large_issue_is_reduced_until_it_fits() -> None:
    assert len(msgspec.json.encode(frame_size.fitting_issue(issue(1, "x" * 100_000)))) <= LIMIT
    small = issue(1, "x" * 1000)
    assert frame_size.fitting_issue(small) is small


def test_the_last_event_of_the_older_kind_fits_too() -> None:
    def made(amount: int) -> LegacyRecord:
        one = LegacyIssue("critical", "security", None, None, "T", "d" * 8000, None)
        return LegacyRecord(
            id="review", project_path="/p", created_at=NOW, staged=True, branch=None, file_count=1, summary="Many.",
            issues=(one,) * amount, overall_score=4,
        )  # fmt: skip

    assert frame_size.fitting_legacy(made(3)).summary == "Many."
    result = frame_size.fitting_legacy(made(100))
    assert len(msgspec.json.encode(result)) <= LIMIT
    assert result.summary == f"Many.\n{100 - len(result.issues)} more issues are stored with review review."


def read(readings: int) -> list[tuple[str, str]]:
    files = change_of(DIFF).files
    pieces = tuple(Piece(index, file, file.diff.hunks) for index, file in enumerate(files))
    told = file_events(ChunkRead(Lens.TESTS, Chunk(1, pieces), 4), NOW, readings=readings)
    return [(type(one).__name__, getattr(one, "file", None) or getattr(one, "summary", "")) for one in told]


def test_each_of_a_few_files_is_told_of() -> None:
    told = read(MANY)
    assert len(told) == 16
    assert told[:4] == [
        ("FileStart", "f0.py"), ("ToolCall", ""), ("ToolResult", "Read 2 lines from f0.py"), ("FileComplete", "f0.py"),
    ]  # fmt: skip


def test_of_many_files_one_is_told_of_per_chunk() -> None:
    assert read(MANY + 1) == [
        ("FileStart", "f3.py"), ("ToolCall", ""), ("ToolResult", "Read 8 lines from f3.py and 3 more files"),
        ("FileComplete", "f3.py"),
    ]  # fmt: skip
