"""What the server refuses is what the documents say: a limit that moves breaks somebody, or the document lies.

Each row names a constant, its quantity, and the words of the specification that hold it. Limits that no contract names
stand on a page of their own.
"""

import importlib
import re

import pytest

from tests.architecture.source import ROOT

SPECIFICATION = " ".join(" ".join(page.read_text() for page in sorted((ROOT / "docs" / "spec").glob("*.md"))).split())
UNITS = {"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "%": 1}
LIMITS = [
    # Fastest
    ("asgi.body.JSON_LIMIT", "1 MiB", "| JSON body | 1 MiB;"),
    ("faces.v1.workspaces.sync.MAX_EXECUTE_BODY", "16 MiB", "16 MiB on `sync/execute`"),
    ("faces.v1.projects.env_vars.MAX_BODY", "4 MiB", "4 MiB on `PUT env-vars`"),
    ("faces.v1.blobs.root.MAX_HASHES", "100", "hashes per `exists` / `presign-*` | 100 |"),
    ("vcs.rules.MAX_ENTRIES", "200,000", "manifest 64 MiB and 200,000 entries"),
    ("vcs.rules.MAX_TARGET_BYTES", "4,096", "`target` non-empty, ≤ 4,096 bytes"),
    ("vcs.rules.MAX_SEGMENT_BYTES", "255", "segment, each ≤ 255 bytes, at most 64"),
    ("vcs.rules.MAX_SEGMENTS", "64", "segment, each ≤ 255 bytes, at most 64"),
    ("vcs.linediff.MAX_BYTES", "2 MiB", "at most 2 MiB on each of the three sides"),
    ("vcs.linediff.SNIFFED", "8,000", "no NUL byte in the first 8,000 bytes"),
    ("features.versions.projects.names.MAX_NAME", "255", "project, workspace name | 1..255 characters"),
    ("features.versions.workspaces.names.MAX_NAME", "255", "project, workspace name | 1..255 characters"),
    ("features.versions.workspaces.names.MAX_IDENTIFIER", "4,096", "`machine_id` | 4,096, 4,096, 255 characters"),
    ("features.versions.workspaces.names.MAX_MACHINE", "255", "`machine_id` | 4,096, 4,096, 255 characters"),
    ("features.versions.snapshots.models.MAX_PARENTS", "16", "parents per snapshot | 16 |"),
    ("features.versions.snapshots.models.MAX_SUMMARY", "2,000", "`summary` ≤ 2,000, author fields ≤ 255"),
    ("features.versions.snapshots.models.MAX_AUTHOR", "255", "`summary` ≤ 2,000, author fields ≤ 255"),
    ("features.versions.snapshots.models.MAX_ORIGIN", "4,000", "`origin` ≤ 4,000 and only with"),
    ("features.versions.projects.env_vars.MAX_VARS", "500", "env vars per project; value | 500; 64 KiB"),
    ("features.versions.projects.env_vars.MAX_VALUE_BYTES", "64 KiB", "env vars per project; value | 500; 64 KiB"),
    ("features.versions.projects.brief.MAX_BRIEF_BYTES", "64 KiB", "`brief` | 64 KiB as JSON"),
    ("features.versions.projects.models.MAX_PROJECTS", "1,000", "projects per user; workspaces per project;"
     " conversations per workspace | 1,000 each"),
    ("features.versions.workspaces.models.MAX_WORKSPACES", "1,000", "projects per user; workspaces per project;"
     " conversations per workspace | 1,000 each"),
    ("features.versions.project_log.models.EVENT_DAYS", "365", "365 days, and at most 10,000 per project"),
    ("features.versions.project_log.models.MAX_EVENTS", "10,000", "365 days, and at most 10,000 per project"),
    ("features.versions.project_log.models.KEPT_DAYS", "30", "is kept: 30 days, at least 1,000 entries)"),
    ("features.versions.project_log.models.KEPT_ENTRIES", "1,000", "is kept: 30 days, at least 1,000 entries)"),
    ("features.talk.conversations.grants.MAX_GRANTS", "50", "At most 50 grants; one that names no env var"),
    ("base.masks.SHORTEST", "4", "4 characters or more, each line of one of several"),
    ("features.versions.sync.models.MAX_OPEN_PREVIEWS", "20", "open sync previews per workspace | 20, the oldest"),
    ("features.versions.drift.models.MAX_PATHS", "10,000", "Each list is cut at 10,000 paths"),
    ("features.versions.drift.models.MAX_SUMMARY", "2,000", "(integers ≥ 0, summary ≤ 2,000 characters, else 422)"),
    ("features.versions.docs.doc_files.MAX_FILES", "2,000", "At most 2,000 files per workspace (`trunc"),
    ("features.versions.docs.service.MAX_DOCUMENT_BYTES", "2 MiB", "413 over 2 MiB; 415 `NOT_TEXT`"),
    ("features.accounts.apikeys.service.LONGEST", "4,096", "API key or provider token | 1..4,096 characters"),
    # Starbot
    ("features.talk.memory.models.MAX_BYTES", "262,144", "at most 256 KiB (262,144 bytes)"),
    ("features.talk.memory.models.KEPT_DAYS", "90", "all of the last 90 days are kept"),
    ("features.talk.memory.service.MAX_QUERY", "2,000", "1–2,000 characters, not blank; `limit` 1–50, default 5"),
    ("features.talk.memory.service.MAX_RESULTS", "50", "1–2,000 characters, not blank; `limit` 1–50, default 5"),
    ("faces.v1.projects.memory.MAX_BODY", "2 MiB", "this route reads bodies up to 2 MiB"),
    ("features.talk.chats.models.MAX_CONTENT_BYTES", "131,072", "stored as sent, at most 131,072 bytes (413)"),
    ("features.talk.chats.models.MAX_TITLE", "255", "over 255 characters 422; absent, null or blank"),
    ("features.talk.runs.prompt.INSTRUCTIONS_CAP", "800", "kept when over the cap of 800 tokens"),
    ("features.talk.runs.selection.MAX_WINDOW", "200", "is removed. At most 200 messages."),
    ("features.talk.retrieval.chunks.MAX_TOKENS", "800", "a section of ≤ 800 tokens is one chunk"),
    ("features.talk.retrieval.words.MAX_WORDS", "32", "The query is reduced to at most 32 distin"),
    ("features.accounts.usage.models.MAX_DAYS", "366", "default the current month by day; range ≤ 366 days"),
    # Stargazer
    ("faces.local.config.BODY", "50 KiB", "`/api/config`, `…/activate` | 50 KiB |"),
    ("faces.local.settings.root.BODY", "10 KiB", "`/api/settings`, `/api/settings/trust` | 10 KiB |"),
    ("faces.local.settings.trust.BODY", "10 KiB", "`/api/settings`, `/api/settings/trust` | 10 KiB |"),
    ("faces.local.sessions.root.BODY", "16 KiB", "Body: create session, drilldown, cancel | 16 KiB |"),
    ("faces.local.triage.DRILLDOWN_BODY", "16 KiB", "Body: create session, drilldown, cancel | 16 KiB |"),
    ("faces.local.reviews.CANCEL_BODY", "16 KiB", "Body: create session, drilldown, cancel | 16 KiB |"),
    ("faces.local.sessions.messages.BODY", "1 MiB", "Body: messages, chat | 1 MiB (content ≤ 256 KiB)"),
    ("faces.local.sessions.chat.BODY", "1 MiB", "Body: messages, chat | 1 MiB (content ≤ 256 KiB)"),
    ("features.review.local_chats.models.LONGEST_MESSAGE", "256 KiB", "messages, chat | 1 MiB (content ≤ 256 KiB)"),
    ("faces.local.pr_review.BODY", "5 MiB", "Body: pr-review | 5 MiB |"),
    ("features.review.inspection.options.NAMED_FILES", "200", "`files` + `file` | 200 entries, 1,024 bytes each"),
    ("features.review.inspection.options.NAME_BYTES", "1,024", "`files` + `file` | 200 entries, 1,024 bytes each"),
    ("kernel.git.diff.MOST_UNTRACKED", "2,000", "Untracked paths examined (after name rules of §5.4) | 2,000"),
    ("kernel.git.diff.DIFF_OUTPUT", "10 MiB", "`git/diff` output | 10 MiB"),
    ("features.review.inspection.models.FILES", "300", "300 files / 256 KiB (file skipped"),
    ("features.review.inspection.models.FILE_DIFF_BYTES", "256 KiB", "300 files / 256 KiB (file skipped `too-large`)"),
    ("features.review.inspection.models.TOTAL_DIFF_BYTES", "2 MiB", "256 KiB (file skipped `too-large`) / 2 MiB"),
    ("features.review.inspection.models.CHUNK_BYTES", "48 KiB", "chunk / chunks | 48 KiB of diff / 64 |"),
    ("features.review.inspection.models.CHUNKS", "64", "chunk / chunks | 48 KiB of diff / 64 |"),
    ("features.review.inspection.models.CALL_SECONDS", "120", "pr-review | 120 s / 420 s / 900 s / 300 s"),
    ("features.review.inspection.models.LENS_SECONDS", "420", "pr-review | 120 s / 420 s / 900 s / 300 s"),
    ("features.review.reviews.models.REVIEW_SECONDS", "900", "pr-review | 120 s / 420 s / 900 s / 300 s"),
    ("features.review.inspection.asker.CALLS_PER_REVIEW", "5", "per review / whole server | 5 / 8 |"),
    ("features.review.inspection.asker.CALLS_PER_SERVER", "8", "per review / whole server | 5 / 8 |"),
    ("features.review.inspection.asker.ANSWER_CHARACTERS", "1 MiB", "Answer of a model to a reviewer | 1 MiB of text"),
    ("features.review.reviews.models.RUNNING", "8", "Running reviews | 8 | 429 `RATE_LIMITED`"),
    ("features.review.findings.final_list.PER_LENS", "100", "Issues kept: per lens / per review | 100 / 300 |"),
    ("features.review.findings.final_list.PER_REVIEW", "300", "Issues kept: per lens / per review | 100 / 300 |"),
    ("features.review.reviews.frame_size.FRAME_BYTES", "256 KiB", "SSE frame | 256 KiB ([6.9])"),
    ("features.review.analyzers.models.SECONDS", "60", "Analyzer run | 60 s, 1 GiB memory, 20 MiB output each"),
    ("features.review.analyzers.models.MEMORY", "1 GiB", "Analyzer run | 60 s, 1 GiB memory, 20 MiB output each"),
    ("features.review.analyzers.models.OUTPUT", "20 MiB", "Analyzer run | 60 s, 1 GiB memory, 20 MiB output each"),
    ("features.review.analyzers.sarif.FILE_BYTES", "10 MiB", "(≤ 10 MiB each, ≤ 25,000 results)"),
    ("features.review.analyzers.sarif.MOST_RESULTS", "25,000", "(≤ 10 MiB each, ≤ 25,000 results)"),
    ("features.review.local_chats.context.HISTORY_BYTES", "96 KiB", "at most 96 KiB of history"),
    ("features.review.local_providers.models.LONGEST_KEY", "8,192", "trimmed, 1–8,192 characters, no control"),
    ("features.review.exports.github.BODY", "60,000", "no emoji; ≤ 60,000 characters"),
    ("features.review.exports.github.SUMMARY", "65,535", "At most 65,535 characters"),
    ("features.review.reviews.legacy_review.DIFF_BYTES", "512 KiB", "total diff at most 512 KiB"),
]  # fmt: skip


OWN = re.findall(r"^\| ([-\d.,]+(?: \S+)?) \| [^|]+ \| `([\w.]+)` \|$", (ROOT / "docs" / "limits.md").read_text(), re.M)


def amount(quantity: str) -> float:
    number, _, unit = quantity.partition(" ")
    return float(number.replace(",", "")) * UNITS.get(unit, 1)


@pytest.mark.parametrize(("place", "quantity", "words"), LIMITS, ids=lambda text: text if "." in text else "")
def test_a_limit_is_the_one_of_the_specification(place: str, quantity: str, words: str) -> None:
    module, _, name = place.rpartition(".")
    assert getattr(importlib.import_module(f"asterism.{module}"), name) == amount(quantity)
    assert re.search(rf"(?<![\d,]){re.escape(quantity)}(?![\d,]\d)", words)
    assert words in SPECIFICATION


@pytest.mark.parametrize(("quantity", "place"), OWN, ids=[place for _, place in OWN])
def test_a_limit_of_our_own_is_the_one_that_is_told(quantity: str, place: str) -> None:
    module, _, name = place.rpartition(".")
    assert getattr(importlib.import_module(f"asterism.{module}"), name) == amount(quantity)


def test_every_row_of_the_page_is_read_and_says_something_else() -> None:
    rows = re.findall(r"^\| .*`\w+[\w.]*` \|$", (ROOT / "docs" / "limits.md").read_text(), re.M)
    assert len(rows) == len(OWN) == len({place for _, place in OWN}) > 250
    assert not {place for _, place in OWN} & {place for place, _, _ in LIMITS}
