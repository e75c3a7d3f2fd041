"""Whole streams, byte for byte, with a clock that stands still: what changes here changes what clients see.

Only the review's random id and its duration are replaced by fixed words. To renew a file after an intended change,
delete it and run the test once.
"""

import re
from pathlib import Path

import pytest

from asterism.base.clock import ManualClock
from tests.features.review.reviews.test_analyzers_only import NEW, OLD
from tests.support.checkouts import make_repository, write
from tests.support.server import TestServer
from tests.wire.local.reviewing import local, trust

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(scope="module")
def still(sqlite_factory, tmp_path_factory):
    with TestServer(tmp_path_factory.mktemp("still"), sqlite_factory.url(), clock=ManualClock()) as server:
        yield server


def stream(api, path: str) -> str:
    with api.stream("GET", path) as answer:
        text = "".join(answer.iter_text())
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", "REVIEW-ID", text)
    return re.sub(r'"durationMs":\d+', '"durationMs":0', text)


@pytest.mark.parametrize(
    ("name", "query"),
    [("changes", "lenses=security,correctness"), ("quiet", "profile=quick"), ("nothing", "mode=staged")],
)
def test_the_stream_is_the_golden_one(still, tmp_path, name, query):
    root = make_repository(tmp_path / "project", {"src/db.py": OLD, "package-lock.json": "{}\n"})
    changed = {
        "src/db.py": NEW,
        "package-lock.json": '{"a": 1}\n',
        "src/t\u00e4st plan.py": "def collect(item, seen=[]):\n    seen.append(item)\n    return seen\n",
    }
    write(root, changed)
    with local(still, root) as api:
        trust(api)
        seen = stream(api, f"/api/triage/stream?{query}")
    without_previews = "\n\n".join(part for part in seen.split("\n\n") if "event: issue_preview" not in part)
    numbered = re.sub(r"(?m)^id: \d+$", "id: N", without_previews)
    kept = GOLDEN / f"{name}.txt"
    if not kept.exists():
        kept.write_text(numbered)
        pytest.fail(f"{kept.name} was missing and is written now; read it before you keep it")
    assert numbered == kept.read_text()
